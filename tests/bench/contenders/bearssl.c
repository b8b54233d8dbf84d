/* BearSSL: br_sha256 and the RSA engine BEARSSL_VERIFY. No JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#include <bearssl.h>
#include <stdio.h>
#include <string.h>

#include "base64url.h"
#include "contender.h"
#include "public_key.h"

static struct public_key public_key;
static uint8_t exponent[] = {1, 0, 1};
static br_rsa_public_key key;
static br_rsa_pkcs1_vrfy verify_signature;

static struct parts parts;
static const char *token;
static size_t token_len;
static uint8_t digest[br_sha256_SIZE];

static bool load(const char *pem)
{
    static char text[4096];
    struct error error;
    FILE *file = fopen(pem, "r");
    size_t len;

    if (file == NULL)
        return false;
    len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    if (!public_key_from_pem(text, &public_key, &error))
        return false;
    key = (br_rsa_public_key){public_key.modulus, public_key.bits / 8, exponent,
                              sizeof exponent};
    verify_signature = BEARSSL_VERIFY;
    return verify_signature != NULL;
}

static void hash(void)
{
    br_sha256_context context;

    br_sha256_init(&context);
    br_sha256_update(&context, parts.signing_input, parts.signing_input_len);
    br_sha256_out(&context, digest);
}

static bool prepare(const char *text, size_t len)
{
    token = text;
    token_len = len;
    if (!split_token(text, len, &parts))
        return false;
    hash();
    return true;
}

static bool check(const uint8_t *signature, size_t len)
{
    uint8_t signed_digest[br_sha256_SIZE];

    return verify_signature(signature, len, BR_HASH_OID_SHA256,
                            sizeof signed_digest, &key, signed_digest) == 1 &&
           memcmp(signed_digest, digest, sizeof digest) == 0;
}

static bool verify(void)
{
    const size_t dot = parts.signing_input_len;
    uint8_t signature[512];
    size_t len;

    if (!base64url_decode(token + dot + 1, token_len - dot - 1, signature,
                          sizeof signature, &len))
        return false;
    hash();
    return check(signature, len);
}

static bool rsa(void)
{
    return check(parts.signature, parts.signature_len);
}

const struct contender contender = {load, prepare, verify, rsa};
