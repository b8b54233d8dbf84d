/*
 * From an invocation's event to its response.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAMBDA_HANDLER_H
#define LAMBDA_HANDLER_H

#include <stdbool.h>

#include "error.h"
#include "lambda_event.h"
#include "lambda_log.h"
#include "lambda_mint.h"
#include "lambda_policy.h"
#include "lambda_runtime.h"
#include "lambda_sqs.h"

/* What stays between invocations. */
struct lambda_handler {
    struct lambda_log log;
    struct lambda_policy policy;
    struct lambda_mint mint;
    struct lambda_sqs *output; /* NULL: no KJWT_OUTPUT_QUEUE_URL */
    bool takes[LAMBDA_KINDS];  /* KJWT_EVENTS */
};

/* Returns LAMBDA_DONE with *response, made with malloc, or what the invocation
 * failed with. */
enum lambda_outcome lambda_handle(struct lambda_handler *handler,
                                  const struct lambda_invocation *invocation,
                                  char **response, struct error *error);

/* The same for a batch of messages (lambda_batch.c). */
enum lambda_outcome lambda_handle_batch(struct lambda_handler *handler,
                                        const struct lambda_event *event,
                                        int64_t end_us, char **response,
                                        struct error *error);

#endif
