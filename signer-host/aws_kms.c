/*
 * Calls to AWS KMS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_kms.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mbedtls/platform_util.h>

#include "aws_credentials.h"
#include "aws_error.h"
#include "aws_http.h"
#include "aws_retry.h"
#include "aws_sigv4.h"

/* AWS takes requests of a clock that is 5 minutes wrong. */
#define SKEW_S 240

#define MAX_HEADERS 6 /* the signed ones and Authorization */

struct aws_kms {
    struct aws_endpoint endpoint;
    char *profile; /* the one named explicitly, or NULL */
    struct aws_credentials credentials;
    struct aws_http *http;
    struct aws_retry retry;
    struct aws_sigv4 signer;
    struct aws_error refusal; /* of the last call */
    int64_t offset;           /* KMS's clock - ours */
    bool offset_known;
    int64_t correction; /* added to the time that signs */
    bool verbose;
};

/* One call on its way. */
struct call {
    const char *operation;
    const char *subject; /* the key or alias that it is about, or NULL */
    enum aws_kms_repeat repeat;
    char *body;
    unsigned attempts;
    bool renewed; /* with other credentials, once */
    json_t *answer;
};

/* -------------------------------------------------------------- errors --- */

/* "kms:Sign on alias/bench in eu-central-1" */
static void name_action(const struct aws_kms *kms, const struct call *call,
                        char *text, size_t size)
{
    (void)snprintf(text, size, "kms:%s%s%.160s in %.32s", call->operation,
                   call->subject != NULL ? " on " : "",
                   call->subject != NULL ? call->subject : "",
                   kms->endpoint.region);
}

/* Temporary access key ids begin with ASIA, and KMS does not know them without
 * their token. */
static const char *advice_for(const struct aws_kms *kms)
{
    const char *name = kms->refusal.name;

    if ((strcmp(name, "UnrecognizedClientException") == 0 ||
         strcmp(name, "InvalidClientTokenId") == 0) &&
        strncmp(kms->credentials.access_key_id, "ASIA", 4) == 0 &&
        kms->credentials.session_token == NULL)
        return "the access key id is a temporary one: give its session token, "
               "too (AWS_SESSION_TOKEN)";
    return aws_error_advice(name);
}

static void set_refusal(const struct aws_kms *kms, const struct call *call,
                        struct error *error)
{
    const struct aws_error *refusal = &kms->refusal;
    const char *advice = advice_for(kms);
    char action[256];

    name_action(kms, call, action, sizeof action);
    (void)error_set(
        error, EXIT_REFUSED, "KMS refused %s: %s%s%s%s%s%s%s%s", action,
        refusal->name, refusal->message[0] != '\0' ? ": " : "",
        refusal->message, refusal->request_id[0] != '\0' ? " (request id " : "",
        refusal->request_id, refusal->request_id[0] != '\0' ? ")" : "",
        advice != NULL ? "; " : "", advice != NULL ? advice : "");
}

static void set_unreadable(const struct aws_kms *kms, const struct call *call,
                           const char *what, struct error *error)
{
    char action[256];

    name_action(kms, call, action, sizeof action);
    (void)error_set(error, EXIT_USAGE,
                    "%.200s answered %s with HTTP %ld and %s: \"%s\"; check "
                    "the endpoint URL and HTTPS_PROXY, or try again later",
                    kms->endpoint.host, action, aws_http_status(kms->http),
                    what, kms->refusal.message);
}

/* ------------------------------------------------------------- sending --- */

/* The path of a custom endpoint URL. */
static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");
    const char *path = strchr(host != NULL ? host + 3 : url, '/');

    return path != NULL ? path : "/";
}

static void free_lines(char *lines[MAX_HEADERS], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mbedtls_platform_zeroize(lines[i], strlen(lines[i]));
        free(lines[i]);
    }
}

/* What is signed is what is sent. */
static size_t make_lines(const struct aws_sigv4_header *headers, size_t count,
                         char *lines[MAX_HEADERS])
{
    for (size_t i = 0; i < count; i++)
        if (asprintf(&lines[i], "%s: %s", headers[i].name, headers[i].value) <
            0) {
            free_lines(lines, i);
            return 0;
        }
    return count;
}

/* The signed headers and Authorization; 0 when memory is short. */
static size_t sign_headers(struct aws_kms *kms, const struct call *call,
                           char *lines[MAX_HEADERS])
{
    char time_text[AWS_SIGV4_TIME_SIZE];
    char target[64];
    struct aws_sigv4_header headers[MAX_HEADERS] = {
        {"content-type", "application/x-amz-json-1.1"},
        {"host", kms->endpoint.host},
        {"x-amz-date", time_text}};
    struct aws_sigv4_request request = {.method = "POST",
                                        .path = path_of(kms->endpoint.url),
                                        .query = "",
                                        .headers = headers,
                                        .header_count = 3,
                                        .body = call->body,
                                        .body_len = strlen(call->body)};
    char *authorization;
    size_t count;

    aws_sigv4_time((int64_t)time(NULL) + kms->correction, time_text);
    (void)snprintf(target, sizeof target, "TrentService.%s", call->operation);
    if (kms->credentials.session_token != NULL)
        headers[request.header_count++] = (struct aws_sigv4_header){
            "x-amz-security-token", kms->credentials.session_token};
    headers[request.header_count++] =
        (struct aws_sigv4_header){"x-amz-target", target};
    authorization = aws_sigv4_sign(&kms->signer, &request, time_text);
    if (authorization == NULL)
        return 0;
    headers[request.header_count] =
        (struct aws_sigv4_header){"authorization", authorization};
    count = make_lines(headers, request.header_count + 1, lines);
    free(authorization);
    return count;
}

/* The signer keeps the day's key, which belongs to the old secret. */
static void use_credentials(struct aws_kms *kms)
{
    aws_sigv4_clear(&kms->signer);
    kms->signer.access_key_id = kms->credentials.access_key_id;
    kms->signer.secret_access_key = kms->credentials.secret_access_key;
    kms->signer.region = kms->endpoint.region;
    kms->signer.service = "kms";
}

static bool refresh_credentials(struct aws_kms *kms, bool refused,
                                bool *changed, struct error *error)
{
    bool done = aws_credentials_refresh(kms->profile, refused,
                                        &kms->credentials, changed, error);

    if (*changed)
        use_credentials(kms);
    if (*changed && kms->verbose)
        (void)fprintf(stderr, "signer-host: new credentials: %s\n",
                      kms->credentials.source);
    return done;
}

static void note_clock(struct aws_kms *kms)
{
    int64_t date;

    if (!aws_http_date(kms->http, &date))
        return;
    kms->offset = date - (int64_t)time(NULL);
    kms->offset_known = true;
}

static enum aws_http_result
send_call(struct aws_kms *kms, const struct call *call, struct error *error)
{
    char *lines[MAX_HEADERS];
    struct aws_http_request request = {.headers = (const char *const *)lines,
                                       .body = call->body,
                                       .body_len = strlen(call->body),
                                       .once = call->repeat == AWS_KMS_ONCE};
    enum aws_http_result result;
    bool changed;

    if (!refresh_credentials(kms, false, &changed, error))
        return AWS_HTTP_HOPELESS;
    request.header_count = sign_headers(kms, call, lines);
    if (request.header_count == 0) {
        (void)out_of_memory(error);
        return AWS_HTTP_HOPELESS;
    }
    result = aws_http_post(kms->http, &request, error);
    free_lines(lines, request.header_count);
    if (result == AWS_HTTP_ANSWERED)
        note_clock(kms);
    return result;
}

/* ------------------------------------------------------------- judging --- */

static void say_answer(const struct aws_kms *kms, const struct call *call)
{
    if (kms->verbose)
        (void)fprintf(
            stderr, "signer-host: kms:%s: HTTP %ld%s%s, request id %s\n",
            call->operation, aws_http_status(kms->http),
            kms->refusal.name[0] != '\0' ? " " : "", kms->refusal.name,
            kms->refusal.request_id[0] != '\0' ? kms->refusal.request_id
                                               : "none");
}

/* For a signature that does not match, AWS recites the request with all of its
 * headers. What real tokens begin with is the same in all of them. */
static void hide_token(struct aws_kms *kms)
{
    const char *token = kms->credentials.session_token;
    char start[17];
    char *at;

    if (token == NULL || strlen(token) < sizeof start)
        return;
    memcpy(start, token, sizeof start - 1);
    start[sizeof start - 1] = '\0';
    at = strstr(kms->refusal.message, start);
    if (at != NULL)
        *at = '\0';
}

/* Operations without a result answer with an empty body, or null. */
static bool take_answer(struct aws_kms *kms, struct call *call,
                        struct error *error)
{
    size_t len;
    const char *body = aws_http_body(kms->http, &len);
    json_t *answer =
        json_loadb(body, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);

    if (len == 0 || json_is_null(answer))
        answer = json_object();
    if (json_is_object(answer)) {
        call->answer = answer;
        return true;
    }
    json_decref(answer);
    set_unreadable(kms, call, "no JSON object", error);
    return false;
}

/* AWS_RETRY_NOT where there is an answer, or no use in another try. */
static enum aws_retry_cause judge(struct aws_kms *kms, struct call *call,
                                  struct error *error)
{
    long status = aws_http_status(kms->http);
    size_t len;
    const char *body = aws_http_body(kms->http, &len);

    aws_error_read(body, len, aws_http_header(kms->http, "x-amzn-ErrorType"),
                   aws_http_header(kms->http, "x-amzn-RequestId"),
                   &kms->refusal);
    hide_token(kms);
    if (status == 200) {
        kms->refusal.name[0] = '\0';
        say_answer(kms, call);
        if (take_answer(kms, call, error))
            aws_retry_refund(&kms->retry);
        return AWS_RETRY_NOT;
    }
    say_answer(kms, call);
    if (kms->refusal.name[0] != '\0')
        set_refusal(kms, call, error);
    else
        set_unreadable(kms, call, "no error that KMS knows", error);
    return aws_retry_cause_of(status, kms->refusal.name);
}

static enum aws_retry_cause attempt(struct aws_kms *kms, struct call *call,
                                    struct error *error)
{
    kms->refusal.name[0] = '\0';
    switch (send_call(kms, call, error)) {
    case AWS_HTTP_ANSWERED:
        return judge(kms, call, error);
    case AWS_HTTP_TIMED_OUT:
        return AWS_RETRY_TIMEOUT;
    case AWS_HTTP_FAILED:
        return AWS_RETRY_TRANSIENT;
    default:
        return AWS_RETRY_NOT;
    }
}

/* ------------------------------------------------------------- calling --- */

/* Whether the next request goes by KMS's clock instead of this machine's. */
static bool correct_clock(struct aws_kms *kms)
{
    if (!aws_error_is_of_clock(kms->refusal.name) || kms->correction != 0 ||
        !kms->offset_known || llabs(kms->offset) < SKEW_S)
        return false;
    kms->correction = kms->offset;
    if (kms->verbose)
        (void)fprintf(stderr,
                      "signer-host: this machine's clock is %" PRId64
                      " s off; requests go by KMS's\n",
                      kms->offset);
    return true;
}

/* Whether there are others now instead of those that have expired. */
static bool renew_credentials(struct aws_kms *kms, struct call *call)
{
    struct error error;
    bool changed;

    if (call->renewed || !aws_error_is_of_expiry(kms->refusal.name))
        return false;
    call->renewed = true;
    return refresh_credentials(kms, true, &changed, &error) && changed;
}

/* Whether KMS may have done what must not be done twice. */
static bool may_be_done(const struct aws_kms *kms, const struct call *call,
                        enum aws_retry_cause cause)
{
    return call->repeat == AWS_KMS_ONCE &&
           (cause == AWS_RETRY_TRANSIENT || cause == AWS_RETRY_TIMEOUT) &&
           aws_http_was_sent(kms->http);
}

/* Puts words behind the error's text, which gives way. */
static void append(struct error *error, const char *words)
{
    char text[sizeof error->text];

    memcpy(text, error->text, sizeof text);
    (void)error_set(error, error->status, "%.780s%s", text, words);
}

static void say_attempts(struct error *error, unsigned attempts)
{
    char words[32];

    (void)snprintf(words, sizeof words, " (%u attempts)", attempts);
    if (attempts > 1)
        append(error, words);
}

static void run(struct aws_kms *kms, struct call *call, struct error *error)
{
    for (;;) {
        enum aws_retry_cause cause = attempt(kms, call, error);

        if (call->answer != NULL)
            return;
        if (correct_clock(kms) || renew_credentials(kms, call))
            continue;
        call->attempts++;
        if (may_be_done(kms, call, cause)) {
            append(error, ". It was not tried again, for it may have been done "
                          "all the same: before you do, look for what it left "
                          "(aws kms list-keys)");
            return;
        }
        if (!aws_retry_take(&kms->retry, call->attempts, cause)) {
            say_attempts(error, call->attempts);
            return;
        }
        if (kms->verbose)
            (void)fprintf(stderr, "signer-host: %s; trying again\n",
                          error->text);
        aws_retry_wait(call->attempts);
    }
}

static const char *subject_of(const json_t *parameters)
{
    const char *key = json_string_value(json_object_get(parameters, "KeyId"));

    return key != NULL
               ? key
               : json_string_value(json_object_get(parameters, "AliasName"));
}

json_t *aws_kms_call(struct aws_kms *kms, const char *operation,
                     enum aws_kms_repeat repeat, json_t *parameters,
                     struct error *error)
{
    struct call call = {.operation = operation,
                        .subject = subject_of(parameters),
                        .repeat = repeat,
                        .body = json_dumps(parameters, JSON_COMPACT)};

    if (call.body != NULL)
        run(kms, &call, error);
    else
        (void)out_of_memory(error);
    free(call.body);
    json_decref(parameters);
    return call.answer;
}

/* -------------------------------------------------------------- answer --- */

bool aws_kms_unexpected(const char *operation, const char *what,
                        struct error *error)
{
    return error_set(error, EXIT_REFUSED,
                     "KMS's answer to %s has %s: check the endpoint URL",
                     operation, what);
}

const char *aws_kms_string(const json_t *answer, const char *name,
                           const char *operation, struct error *error)
{
    const char *value = json_string_value(json_object_get(answer, name));
    char what[64];

    (void)snprintf(what, sizeof what, "no string %s", name);
    if (value == NULL)
        (void)aws_kms_unexpected(operation, what, error);
    return value;
}

bool aws_kms_is_key_arn(const char *text)
{
    return strncmp(text, "arn:", 4) == 0 && strstr(text, ":kms:") != NULL &&
           strstr(text, ":key/") != NULL &&
           text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789:/-")] ==
               '\0';
}

/* ------------------------------------------------------------- the rest --- */

const char *aws_kms_error_name(const struct aws_kms *kms)
{
    return kms->refusal.name;
}

const char *aws_kms_region(const struct aws_kms *kms)
{
    return kms->endpoint.region;
}

bool aws_kms_clock_offset(const struct aws_kms *kms, int64_t *seconds)
{
    *seconds = kms->offset;
    return kms->offset_known;
}

/* --------------------------------------------------------------- setup --- */

static bool set_up(struct aws_kms *kms, const struct aws_location *location,
                   struct error *error)
{
    if (location->profile != NULL) {
        kms->profile = strdup(location->profile);
        if (kms->profile == NULL)
            return out_of_memory(error);
    }
    if (!aws_retry_init(&kms->retry, error) ||
        !aws_endpoint_find(location, &kms->endpoint, error) ||
        !aws_credentials_load(location->profile, &kms->credentials, error))
        return false;
    use_credentials(kms);
    kms->http = aws_http_open(&kms->endpoint, error);
    return kms->http != NULL;
}

struct aws_kms *aws_kms_open(const struct aws_location *location, bool verbose,
                             struct error *error)
{
    struct aws_kms *kms = calloc(1, sizeof *kms);

    if (kms == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    kms->verbose = verbose;
    if (!set_up(kms, location, error)) {
        aws_kms_close(kms);
        return NULL;
    }
    if (verbose)
        (void)fprintf(
            stderr, "signer-host: KMS at %s, Region %s, credentials: %s\n",
            kms->endpoint.url, kms->endpoint.region, kms->credentials.source);
    return kms;
}

void aws_kms_close(struct aws_kms *kms)
{
    if (kms == NULL)
        return;
    aws_http_close(kms->http);
    aws_sigv4_clear(&kms->signer);
    aws_credentials_clear(&kms->credentials);
    aws_endpoint_clear(&kms->endpoint);
    free(kms->profile);
    free(kms);
}
