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

#define STAND_IN_BYTES  256
#define STAND_IN_PRIMES 64

struct stand_in {
    struct public_key key;
    /* By prime: what is the same for all signatures. */
    uint32_t exponents[STAND_IN_PRIMES]; /* the private one */
    uint32_t paddings[STAND_IN_PRIMES];  /* all but the digest's words */
    uint32_t inverses[STAND_IN_PRIMES];  /* of the product of those before */
    uint32_t places[STAND_IN_PRIMES][STAND_IN_PRIMES]; /* the product of the
                                                          first j primes */
};

bool stand_in_open(struct stand_in *stand_in, struct error *error);

/* RSASSA-PKCS1-v1_5 with SHA-256. */
bool stand_in_sign(const struct stand_in *stand_in, const void *message,
                   size_t len, uint8_t signature[STAND_IN_BYTES],
                   struct error *error);

#endif
