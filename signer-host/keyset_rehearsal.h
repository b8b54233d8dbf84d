/*
 * A device that a new key set is tried on: the code that devices run, with a
 * store in memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEYSET_REHEARSAL_H
#define KEYSET_REHEARSAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kjwt_keyset.h"
#include "public_key.h"

struct keyset_rehearsal;

/* A new device with that root; NULL when memory is short. */
struct keyset_rehearsal *keyset_rehearsal_new(const struct public_key *root);
void keyset_rehearsal_free(struct keyset_rehearsal *device);

/* Gives it a set, after the ones before. */
kjwt_status keyset_rehearsal_update(struct keyset_rehearsal *device,
                                    const char *token, size_t len,
                                    int64_t now);

/* What it holds then: version 0 is nothing yet. */
const struct kjwt_keyset *
keyset_rehearsal_set(const struct keyset_rehearsal *device);

#endif
