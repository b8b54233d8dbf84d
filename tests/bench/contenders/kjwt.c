/* kjwt: kjwt_verify() and its RSA operation.
 * SPDX-License-Identifier: Apache-2.0 */
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "contender.h"
#include "crypto.h"
#include "kjwt.h"
#include "public_key.h"

static struct public_key public_key;
static struct kjwt_key key;
static KJWT_WORK(work, 4096);

static const char *token;
static size_t token_len;
static char buffer[KJWT_MAX_TOKEN_LENGTH];
static int64_t now;

static struct parts parts;
static uint8_t digest[KJWT_SHA256_SIZE];

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
    key = public_key_view(&public_key);
    return true;
}

static bool prepare(const char *text, size_t len)
{
    token = text;
    token_len = len;
    now = time(NULL);
    return len <= sizeof buffer && split_token(text, len, &parts) &&
           mbedtls_sha256((const uint8_t *)parts.signing_input,
                          parts.signing_input_len, digest, 0) == 0;
}

/* The copy is what kjwt_verify() decodes in place. */
static bool verify(void)
{
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    struct kjwt_claims claims;

    memcpy(buffer, token, token_len);
    return kjwt_verify(&policy, work, sizeof work, buffer, token_len, now,
                       &claims) == KJWT_OK &&
           kjwt_claims_verified(&claims);
}

static bool rsa(void)
{
    static char signature[512 + 7];
    uint32_t proof = 0;

    memcpy(signature, parts.signature, parts.signature_len);
    return kjwt_rsassa_verify(&key, digest, signature, parts.signature_len,
                              work, &proof) == KJWT_OK;
}

const struct contender contender = {load, prepare, verify, rsa};
