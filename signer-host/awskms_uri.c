/*
 * Parsing awskms: key URIs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "awskms_uri.h"

#include <stdlib.h>
#include <string.h>

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define FORMS "awskms:///alias/NAME, awskms:///KEY-ID or awskms:///ARN"

static bool refuse(const char *text, const char *why, struct error *error)
{
    return error_set(error, EXIT_USAGE, "the key URI %.256s %s: write " FORMS,
                     text, why);
}

/* -------------------------------------------------------------- decode --- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) % 16 : -1;
}

/* Percent-decodes len characters; NULL where they are malformed, hold a NUL,
 * or memory is short. */
static char *decode(const char *text, size_t len)
{
    char *out = calloc(1, len + 1);
    size_t at = 0;

    for (size_t i = 0; out != NULL && i < len; i++) {
        char c = text[i];

        if (c == '%') {
            int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text[i + 2]) : -1;

            c = low >= 0 ? (char)(16 * high + low) : '\0';
            i += 2;
        }
        if (c == '\0') {
            free(out);
            return NULL;
        }
        out[at++] = c;
    }
    return out;
}

/* --------------------------------------------------------------- parts --- */

/* [ and ] are an IPv6 address's. */
static bool take_host(const char *text, size_t len, struct awskms_uri *uri,
                      struct error *error)
{
    if (len == 0)
        return true;
    if (strspn(text, ALNUM ".:-[]") < len)
        return refuse(text - strlen(AWSKMS_SCHEME "//"),
                      "names no HOST:PORT between // and /", error);
    uri->host = strndup(text, len);
    return uri->host != NULL || out_of_memory(error);
}

/* arn:PARTITION:kms:REGION:ACCOUNT:key/ID, or alias/NAME at its end. */
static bool take_arn(const char *text, struct awskms_uri *uri,
                     struct error *error)
{
    const char *field[6] = {uri->key};
    size_t region_len;

    for (size_t i = 1; i < 6; i++) {
        field[i] = strchr(field[i - 1], ':');
        if (field[i] == NULL)
            return refuse(text, "holds an ARN that is cut off", error);
        field[i]++;
    }
    region_len = (size_t)(field[4] - field[3]) - 1;
    if (strncmp(field[2], "kms:", 4) != 0 || region_len == 0 ||
        (strncmp(field[5], "key/", 4) != 0 &&
         strncmp(field[5], "alias/", 6) != 0))
        return refuse(text, "holds an ARN that is no KMS key's or alias's",
                      error);
    uri->arn_region = strndup(field[3], region_len);
    return uri->arn_region != NULL ||
           out_of_memory(error);
}

static bool take_key(const char *text, const char *path, size_t len,
                     struct awskms_uri *uri, struct error *error)
{
    uri->key = decode(path, len);
    if (uri->key == NULL)
        return refuse(text, "is not percent-encoded as it should be", error);
    if (uri->key[0] == '\0')
        return refuse(text, "names no key", error);
    if (uri->key[strspn(uri->key, ALNUM ":/_-")] != '\0')
        return refuse(text, "holds characters that no key name has", error);
    if (strncmp(uri->key, "arn:", 4) == 0)
        return take_arn(text, uri, error);
    if (strncmp(uri->key, "alias/", 6) == 0)
        return uri->key[6] != '\0' || refuse(text, "names no alias", error);
    return strpbrk(uri->key, ":/_") == NULL ||
           refuse(text, "holds no alias, key id or ARN", error);
}

/* One NAME=VALUE. */
static bool take_parameter(const char *text, const char *parameter, size_t len,
                           struct awskms_uri *uri, struct error *error)
{
    const char *equals = memchr(parameter, '=', len);
    size_t name_len = equals != NULL ? (size_t)(equals - parameter) : len;
    char **value = NULL;

    if (name_len == 6 && memcmp(parameter, "region", 6) == 0)
        value = &uri->region;
    if (name_len == 7 && memcmp(parameter, "profile", 7) == 0)
        value = &uri->profile;
    if (value == NULL)
        return error_set(error, EXIT_USAGE,
                         "the key URI %.256s has a parameter that is neither "
                         "region nor profile: %.*s",
                         text, (int)(name_len < 64 ? name_len : 64), parameter);
    if (*value != NULL)
        return error_set(error, EXIT_USAGE, "the key URI %.256s has %.*s twice",
                         text, (int)name_len, parameter);
    if (equals != NULL)
        *value = decode(equals + 1, len - name_len - 1);
    return (*value != NULL && **value != '\0') ||
           error_set(error, EXIT_USAGE,
                     "the key URI %.256s has no proper value of %.*s", text,
                     (int)name_len, parameter);
}

static bool take_query(const char *text, const char *query,
                       struct awskms_uri *uri, struct error *error)
{
    for (;;) {
        size_t len = strcspn(query, "&");

        if (!take_parameter(text, query, len, uri, error))
            return false;
        if (query[len] == '\0')
            return true;
        query += len + 1;
    }
}

/* ----------------------------------------------------------------- URI --- */

static bool parse(const char *text, struct awskms_uri *uri, struct error *error)
{
    const char *host = text + strlen(AWSKMS_SCHEME "//");
    const char *path;
    size_t len;

    if (strncmp(text, AWSKMS_SCHEME "//", strlen(AWSKMS_SCHEME "//")) != 0)
        return refuse(text, "lacks the slashes", error);
    len = strcspn(host, "/?");
    if (host[len] != '/')
        return refuse(text, "lacks the third slash", error);
    path = host + len + 1;
    if (!take_host(host, len, uri, error))
        return false;
    len = strcspn(path, "?");
    return take_key(text, path, len, uri, error) &&
           (path[len] == '\0' || take_query(text, path + len + 1, uri, error));
}

bool awskms_uri_parse(const char *text, struct awskms_uri *uri,
                      struct error *error)
{
    memset(uri, 0, sizeof *uri);
    if (parse(text, uri, error))
        return true;
    awskms_uri_free(uri);
    return false;
}

void awskms_uri_free(struct awskms_uri *uri)
{
    free(uri->host);
    free(uri->key);
    free(uri->arn_region);
    free(uri->region);
    free(uri->profile);
    memset(uri, 0, sizeof *uri);
}
