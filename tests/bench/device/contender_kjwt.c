/*
 * kjwt, as far as the peers go: SHA-256 of its crypto seam, on mbedTLS, and the
 * RSA verification below kjwt_verify().
 * SPDX-License-Identifier: Apache-2.0
 */
#include KJWT_KEYS_FILE

#include "contender.h"
#include "crypto.h"

static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);

bool contender_init(void)
{
    return true;
}

bool contender_hash(const uint8_t *message, size_t len,
                    uint8_t digest[DIGEST_SIZE])
{
    return kjwt_sha256_init(work) == KJWT_OK &&
           kjwt_sha256_update(work, message, len) == KJWT_OK &&
           kjwt_sha256_finish(work, digest) == KJWT_OK;
}

bool contender_rsa(uint8_t *signature, const uint8_t digest[DIGEST_SIZE])
{
    uint32_t proof = 0;

    return kjwt_rsassa_verify(&kjwt_keys[0], digest, (char *)signature,
                              SIGNATURE_SIZE, work, &proof) == KJWT_OK;
}

struct arena contender_arena(void)
{
    return (struct arena){NULL, 0};
}
