/*
 * What is measured: an implementation of SHA-256 and of RSASSA-PKCS1-v1_5
 * verification (RFC 8017 8.2.2). contender_*.c provides it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTENDER_H
#define CONTENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE    32
#define SIGNATURE_SIZE 256
/* The verifier of kjwt aligns a signature where it lies. */
#define SIGNATURE_BUFFER_SIZE (SIGNATURE_SIZE + 8)

/* The key: big-endian, and as limbs from the least with R^2 mod n. */
extern const uint8_t key_modulus[SIGNATURE_SIZE];
extern const uint32_t key_n[SIGNATURE_SIZE / 4];
extern const uint32_t key_rr[SIGNATURE_SIZE / 4];

/* Prepares the key, once. */
bool contender_init(void);

bool contender_hash(const uint8_t *message, size_t len,
                    uint8_t digest[DIGEST_SIZE]);

/* Whether this is the digest's signature, which is at the start of
 * SIGNATURE_BUFFER_SIZE bytes that may be overwritten. */
bool contender_rsa(uint8_t *signature, const uint8_t digest[DIGEST_SIZE]);

/* The memory of a heap; size 0 where there is none. */
struct arena {
    uint8_t *memory;
    uint32_t size;
};
struct arena contender_arena(void);

#endif
