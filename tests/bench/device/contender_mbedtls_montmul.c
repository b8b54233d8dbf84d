/*
 * mbedTLS's Montgomery multiplication, which is internal, with the least around
 * it: no heap, R^2 mod n in flash, the expected block compared.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include <bignum_core.h>
#include <common.h>
#include <mbedtls/sha256.h>

#include "contender.h"

#define LIMBS (SIGNATURE_SIZE / 4)

bool contender_init(void)
{
    return true;
}

bool contender_hash(const uint8_t *message, size_t len,
                    uint8_t digest[DIGEST_SIZE])
{
    return mbedtls_sha256(message, len, digest, 0) == 0;
}

/* RSAVP1 (RFC 8017 5.2.2): em = signature^65537 mod n. */
static bool rsavp1(const uint8_t *signature, unsigned char em[SIGNATURE_SIZE])
{
    mbedtls_mpi_uint s[LIMBS], x[LIMBS], t[2 * LIMBS + 1];
    const mbedtls_mpi_uint n0inv = mbedtls_mpi_core_montmul_init(key_n);

    if (mbedtls_mpi_core_read_be(s, LIMBS, signature, SIGNATURE_SIZE) != 0 ||
        mbedtls_mpi_core_lt_ct(s, key_n, LIMBS) == 0)
        return false;
    mbedtls_mpi_core_montmul(x, s, key_rr, LIMBS, key_n, LIMBS, n0inv, t);
    for (int i = 0; i < 16; i++)
        mbedtls_mpi_core_montmul(x, x, x, LIMBS, key_n, LIMBS, n0inv, t);
    mbedtls_mpi_core_montmul(x, x, s, LIMBS, key_n, LIMBS, n0inv, t);
    return mbedtls_mpi_core_write_be(x, LIMBS, em, SIGNATURE_SIZE) == 0;
}

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2) from the end: H, DigestInfo, 00, ff ..., 0001.
 */
bool contender_rsa(uint8_t *signature, const uint8_t digest[DIGEST_SIZE])
{
    static const unsigned char digest_info[] = {
        0x00, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
        0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    const size_t info_at = SIGNATURE_SIZE - DIGEST_SIZE - sizeof digest_info;
    unsigned char em[SIGNATURE_SIZE];
    unsigned difference;

    if (!rsavp1(signature, em))
        return false;
    difference = em[0] | (em[1] ^ 1u);
    for (size_t i = 2; i < info_at; i++)
        difference |= em[i] ^ 0xffu;
    return difference == 0 &&
           memcmp(em + info_at, digest_info, sizeof digest_info) == 0 &&
           memcmp(em + SIGNATURE_SIZE - DIGEST_SIZE, digest, DIGEST_SIZE) == 0;
}

struct arena contender_arena(void)
{
    return (struct arena){NULL, 0};
}
