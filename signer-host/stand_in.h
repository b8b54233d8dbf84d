/*
 * A key to ask the verifier about everything of a token but its signature.
 *
 * Its modulus is a product of small primes, so that anyone can compute its
 * private half, and fast: it proves nothing, and no device has it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef STAND_IN_H
#define STAND_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "public_key.h"

#define STAND_IN_BYTES 256

bool stand_in_key(struct public_key *key, struct error *error);

/* RSASSA-PKCS1-v1_5 with SHA-256. */
bool stand_in_sign(const void *message, size_t len,
                   uint8_t signature[STAND_IN_BYTES], struct error *error);

#endif
