/*
 * The crypto seam: what the verifier asks of a platform's cryptography.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   port/mbedtls, port/psa ...   SHA-256
 *   rsassa.c (or a port)         RSASSA-PKCS1-v1_5 verification of a digest
 */
#ifndef KJWT_CRYPTO_H
#define KJWT_CRYPTO_H

#include "kjwt.h"

#define KJWT_SHA256_SIZE 32

/* A port's hash context lies in the work, which is aligned to 8; each port
 * asserts that it fits. */
#define KJWT_HASH_CONTEXT_MAX 384

/* SHA-256 (FIPS 180-4). init, update, finish; abort after a failure or
 * instead of finish. KJWT_OK, or KJWT_ERR_CRYPTO when the port failed. */
kjwt_status kjwt_sha256_init(void *context);
kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len);
kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE]);
void kjwt_sha256_abort(void *context);

/*
 * RSASSA-PKCS1-v1_5 verification (RFC 8017 8.2.2) of a SHA-256 digest.
 *
 *   signature  signature_len bytes, big-endian, at the start of a buffer of at
 *              least signature_len + 7 bytes, which is overwritten
 *   work       KJWT_WORK_SIZE(key->bits) bytes, aligned to 8
 *   proof      gets KJWT_PROOF_SIGNATURE, with every bit in which the
 *              comparison found a difference mixed in
 *
 * KJWT_OK, KJWT_ERR_SIGNATURE_LENGTH, KJWT_ERR_SIGNATURE_RANGE,
 * KJWT_ERR_SIGNATURE.
 */
kjwt_status kjwt_rsassa_verify(const struct kjwt_key *key,
                               const uint8_t digest[KJWT_SHA256_SIZE],
                               char *signature, size_t signature_len,
                               void *work, uint32_t *proof);

#endif
