/*
 * What a KMS client says about a call.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_kms_request.h"

#include <stdio.h>
#include <string.h>

/* -------------------------------------------------------------- errors --- */

static const char *subject_of(const json_t *parameters)
{
    const char *key = json_string_value(json_object_get(parameters, "KeyId"));

    return key != NULL
               ? key
               : json_string_value(json_object_get(parameters, "AliasName"));
}

/* "kms:Sign on alias/bench in eu-central-1" */
static void name_action(const struct aws_kms_request *request, char *text,
                        size_t size)
{
    const char *subject = subject_of(request->parameters);

    (void)snprintf(text, size, "kms:%s%s%.160s in %.32s", request->operation,
                   subject != NULL ? " on " : "",
                   subject != NULL ? subject : "",
                   request->kms->endpoint.region);
}

/* Temporary access key ids begin with ASIA, and KMS does not know them without
 * their token. */
static const char *advice_for(const struct aws_kms *kms, const char *name)
{
    if ((strcmp(name, "UnrecognizedClientException") == 0 ||
         strcmp(name, "InvalidClientTokenId") == 0) &&
        strncmp(kms->credentials.access_key_id, "ASIA", 4) == 0 &&
        kms->credentials.session_token == NULL)
        return "the access key id is a temporary one: give its session token, "
               "too (AWS_SESSION_TOKEN)";
    return aws_error_advice(name);
}

void aws_kms_set_refusal(const struct aws_kms_request *request)
{
    const struct aws_error *refusal = &request->refusal;
    const char *advice = advice_for(request->kms, refusal->name);
    char action[256];

    name_action(request, action, sizeof action);
    (void)error_set(
        request->error, EXIT_REFUSED, "KMS refused %s: %s%s%s%s%s%s%s%s",
        action, refusal->name, refusal->message[0] != '\0' ? ": " : "",
        refusal->message, refusal->request_id[0] != '\0' ? " (request id " : "",
        refusal->request_id, refusal->request_id[0] != '\0' ? ")" : "",
        advice != NULL ? "; " : "", advice != NULL ? advice : "");
}

void aws_kms_set_unreadable(const struct aws_kms_request *request,
                            const char *what)
{
    char action[256];

    name_action(request, action, sizeof action);
    (void)error_set(request->error, EXIT_USAGE,
                    "%.200s answered %s with HTTP %ld and %s: \"%s\"; check "
                    "the endpoint URL and HTTPS_PROXY, or try again later",
                    request->kms->endpoint.host, action,
                    aws_http_status(request->exchange), what,
                    request->refusal.message);
}

/* For a signature that does not match, AWS recites the request with all of its
 * headers. What real tokens begin with is the same in all of them. */
void aws_kms_hide_token(struct aws_kms_request *request)
{
    const char *token = request->kms->credentials.session_token;
    char start[17];
    char *at;

    if (token == NULL || strlen(token) < sizeof start)
        return;
    memcpy(start, token, sizeof start - 1);
    start[sizeof start - 1] = '\0';
    at = strstr(request->refusal.message, start);
    if (at != NULL)
        *at = '\0';
}

/* Puts words behind the error's text, which gives way. */
static void append(struct error *error, const char *words)
{
    char text[sizeof error->text];

    memcpy(text, error->text, sizeof text);
    (void)error_set(error, error->status, "%.780s%s", text, words);
}

void aws_kms_say_attempts(const struct aws_kms_request *request)
{
    unsigned attempts = request->retry.attempts + request->retry.throttled;
    char words[32];

    (void)snprintf(words, sizeof words, " (%u attempts)", attempts);
    if (attempts > 1)
        append(request->error, words);
}

void aws_kms_say_may_be_done(const struct aws_kms_request *request)
{
    append(request->error,
           ". It was not tried again, for it may have been done all the same: "
           "before you do, look for what it left (aws kms list-keys)");
}

/* ------------------------------------------------------------- verbose --- */

void aws_kms_say_answer(const struct aws_kms_request *request)
{
    const char *id = aws_http_header(request->exchange, "x-amzn-RequestId");
    char shown[sizeof request->refusal.request_id] = "none";

    if (!request->kms->verbose)
        return;
    if (id != NULL)
        aws_error_clean(id, strlen(id), shown, sizeof shown);
    (void)fprintf(stderr, "signer-host: kms:%s: HTTP %ld%s%s, request id %s\n",
                  request->operation, aws_http_status(request->exchange),
                  request->refusal.name[0] != '\0' ? " " : "",
                  request->refusal.name, shown);
}
