/*
 * AWS Signature Version 4 over mbedTLS's SHA-256 and HMAC.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_sigv4.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

#define ALGORITHM  "AWS4-HMAC-SHA256"
#define TERMINATOR "aws4_request"
#define HASH_SIZE  32
#define HEX_SIZE   (2 * HASH_SIZE + 1)
#define DATE_LEN   8 /* of "20150830T123600Z" */

void aws_sigv4_time(int64_t seconds, char text[AWS_SIGV4_TIME_SIZE])
{
    time_t time = (time_t)seconds;
    struct tm utc;

    text[0] = '\0';
    if (gmtime_r(&time, &utc) != NULL)
        (void)strftime(text, AWS_SIGV4_TIME_SIZE, "%Y%m%dT%H%M%SZ", &utc);
}

static void to_hex(const uint8_t hash[HASH_SIZE], char hex[HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < HASH_SIZE; i++) {
        *hex++ = digits[hash[i] >> 4];
        *hex++ = digits[hash[i] & 15];
    }
    *hex = '\0';
}

/* --------------------------------------------------- canonical request --- */

/* Hashed piece by piece: the session token is not copied around. */
static void add(mbedtls_sha256_context *hash, const char *text)
{
    (void)mbedtls_sha256_update(hash, (const uint8_t *)text, strlen(text));
}

static bool is_unreserved(char c)
{
    return c != '\0' && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789-._~/",
                               c) != NULL;
}

/* Every service but S3 wants the path that was sent encoded once more. */
static void add_path(mbedtls_sha256_context *hash, const char *path)
{
    char text[4] = "";

    for (; *path != '\0'; path++) {
        (void)snprintf(text, sizeof text,
                       is_unreserved(*path) ? "%c" : "%%%02X",
                       (unsigned char)*path);
        add(hash, text);
    }
}

static void hash_request(const struct aws_sigv4_request *request,
                         const char *header_names, char hex[HEX_SIZE])
{
    mbedtls_sha256_context hash;
    uint8_t result[HASH_SIZE];

    (void)mbedtls_sha256(request->body, request->body_len, result, 0);
    to_hex(result, hex);
    mbedtls_sha256_init(&hash);
    (void)mbedtls_sha256_starts(&hash, 0);
    add(&hash, request->method);
    add(&hash, "\n");
    add_path(&hash, request->path);
    add(&hash, "\n");
    add(&hash, request->query);
    add(&hash, "\n");
    for (size_t i = 0; i < request->header_count; i++) {
        add(&hash, request->headers[i].name);
        add(&hash, ":");
        add(&hash, request->headers[i].value);
        add(&hash, "\n");
    }
    add(&hash, "\n");
    add(&hash, header_names);
    add(&hash, "\n");
    add(&hash, hex);
    (void)mbedtls_sha256_finish(&hash, result);
    mbedtls_sha256_free(&hash);
    to_hex(result, hex);
}

/* ----------------------------------------------------------------- key --- */

static bool hmac(const void *key, size_t key_len, const char *text,
                 uint8_t result[HASH_SIZE])
{
    return mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key,
                           key_len, (const uint8_t *)text, strlen(text),
                           result) == 0;
}

static bool derive(struct aws_sigv4 *signer, const char *secret)
{
    uint8_t *key = signer->day_key;

    return hmac(secret, strlen(secret), signer->date, key) &&
           hmac(key, HASH_SIZE, signer->region, key) &&
           hmac(key, HASH_SIZE, signer->service, key) &&
           hmac(key, HASH_SIZE, TERMINATOR, key);
}

static bool set_day(struct aws_sigv4 *signer,
                    const char time[AWS_SIGV4_TIME_SIZE])
{
    char *secret = NULL;
    int len;
    bool done;

    if (strncmp(signer->date, time, DATE_LEN) == 0)
        return true;
    len = asprintf(&secret, "AWS4%s", signer->secret_access_key);
    if (len < 0)
        return false;
    memcpy(signer->date, time, DATE_LEN);
    signer->date[DATE_LEN] = '\0';
    done = derive(signer, secret);
    mbedtls_platform_zeroize(secret, (size_t)len);
    free(secret);
    if (!done)
        aws_sigv4_clear(signer);
    return done;
}

void aws_sigv4_clear(struct aws_sigv4 *signer)
{
    mbedtls_platform_zeroize(signer->day_key, sizeof signer->day_key);
    signer->date[0] = '\0';
}

/* ------------------------------------------------------- authorization --- */

static bool sign_text(const struct aws_sigv4 *signer, const char *time,
                      const char *request_hash, char hex[HEX_SIZE])
{
    uint8_t signature[HASH_SIZE];
    char *text = NULL;
    bool done;

    if (asprintf(&text, ALGORITHM "\n%s\n%s/%s/%s/" TERMINATOR "\n%s", time,
                 signer->date, signer->region, signer->service,
                 request_hash) < 0)
        return false;
    done = hmac(signer->day_key, HASH_SIZE, text, signature);
    free(text);
    if (done)
        to_hex(signature, hex);
    return done;
}

/* "content-type;host;x-amz-date" */
static char *signed_headers(const struct aws_sigv4_request *request)
{
    size_t size = 1;
    char *list;
    char *end;

    for (size_t i = 0; i < request->header_count; i++)
        size += strlen(request->headers[i].name) + 1;
    list = malloc(size);
    if (list == NULL)
        return NULL;
    end = list;
    *end = '\0';
    for (size_t i = 0; i < request->header_count; i++) {
        if (i > 0)
            end = stpcpy(end, ";");
        end = stpcpy(end, request->headers[i].name);
    }
    return list;
}

static char *authorize(const struct aws_sigv4 *signer,
                       const struct aws_sigv4_request *request,
                       const char *header_names,
                       const char time[AWS_SIGV4_TIME_SIZE])
{
    char hex[HEX_SIZE];
    char *authorization = NULL;

    hash_request(request, header_names, hex);
    if (!sign_text(signer, time, hex, hex) ||
        asprintf(&authorization,
                 ALGORITHM " Credential=%s/%s/%s/%s/" TERMINATOR
                           ", SignedHeaders=%s, Signature=%s",
                 signer->access_key_id, signer->date, signer->region,
                 signer->service, header_names, hex) < 0)
        return NULL;
    return authorization;
}

char *aws_sigv4_sign(struct aws_sigv4 *signer,
                     const struct aws_sigv4_request *request,
                     const char time[AWS_SIGV4_TIME_SIZE])
{
    char *header_names = signed_headers(request);
    char *authorization = NULL;

    if (header_names != NULL && set_day(signer, time))
        authorization = authorize(signer, request, header_names, time);
    free(header_names);
    return authorization;
}
