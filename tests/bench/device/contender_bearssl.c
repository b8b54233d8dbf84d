/*
 * BearSSL: br_rsa_i15_pkcs1_vrfy() or br_rsa_i31_pkcs1_vrfy().
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include <bearssl_hash.h>
#include <bearssl_rsa.h>

#include "contender.h"

bool contender_init(void)
{
    return true;
}

bool contender_hash(const uint8_t *message, size_t len,
                    uint8_t digest[DIGEST_SIZE])
{
    br_sha256_context context;

    br_sha256_init(&context);
    br_sha256_update(&context, message, len);
    br_sha256_out(&context, digest);
    return true;
}

/* The key is not written to; its members lack the const. */
bool contender_rsa(uint8_t *signature, const uint8_t digest[DIGEST_SIZE])
{
    static const unsigned char exponent[] = {1, 0, 1};
    static const br_rsa_public_key key = {
        (unsigned char *)key_modulus, sizeof key_modulus,
        (unsigned char *)exponent, sizeof exponent};
    unsigned char signed_digest[DIGEST_SIZE];

    return BEARSSL_VERIFY(signature, SIGNATURE_SIZE, BR_HASH_OID_SHA256,
                          DIGEST_SIZE, &key, signed_digest) == 1 &&
           memcmp(signed_digest, digest, DIGEST_SIZE) == 0;
}

struct arena contender_arena(void)
{
    return (struct arena){NULL, 0};
}
