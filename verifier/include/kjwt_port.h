/*
 * kjwt: what a port provides to the verifier. Firmware that uses a port of
 * port/ (mbedTLS, PSA, BearSSL) needs none of this.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A port of one's own defines the four functions below, over the SHA-256 that
 * the platform has: in software, or by an accelerator.
 */
#ifndef KJWT_PORT_H
#define KJWT_PORT_H

#include "kjwt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a digest. */
#define KJWT_SHA256_SIZE 32

/* Bytes that a hash context may have: it has the smallest work to itself. A
 * port asserts that its own fits. */
#define KJWT_HASH_CONTEXT_MAX KJWT_WORK_SIZE(2048)

/*
 * SHA-256 (FIPS 180-4) of data that comes in pieces.
 *
 *   context  KJWT_HASH_CONTEXT_MAX bytes, aligned to 8, uninitialized before
 *            init; the port's to use until abort returns
 *   data     len bytes; len may be 0
 *   digest   the digest, first byte first
 *
 * Called in this order: init, update any number of times, finish, abort. After
 * the first that does not return KJWT_OK comes abort, which gives back whatever
 * the context holds and cannot fail. KJWT_OK, or KJWT_ERR_CRYPTO when the
 * platform's hash failed: the token is then refused with that status.
 */
kjwt_status kjwt_sha256_init(void *context);
kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len);
kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE]);
void kjwt_sha256_abort(void *context);

#ifdef __cplusplus
}
#endif

#endif
