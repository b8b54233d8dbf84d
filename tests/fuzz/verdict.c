/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include <stdio.h>

#include <jansson.h>

#include "kjwt_stream.h"

static bool is_zero(const void *memory, size_t len)
{
    const uint8_t *bytes = memory;

    while (len-- > 0)
        if (*bytes++ != 0)
            return false;
    return true;
}

static void check_outcome(kjwt_status status, const struct kjwt_claims *claims)
{
    must(strcmp(kjwt_status_name(status), "KJWT_ERR_?") != 0,
         "the status is one of the header's");
    must(kjwt_claims_verified(claims) == (status == KJWT_OK),
         "the proof holds exactly with KJWT_OK");
    if (status != KJWT_OK)
        must(is_zero(claims, sizeof *claims), "a refusal leaves no claims");
}

/* Blocks of the exact size, so that a sanitizer guards their ends. */
static kjwt_status verify_const(const struct kjwt_policy *policy,
                                const char *token, size_t len, int64_t now,
                                const struct kjwt_claims *expected)
{
    void *work = malloc(KJWT_WORK_SIZE(2048));
    char *original = fuzz_copy(token, len);
    char *scratch = malloc(len);
    struct kjwt_claims claims;
    kjwt_status status;

    must(work != NULL, "there is memory");
    if (len == 0) /* malloc(0) may be NULL */
        scratch = realloc(scratch, 1), original = realloc(original, 1);
    status = kjwt_verify_const(policy, work, KJWT_WORK_SIZE(2048), original,
                               len, scratch, len, now, &claims);
    check_outcome(status, &claims);
    must(len == 0 || memcmp(original, token, len) == 0,
         "the const variant leaves the token alone");
    must(claims.json_len == expected->json_len &&
             claims.time_checked == expected->time_checked &&
             claims.key == expected->key,
         "both variants give the same claims");
    must(status != KJWT_OK ||
             memcmp(claims.json, expected->json, claims.json_len) == 0,
         "both variants decode the same Claims Set");
    free(work);
    free(original);
    free(scratch);
    return status;
}

/* FNV-1a: pieces that a token always comes in, and another one does not. */
static uint32_t hash_of(const char *bytes, size_t len)
{
    uint32_t hash = 2166136261u;

    while (len-- > 0)
        hash = (hash ^ (uint8_t)*bytes++) * 16777619u;
    return hash;
}

/* In pieces, each a block of its own. */
static void feed(struct kjwt_stream *stream, const char *token, size_t len,
                 uint32_t random)
{
    kjwt_status status = KJWT_OK;

    for (size_t at = 0, piece; at < len; at += piece) {
        char *copy;
        kjwt_status last = status;

        random = random * 1664525u + 1013904223u;
        piece = (random >> 8) % (random >> 30 == 0 ? len : 7);
        piece = piece < len - at ? piece : len - at;
        copy = fuzz_copy(token + at, piece);
        status = kjwt_stream_update(stream, copy, piece);
        must(last == KJWT_OK || status != KJWT_OK,
             "a stream that refuses goes on refusing");
        free(copy);
    }
}

static kjwt_status stream_through(const struct kjwt_policy *policy,
                                  const char *token, size_t len, int64_t now,
                                  size_t size,
                                  const struct kjwt_claims *expected)
{
    void *work = malloc(KJWT_WORK_SIZE(2048));
    char *buffer = malloc(size);
    struct kjwt_stream stream;
    struct kjwt_claims claims;
    kjwt_status status;

    must(work != NULL && buffer != NULL, "there is memory");
    (void)kjwt_stream_init(&stream, policy, work, KJWT_WORK_SIZE(2048), buffer,
                           size);
    feed(&stream, token, len, hash_of(token, len));
    status = kjwt_stream_finish(&stream, now, &claims);
    check_outcome(status, &claims);
    if (status == KJWT_OK)
        must(claims.json_len == expected->json_len &&
                 claims.time_checked == expected->time_checked &&
                 claims.key == expected->key &&
                 memcmp(claims.json, expected->json, claims.json_len) == 0,
             "a stream gives the same claims");
    free(work);
    free(buffer);
    return status;
}

/* With room for the token, and with less. */
static void check_stream(const struct kjwt_policy *policy, const char *token,
                         size_t len, int64_t now,
                         const struct verdict *verdict)
{
    const size_t enough = KJWT_STREAM_BUFFER(
        len < KJWT_MAX_TOKEN_LENGTH ? len : KJWT_MAX_TOKEN_LENGTH);
    const size_t less = hash_of(token, len) % enough;
    kjwt_status status;

    must(stream_through(policy, token, len, now, enough, &verdict->claims) ==
             verdict->status,
         "a stream gives the same status");
    status = stream_through(policy, token, len, now, less > 0 ? less : 1,
                            &verdict->claims);
    must(status == verdict->status || status == KJWT_ERR_SCRATCH_SIZE,
         "a stream with less room gives the same status, or says so");
}

struct verdict verdict_of(const struct kjwt_policy *policy, const char *token,
                          size_t len, int64_t now)
{
    struct verdict verdict = {.token = malloc(len > 0 ? len : 1)};
    void *work = malloc(KJWT_WORK_SIZE(2048));

    must(verdict.token != NULL && work != NULL, "there is memory");
    if (len > 0)
        memcpy(verdict.token, token, len);
    verdict.status =
        kjwt_verify(policy, work, KJWT_WORK_SIZE(2048), verdict.token, len,
                    now, &verdict.claims);
    check_outcome(verdict.status, &verdict.claims);
    must(verify_const(policy, token, len, now, &verdict.claims) ==
             verdict.status,
         "both variants give the same status");
    check_stream(policy, token, len, now, &verdict);
    free(work);
    return verdict;
}

void verdict_free(struct verdict *verdict)
{
    free(verdict->token);
    verdict->token = NULL;
}

/* ----------------------------------------------------------- accessors --- */

static void check_string(const struct kjwt_claims *claims, const char *path,
                         const json_t *expected)
{
    const size_t expected_len = json_string_length(expected);
    char *buf = malloc(expected_len + 1);
    size_t len = SIZE_MAX;

    must(kjwt_claims_string(claims, path, buf, expected_len + 1, &len) ==
                 KJWT_OK &&
             len == expected_len && buf[len] == '\0' &&
             memcmp(buf, json_string_value(expected), len) == 0,
         "a string is what jansson reads");
    must(kjwt_claims_string(claims, path, buf, expected_len, &len) ==
                 KJWT_ERR_BUFFER_SIZE &&
             len == 0,
         "a buffer without room for the NUL is too small");
    free(buf);
}

static void check_number(const struct kjwt_claims *claims, const char *path,
                         const json_t *expected)
{
    int64_t value = -1;
    int64_t date = -1;
    kjwt_status status = kjwt_claims_int(claims, path, &value);

    if (json_is_integer(expected))
        must(status == KJWT_OK && value == json_integer_value(expected),
             "an integer is what jansson reads");
    else
        must(status == KJWT_ERR_CLAIM_TYPE && value == 0,
             "a real is no integer");
    if (kjwt_claims_date(claims, path, &date) == KJWT_OK)
        /* .9999999999999 is the next second for a double. */
        must((double)date <= json_number_value(expected) &&
                 json_number_value(expected) <= (double)date + 1,
             "a date is the number, cut off");
}

static void check_value(const struct kjwt_claims *claims, const char *path,
                        const json_t *expected)
{
    bool flag = false;
    size_t count = SIZE_MAX;
    kjwt_status is_bool = kjwt_claims_bool(claims, path, &flag);
    kjwt_status counted = kjwt_claims_count(claims, path, &count);

    must((is_bool == KJWT_OK) == json_is_boolean(expected) &&
             flag == json_is_true(expected),
         "a boolean is what jansson reads");
    must((counted == KJWT_OK) ==
             (json_is_object(expected) || json_is_array(expected)),
         "containers are counted, others are not");
    if (counted == KJWT_OK)
        must(count == (json_is_object(expected) ? json_object_size(expected)
                                                : json_array_size(expected)),
             "a container has as many elements as jansson reads");
    if (json_is_string(expected))
        check_string(claims, path, expected);
    if (json_is_number(expected))
        check_number(claims, path, expected);
}

/* RFC 6901 3 */
static char *pointer_to(const char *name)
{
    char *pointer = malloc(2 * strlen(name) + 2);
    char *out = pointer;

    must(pointer != NULL, "there is memory");
    *out++ = '/';
    for (; *name != '\0'; name++) {
        if (*name == '~' || *name == '/') {
            *out++ = '~';
            *out++ = *name == '~' ? '0' : '1';
        } else {
            *out++ = *name;
        }
    }
    *out = '\0';
    return pointer;
}

void verdict_check_claims(const struct kjwt_claims *claims)
{
    json_error_t reason;
    json_t *json = json_loadb(claims->json, claims->json_len,
                              JSON_REJECT_DUPLICATES, &reason);
    const char *name;
    json_t *value;
    size_t count = 0;

    if (json == NULL) {
        must(json_error_code(&reason) == json_error_numeric_overflow,
             "accepted claims are an object without duplicates");
        return;
    }
    json_object_foreach(json, name, value) {
        char *pointer = pointer_to(name);

        check_value(claims, pointer, value);
        if (name[0] != '/' && name[0] != '\0')
            check_value(claims, name, value);
        free(pointer);
        count++;
    }
    must(count == json_object_size(json), "every member was held");
    json_decref(json);
}

void verdict_try_path(const struct kjwt_claims *claims, const char *path)
{
    char buf[64];
    const char *json;
    size_t len;
    int64_t number;
    bool flag;

    if (kjwt_claims_span(claims, path, &json, &len) == KJWT_OK)
        must(json >= claims->json && len <= claims->json_len &&
                 json + len <= claims->json + claims->json_len && len > 0,
             "a span lies in the Claims Set");
    (void)kjwt_claims_string(claims, path, buf, sizeof buf, &len);
    (void)kjwt_claims_int(claims, path, &number);
    (void)kjwt_claims_date(claims, path, &number);
    (void)kjwt_claims_bool(claims, path, &flag);
    (void)kjwt_claims_count(claims, path, &len);
}
