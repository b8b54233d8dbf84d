/*
 * From a modulus to a key: what the host computes when it exports one, on the
 * device. For keys that arrive in tokens.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KJWT_RSA_KEY_H
#define KJWT_RSA_KEY_H

#include "kjwt.h"

/* base64url of SHA-256, and the NUL. */
#define KJWT_THUMBPRINT_TEXT 44

/* -n^-1 mod 2^64, low word first; n is odd. */
void kjwt_rsa_n0inv(const uint32_t *n, uint32_t n0inv[2]);

/*
 * target[bits / 32] = 2^-(65535 bits + 15) mod n (rsassa.c).
 *
 *   key    n, n0inv and bits are set
 *   work   KJWT_WORK_SIZE(key->bits) bytes, aligned to 8
 */
void kjwt_rsa_target(const struct kjwt_key *key, void *work, uint32_t *target);

/* A thumbprint in base64url, as it serves for a `kid`. */
void kjwt_rsa_thumbprint_text(const uint8_t thumbprint[32],
                              char text[KJWT_THUMBPRINT_TEXT]);

#endif
