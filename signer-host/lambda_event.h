/*
 * What an invocation of the signing Lambda asks for.
 *
 *     {"Records": [{"eventSource": "aws:sqs", ...}]}     a batch of messages
 *     {"requestContext": {...}, "body": ..., ...}        an HTTP request: of an
 *             API Gateway (REST or HTTP API), a Function URL or an ALB
 *     any other object                                   a direct invocation
 *
 * The claims are a JSON object: the event itself, an HTTP body or a message's
 * body. An object whose only member is `payload` or `claims`, an object again,
 * stands for that one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAMBDA_EVENT_H
#define LAMBDA_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "error.h"
#include "lambda_outcome.h"
#include "members.h"

enum lambda_kind { LAMBDA_DIRECT, LAMBDA_HTTP, LAMBDA_SQS, LAMBDA_KINDS };

/* "direct", "http", "sqs". */
extern const char *const lambda_kind_names[LAMBDA_KINDS];

struct lambda_event {
    enum lambda_kind kind;
    json_t *root; /* an object */
};

/* Free it with lambda_event_free() whatever the result. */
enum lambda_outcome lambda_event_read(const char *text, size_t len,
                                      struct lambda_event *event,
                                      struct error *error);
void lambda_event_free(struct lambda_event *event);

/* The claims in a JSON text. */
enum lambda_outcome lambda_event_claims(const char *text, size_t len,
                                        struct members *claims,
                                        struct error *error);

/* The claims in the body of an HTTP event, a POST. */
enum lambda_outcome lambda_event_http_claims(const struct lambda_event *event,
                                             struct members *claims,
                                             struct error *error);

/* One message of an SQS event. The strings are the event's. */
struct lambda_record {
    const char *id;    /* messageId */
    const char *group; /* MessageGroupId; NULL: none */
    const char *body;
    size_t body_len;
    int64_t sent; /* SentTimestamp, in seconds; negative: none */
};

/* The records of an SQS event; *records is made with malloc. A record without
 * an id is an error of the whole event: it could not be told apart. */
bool lambda_event_records(const struct lambda_event *event,
                          struct lambda_record **records, size_t *count,
                          bool *fifo, struct error *error);

#endif
