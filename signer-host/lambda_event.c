/*
 * Events of AWS's services, read.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lambda_event.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mbedtls/base64.h>

/* The longest messageId: a UUID in SQS. */
#define MAX_MESSAGE_ID 100

const char *const lambda_kind_names[LAMBDA_KINDS] = {"direct", "http", "sqs"};

/* -------------------------------------------------------------- reading --- */

static enum lambda_kind kind_of(const json_t *root)
{
    const json_t *record = json_array_get(json_object_get(root, "Records"), 0);
    const char *source =
        json_string_value(json_object_get(record, "eventSource"));

    if (source != NULL && strcmp(source, "aws:sqs") == 0)
        return LAMBDA_SQS;
    return json_is_object(json_object_get(root, "requestContext"))
               ? LAMBDA_HTTP
               : LAMBDA_DIRECT;
}

enum lambda_outcome lambda_event_read(const char *text, size_t len,
                                      struct lambda_event *event,
                                      struct error *error)
{
    json_error_t reason;

    /* U+0000 may stand in somebody's HTTP body, and is no reason to fail. */
    event->root = json_loadb(text, len,
                             JSON_REJECT_DUPLICATES | JSON_DECODE_ANY |
                                 JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL,
                             &reason);
    event->kind = LAMBDA_DIRECT;
    if (event->root == NULL) {
        (void)error_set(error, EXIT_REFUSED, "the event is no JSON: %s",
                        reason.text);
        return LAMBDA_BAD_REQUEST;
    }
    if (!json_is_object(event->root)) {
        (void)error_set(error, EXIT_REFUSED,
                        "the event is no JSON object: send the claims, like "
                        "{\"sub\":\"dev-1\"}");
        return LAMBDA_BAD_REQUEST;
    }
    event->kind = kind_of(event->root);
    return LAMBDA_DONE;
}

void lambda_event_free(struct lambda_event *event)
{
    json_decref(event->root);
    event->root = NULL;
}

/* --------------------------------------------------------------- claims --- */

static bool is_wrapper(const struct members *members)
{
    return members->count == 1 && members->list[0].json[0] == '{' &&
           (strcmp(members->list[0].name, "payload") == 0 ||
            strcmp(members->list[0].name, "claims") == 0);
}

enum lambda_outcome lambda_event_claims(const char *text, size_t len,
                                        struct members *claims,
                                        struct error *error)
{
    struct members outer = {.count = 0};
    bool done = members_load(&outer, text, len, error);

    if (done && is_wrapper(&outer)) {
        done = members_load(claims, outer.list[0].json,
                            strlen(outer.list[0].json), error);
        members_free(&outer);
    } else {
        *claims = outer;
    }
    return done ? LAMBDA_DONE : LAMBDA_BAD_REQUEST;
}

/* ----------------------------------------------------------------- HTTP --- */

/* Version 1 (REST APIs, ALB) has it on top, version 2 in the context. */
static const char *method_of(const json_t *root)
{
    const json_t *method = json_object_get(root, "httpMethod");
    const json_t *http =
        json_object_get(json_object_get(root, "requestContext"), "http");

    return json_string_value(
        json_is_string(method) ? method : json_object_get(http, "method"));
}

static enum lambda_outcome decoded_claims(const char *body, size_t len,
                                          struct members *claims,
                                          struct error *error)
{
    uint8_t *bytes = malloc(len + 1);
    size_t bytes_len;
    enum lambda_outcome outcome = LAMBDA_BAD_REQUEST;

    if (bytes == NULL) {
        (void)out_of_memory(error);
        return LAMBDA_INTERNAL;
    }
    if (mbedtls_base64_decode(bytes, len, &bytes_len, (const uint8_t *)body,
                              len) == 0)
        outcome =
            lambda_event_claims((const char *)bytes, bytes_len, claims, error);
    else
        (void)error_set(error, EXIT_REFUSED, "the body is no base64");
    free(bytes);
    return outcome;
}

enum lambda_outcome lambda_event_http_claims(const struct lambda_event *event,
                                             struct members *claims,
                                             struct error *error)
{
    const char *method = method_of(event->root);
    const json_t *body = json_object_get(event->root, "body");

    if (method == NULL || strcmp(method, "POST") != 0) {
        (void)error_set(error, EXIT_REFUSED, "send the claims by POST");
        return LAMBDA_BAD_METHOD;
    }
    if (!json_is_string(body) || json_string_length(body) == 0) {
        (void)error_set(error, EXIT_REFUSED,
                        "the body is empty: send the claims as a JSON object");
        return LAMBDA_BAD_REQUEST;
    }
    if (json_is_true(json_object_get(event->root, "isBase64Encoded")))
        return decoded_claims(json_string_value(body), json_string_length(body),
                              claims, error);
    return lambda_event_claims(json_string_value(body),
                               json_string_length(body), claims, error);
}

/* ------------------------------------------------------------------ SQS --- */

/* Milliseconds since 1970 as a string. */
static int64_t sent_of(const json_t *record)
{
    const char *text = json_string_value(json_object_get(
        json_object_get(record, "attributes"), "SentTimestamp"));
    size_t len = text != NULL ? strlen(text) : 0;

    if (len == 0 || len > 15 || strspn(text, "0123456789") != len)
        return -1;
    return strtoll(text, NULL, 10) / 1000;
}

/* It becomes the token's jti and goes into logs. */
static bool is_message_id(const char *text)
{
    size_t len = text != NULL ? strlen(text) : 0;

    return len > 0 && len <= MAX_MESSAGE_ID &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                        "0123456789-_") == len;
}

static bool read_record(const json_t *json, struct lambda_record *record)
{
    const json_t *body = json_object_get(json, "body");

    record->id = json_string_value(json_object_get(json, "messageId"));
    record->group = json_string_value(
        json_object_get(json_object_get(json, "attributes"), "MessageGroupId"));
    record->body = json_is_string(body) ? json_string_value(body) : "";
    record->body_len = json_string_length(body);
    record->sent = sent_of(json);
    return is_message_id(record->id);
}

static bool is_fifo(const json_t *record)
{
    const char *arn =
        json_string_value(json_object_get(record, "eventSourceARN"));
    size_t len = arn != NULL ? strlen(arn) : 0;

    return len > 5 && strcmp(arn + len - 5, ".fifo") == 0;
}

bool lambda_event_records(const struct lambda_event *event,
                          struct lambda_record **records, size_t *count,
                          bool *fifo, struct error *error)
{
    const json_t *list = json_object_get(event->root, "Records");
    const json_t *one;
    size_t i;

    *count = json_array_size(list);
    *fifo = is_fifo(json_array_get(list, 0));
    *records = calloc(*count, sizeof **records);
    if (*records == NULL)
        return out_of_memory(error);
    json_array_foreach(list, i, one)
    {
        if (!read_record(one, &(*records)[i]))
            return error_set(error, EXIT_REFUSED,
                             "record %zu of the SQS event has no messageId", i);
    }
    return true;
}
