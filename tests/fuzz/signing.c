/* SPDX-License-Identifier: Apache-2.0 */
#include "signing.h"

#include <stdio.h>

#include <mbedtls/pem.h>
#include <mbedtls/sha256.h>

#include "../../signer-host/base64url.h"
#include "rsa_signer.h"

struct pair {
    struct rsa_signer *signer;
    struct public_key public;
};

static void load(struct pair *pair, const char *name)
{
    char path[1024];
    uint8_t der[1024];
    size_t len = sizeof der;
    struct error error;

    (void)snprintf(path, sizeof path, "%s/%s.pem", KJWT_TEST_KEYS, name);
    pair->signer = rsa_signer_open(path, der, &len);
    must(pair->signer != NULL, "the test make-test-keys has run");
    must(public_key_from_der(der, len, &pair->public, &error),
         "the test key has a public half");
}

static struct pair *pair_of(size_t which)
{
    static const char *const names[] = {"rsa2048", "other2048"};
    static struct pair pairs[2];

    if (pairs[which].public.bits == 0)
        load(&pairs[which], names[which]);
    return &pairs[which];
}

struct kjwt_key signing_key(void)
{
    return public_key_view(&pair_of(0)->public);
}

struct kjwt_key signing_other_key(void)
{
    return public_key_view(&pair_of(1)->public);
}

const struct public_key *signing_public(bool other)
{
    return &pair_of(other)->public;
}

const char *signing_public_pem(void)
{
    static char pem[1024];
    const struct public_key *key = &pair_of(0)->public;
    size_t len;

    must(mbedtls_pem_write_buffer("-----BEGIN PUBLIC KEY-----\n",
                                  "-----END PUBLIC KEY-----\n", key->spki,
                                  key->spki_len, (uint8_t *)pem, sizeof pem,
                                  &len) == 0,
         "the public half becomes PEM");
    return pem;
}

void signing_block(const uint8_t *block, uint8_t *signature)
{
    rsa_signer_block(pair_of(0)->signer, block, signature);
}

/* RFC 8017 9.2 and 8.2.1 */
static void sign(const struct pair *pair, const void *message, size_t len,
                 uint8_t signature[256])
{
    static const uint8_t digest_info[19] = {
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
        0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    uint8_t block[256];

    memset(block, 0xff, sizeof block);
    block[0] = 0;
    block[1] = 1;
    block[204] = 0;
    memcpy(block + 205, digest_info, sizeof digest_info);
    must(mbedtls_sha256(message, len, block + 224, 0) == 0,
         "the message can be hashed");
    rsa_signer_block(pair->signer, block, signature);
}

void signing_sign(bool other, const void *message, size_t len,
                  uint8_t signature[256])
{
    sign(pair_of(other), message, len, signature);
}

static char *make_token(const struct pair *pair,
                        const struct fuzz_input *header,
                        const struct fuzz_input *claims, size_t *len)
{
    char *token = malloc(BASE64URL_LENGTH(header->len) +
                         BASE64URL_LENGTH(claims->len) +
                         BASE64URL_LENGTH(256) + 3);
    uint8_t signature[256];

    must(token != NULL, "there is memory");
    base64url_encode(header->bytes, header->len, token);
    *len = BASE64URL_LENGTH(header->len);
    token[(*len)++] = '.';
    base64url_encode(claims->bytes, claims->len, token + *len);
    *len += BASE64URL_LENGTH(claims->len);
    sign(pair, token, *len, signature);
    token[(*len)++] = '.';
    base64url_encode(signature, sizeof signature, token + *len);
    *len += BASE64URL_LENGTH(sizeof signature);
    return token;
}

char *signing_token(const struct fuzz_input *header,
                    const struct fuzz_input *claims, size_t *len)
{
    return make_token(pair_of(0), header, claims, len);
}

char *signing_other_token(const struct fuzz_input *header,
                          const struct fuzz_input *claims, size_t *len)
{
    return make_token(pair_of(1), header, claims, len);
}

void signing_modulus(bool other, char text[SIGNING_MODULUS_LENGTH + 1])
{
    base64url_encode(pair_of(other)->public.modulus, 256, text);
}

struct fuzz_input signing_fill_in(const struct fuzz_input *text)
{
    char *out = malloc(text->len * SIGNING_MODULUS_LENGTH + 1);
    char *at = out;

    must(out != NULL, "there is memory");
    for (size_t i = 0; i < text->len; i++) {
        bool named = text->bytes[i] == '@' && i + 1 < text->len &&
                     (text->bytes[i + 1] == 'R' || text->bytes[i + 1] == 'O');

        if (!named) {
            *at++ = (char)text->bytes[i];
            continue;
        }
        signing_modulus(text->bytes[++i] == 'O', at);
        at += SIGNING_MODULUS_LENGTH;
    }
    return (struct fuzz_input){(uint8_t *)out, (size_t)(at - out)};
}
