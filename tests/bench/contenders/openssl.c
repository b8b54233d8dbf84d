/* OpenSSL: EVP_DigestVerify() over the signing input, the signature decoded
 * by OpenSSL; EVP_PKEY_verify() as `openssl speed` calls it. No JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <string.h>

#include "contender.h"

static EVP_PKEY *key;
static EVP_PKEY_CTX *rsa_context;
static EVP_MD_CTX *context;
static EVP_ENCODE_CTX *base64;

static struct parts parts;
static const char *token;
static size_t token_len;
static uint8_t digest[SHA256_DIGEST_LENGTH];

static bool load(const char *pem)
{
    FILE *file = fopen(pem, "r");

    if (file == NULL)
        return false;
    key = PEM_read_PUBKEY(file, NULL, NULL, NULL);
    fclose(file);
    if (key == NULL)
        return false;
    context = EVP_MD_CTX_new();
    base64 = EVP_ENCODE_CTX_new();
    rsa_context = EVP_PKEY_CTX_new(key, NULL);
    return EVP_PKEY_verify_init(rsa_context) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(rsa_context, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(rsa_context, EVP_sha256()) == 1;
}

static bool prepare(const char *text, size_t len)
{
    token = text;
    token_len = len;
    if (!split_token(text, len, &parts))
        return false;
    SHA256((const uint8_t *)parts.signing_input, parts.signing_input_len,
           digest);
    return true;
}

/* OpenSSL's base64 is the one with '+', '/' and padding. */
static int decode(const char *text, size_t len, uint8_t *bytes)
{
    uint8_t copy[1024];
    int first, rest;

    if (len + 3 > sizeof copy)
        return -1;
    for (size_t i = 0; i < len; i++)
        copy[i] = (uint8_t)(text[i] == '-'   ? '+'
                            : text[i] == '_' ? '/'
                                             : text[i]);
    while (len % 4 != 0)
        copy[len++] = '=';
    EVP_DecodeInit(base64);
    if (EVP_DecodeUpdate(base64, bytes, &first, copy, (int)len) < 0 ||
        EVP_DecodeFinal(base64, bytes + first, &rest) < 0)
        return -1;
    return first + rest;
}

static bool verify(void)
{
    const size_t signing_input_len = parts.signing_input_len;
    uint8_t signature[1024];
    int len = decode(token + signing_input_len + 1,
                     token_len - signing_input_len - 1, signature);

    EVP_MD_CTX_reset(context);
    return len > 0 &&
           EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
           EVP_DigestVerify(context, signature, (size_t)len,
                            (const uint8_t *)token, signing_input_len) == 1;
}

static bool rsa(void)
{
    return EVP_PKEY_verify(rsa_context, parts.signature, parts.signature_len,
                           digest, sizeof digest) == 1;
}

const struct contender contender = {load, prepare, verify, rsa};
