/*
 * Development keys with mbedTLS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rsa_private.h"

#include <string.h>

#include <mbedtls/error.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>

#include "random.h"

static bool mbedtls_failed(const char *what, int code, struct error *error)
{
    char reason[128];

    mbedtls_strerror(code, reason, sizeof reason);
    return error_set(error, EXIT_REFUSED, "%s: %s", what, reason);
}

static bool public_half(const mbedtls_pk_context *pk, struct public_key *key,
                        struct error *error)
{
    uint8_t modulus[MBEDTLS_MPI_MAX_SIZE];
    uint8_t exponent[MBEDTLS_MPI_MAX_SIZE];
    const mbedtls_rsa_context *rsa = mbedtls_pk_rsa(*pk);
    int failed =
        mbedtls_rsa_export_raw(rsa, modulus, sizeof modulus, NULL, 0, NULL, 0,
                               NULL, 0, exponent, sizeof exponent);

    if (failed != 0)
        return mbedtls_failed("no public half", failed, error);
    return public_key_from_modulus(modulus, sizeof modulus, exponent,
                                   sizeof exponent, key, error);
}

bool rsa_private_from_pem(const char *pem, mbedtls_pk_context *pk,
                          struct public_key *key, struct error *error)
{
    int failed;

    if (strstr(pem, "ENCRYPTED") != NULL)
        return error_set(error, EXIT_REFUSED,
                         "the private key is encrypted and no pass phrase is "
                         "asked for here: decrypt it with `openssl pkey -in "
                         "OLD -out NEW`, or keep the key in KMS");
    failed = mbedtls_pk_parse_key(pk, (const uint8_t *)pem, strlen(pem) + 1,
                                  NULL, 0, random_bytes, NULL);
    if (failed == 0 && mbedtls_pk_get_type(pk) != MBEDTLS_PK_RSA)
        failed = MBEDTLS_ERR_PK_TYPE_MISMATCH;
    if (failed != 0)
        return mbedtls_failed("no RSA private key in PKCS#1 or PKCS#8, which "
                              "RS256 needs",
                              failed, error);
    return public_half(pk, key, error);
}

bool rsa_private_sign(mbedtls_pk_context *pk, const void *message,
                      size_t message_len, uint8_t *signature,
                      size_t *signature_len, struct error *error)
{
    uint8_t digest[32];
    int failed = mbedtls_sha256(message, message_len, digest, 0);

    if (failed == 0)
        failed = mbedtls_pk_sign(pk, MBEDTLS_MD_SHA256, digest, sizeof digest,
                                 signature, PUBLIC_KEY_MAX_BYTES, signature_len,
                                 random_bytes, NULL);
    return failed == 0 || mbedtls_failed("signing failed", failed, error);
}

bool rsa_private_generate(unsigned bits, char pem[RSA_PRIVATE_MAX_PEM],
                          struct error *error)
{
    mbedtls_pk_context pk;
    int failed;

    mbedtls_pk_init(&pk);
    failed = mbedtls_pk_setup(&pk, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));
    if (failed == 0)
        failed = mbedtls_rsa_gen_key(mbedtls_pk_rsa(pk), random_bytes, NULL,
                                     bits, 65537);
    if (failed == 0)
        failed =
            mbedtls_pk_write_key_pem(&pk, (uint8_t *)pem, RSA_PRIVATE_MAX_PEM);
    mbedtls_pk_free(&pk);
    return failed == 0 || mbedtls_failed("making a key failed", failed, error);
}
