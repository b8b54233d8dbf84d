/* mbedTLS: mbedtls_sha256() and mbedtls_pk_verify(); the signature alone with
 * mbedtls_rsa_pkcs1_verify(). No JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>

#include "base64url.h"
#include "contender.h"

static mbedtls_pk_context key;
static struct parts parts;
static const char *token;
static size_t token_len;
static uint8_t digest[32];

static bool load(const char *pem)
{
    mbedtls_pk_init(&key);
    return mbedtls_pk_parse_public_keyfile(&key, pem) == 0;
}

static bool hash(void)
{
    return mbedtls_sha256((const uint8_t *)parts.signing_input,
                          parts.signing_input_len, digest, 0) == 0;
}

static bool prepare(const char *text, size_t len)
{
    token = text;
    token_len = len;
    return split_token(text, len, &parts) && hash();
}

static bool verify(void)
{
    const size_t dot = parts.signing_input_len;
    uint8_t signature[512];
    size_t len;

    return base64url_decode(token + dot + 1, token_len - dot - 1, signature,
                            sizeof signature, &len) &&
           hash() &&
           mbedtls_pk_verify(&key, MBEDTLS_MD_SHA256, digest, sizeof digest,
                             signature, len) == 0;
}

static bool rsa(void)
{
    return mbedtls_rsa_pkcs1_verify(mbedtls_pk_rsa(key), MBEDTLS_MD_SHA256,
                                    sizeof digest, digest,
                                    parts.signature) == 0;
}

const struct contender contender = {load, prepare, verify, rsa};
