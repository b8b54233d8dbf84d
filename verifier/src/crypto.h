/*
 * The crypto seam: what the verifier asks of a platform's cryptography.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   kjwt_port.h                  SHA-256: port/mbedtls, port/psa ...
 *   rsassa.c, or rsassa_psa.c    RSASSA-PKCS1-v1_5 verification of a digest
 */
#ifndef KJWT_CRYPTO_H
#define KJWT_CRYPTO_H

#include "kjwt_port.h"

/*
 * RSASSA-PKCS1-v1_5 verification (RFC 8017 8.2.2) of a SHA-256 digest.
 *
 *   signature  signature_len bytes, big-endian, at the start of a buffer of at
 *              least signature_len + 7 bytes, which is overwritten
 *   work       KJWT_WORK_SIZE(key->bits) bytes, aligned to 8
 *   proof      gets KJWT_PROOF_SIGNATURE, and every difference that the
 *              comparison found, twice
 *
 * KJWT_OK, KJWT_ERR_SIGNATURE_LENGTH, KJWT_ERR_SIGNATURE_RANGE,
 * KJWT_ERR_SIGNATURE; KJWT_ERR_CRYPTO when a platform's cryptography failed.
 */
kjwt_status kjwt_rsassa_verify(const struct kjwt_key *key,
                               const uint8_t digest[KJWT_SHA256_SIZE],
                               char *signature, size_t signature_len,
                               void *work, uint32_t *proof);

#endif
