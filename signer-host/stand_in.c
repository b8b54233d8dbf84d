/*
 * RSA with a prime modulus: d = e^-1 mod (n - 1).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stand_in.h"

#include <string.h>

#include <mbedtls/bignum.h>
#include <mbedtls/dhm.h>
#include <mbedtls/sha256.h>

static const uint8_t prime[STAND_IN_BYTES] =
    MBEDTLS_DHM_RFC3526_MODP_2048_P_BIN;
static const uint8_t exponent[] = {1, 0, 1};

bool stand_in_key(struct public_key *key, struct error *error)
{
    return public_key_from_modulus(prime, sizeof prime, exponent,
                                   sizeof exponent, key, error);
}

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2): 00 01 ff .. ff 00 DigestInfo. */
static bool encode(const void *message, size_t len, uint8_t em[STAND_IN_BYTES])
{
    static const uint8_t digest_info[] = {
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
        0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    uint8_t *digest = em + STAND_IN_BYTES - 32;
    uint8_t *info = digest - sizeof digest_info;

    memset(em, 0xff, STAND_IN_BYTES);
    em[0] = 0;
    em[1] = 1;
    info[-1] = 0;
    memcpy(info, digest_info, sizeof digest_info);
    return mbedtls_sha256(message, len, digest, 0) == 0;
}

static bool private_operation(const uint8_t em[STAND_IN_BYTES],
                              uint8_t signature[STAND_IN_BYTES])
{
    mbedtls_mpi n;
    mbedtls_mpi d;
    mbedtls_mpi order;
    mbedtls_mpi s;
    bool done;

    mbedtls_mpi_init(&n);
    mbedtls_mpi_init(&d);
    mbedtls_mpi_init(&order);
    mbedtls_mpi_init(&s);
    done = mbedtls_mpi_read_binary(&n, prime, sizeof prime) == 0 &&
           mbedtls_mpi_sub_int(&order, &n, 1) == 0 &&
           mbedtls_mpi_read_binary(&d, exponent, sizeof exponent) == 0 &&
           mbedtls_mpi_inv_mod(&d, &d, &order) == 0 &&
           mbedtls_mpi_read_binary(&s, em, STAND_IN_BYTES) == 0 &&
           mbedtls_mpi_exp_mod(&s, &s, &d, &n, NULL) == 0 &&
           mbedtls_mpi_write_binary(&s, signature, STAND_IN_BYTES) == 0;
    mbedtls_mpi_free(&n);
    mbedtls_mpi_free(&d);
    mbedtls_mpi_free(&order);
    mbedtls_mpi_free(&s);
    return done;
}

bool stand_in_sign(const void *message, size_t len,
                   uint8_t signature[STAND_IN_BYTES], struct error *error)
{
    uint8_t em[STAND_IN_BYTES];

    return (encode(message, len, em) && private_operation(em, signature)) ||
           out_of_memory(error);
}
