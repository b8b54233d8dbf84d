/*
 * mbedTLS through its RSA module, with its own allocator on a static arena.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>

#include "contender.h"

/* The least that works is 5,888 bytes (3.6.6, RSA-2048). */
static unsigned char memory[6144] __attribute__((aligned(8)));
static mbedtls_rsa_context key;

/* Without mbedtls_rsa_complete(), which a public key does not need: less flash
 * and less time. */
bool contender_init(void)
{
    static const unsigned char exponent[] = {1, 0, 1};

    mbedtls_memory_buffer_alloc_init(memory, sizeof memory);
    mbedtls_rsa_init(&key);
    return mbedtls_rsa_import_raw(&key, key_modulus, sizeof key_modulus, NULL,
                                  0, NULL, 0, NULL, 0, exponent,
                                  sizeof exponent) == 0;
}

bool contender_hash(const uint8_t *message, size_t len,
                    uint8_t digest[DIGEST_SIZE])
{
    return mbedtls_sha256(message, len, digest, 0) == 0;
}

bool contender_rsa(uint8_t *signature, const uint8_t digest[DIGEST_SIZE])
{
    return mbedtls_rsa_pkcs1_verify(&key, MBEDTLS_MD_SHA256, DIGEST_SIZE,
                                    digest, signature) == 0;
}

struct arena contender_arena(void)
{
    return (struct arena){memory, sizeof memory};
}
