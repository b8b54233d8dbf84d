/*
 * The keys that a command of signer-host finds: key_holder_open() is wrapped.
 *
 *     file:root, file:other   the keys of the test run, which sign
 *     file:set                a file of the input's
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FUZZ_TEST_KEYS_H
#define FUZZ_TEST_KEYS_H

#include "fuzz.h"
#include "key_holder.h"

/* The file behind file:set from now on; a path that outlives it. */
void test_keys_set(const char *path);

/* Appends the public halves of a key that a command has found to keys, which
 * holds *count. */
void test_keys_add(const char *uri, struct public_key keys[KJWT_MAX_KEYS],
                   size_t *count);

#endif
