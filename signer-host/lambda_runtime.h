/*
 * A client of the Lambda Runtime API (2018-06-01), which hands out invocations
 * and takes their results:
 *
 *     GET  /runtime/invocation/next              blocks until there is one
 *     POST /runtime/invocation/{id}/response
 *     POST /runtime/invocation/{id}/error
 *     POST /runtime/init/error                   instead of the first GET
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAMBDA_RUNTIME_H
#define LAMBDA_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* Lambda's limit of a response and of an event. */
#define LAMBDA_MAX_RESPONSE ((size_t)6 * 1024 * 1024)

#define LAMBDA_REQUEST_ID_SIZE 129

struct lambda_runtime;

struct lambda_invocation {
    char request_id[LAMBDA_REQUEST_ID_SIZE];
    int64_t end_us;    /* monotonic: when the result should be on its way */
    const char *event; /* until the next call of the runtime */
    size_t event_len;
    bool too_large; /* the event is not whole */
};

/* api is AWS_LAMBDA_RUNTIME_API: HOST:PORT, or a http: URL. NULL with *error
 * filled. */
struct lambda_runtime *lambda_runtime_open(const char *api,
                                           struct error *error);
void lambda_runtime_close(struct lambda_runtime *runtime);

/* Waits for the next invocation, for any time, and sets _X_AMZN_TRACE_ID.
 * False: there is none to come, and the runtime should end. */
bool lambda_runtime_next(struct lambda_runtime *runtime,
                         struct lambda_invocation *invocation,
                         struct error *error);

/* Hands in the result. False: it was not taken; *again tells whether other
 * invocations may come. */
bool lambda_runtime_respond(struct lambda_runtime *runtime,
                            const struct lambda_invocation *invocation,
                            const char *response, bool *again,
                            struct error *error);
bool lambda_runtime_fail(struct lambda_runtime *runtime,
                         const struct lambda_invocation *invocation,
                         const char *type, const char *message, bool *again,
                         struct error *error);

/* Tells why there will be no first invocation. */
void lambda_runtime_fail_init(struct lambda_runtime *runtime, const char *type,
                              const char *message);

#endif
