/*
 * The queue that minted tokens go to: SendMessageBatch of Amazon SQS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAMBDA_SQS_H
#define LAMBDA_SQS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define LAMBDA_SQS_BATCH 10

struct lambda_sqs;

struct lambda_message {
    const char *body;
    const char *request_id; /* the messageId of the message it answers */
    const char *group;      /* for a FIFO queue; NULL: the queue's one group */
    bool sent;
    struct error error; /* unless sent */
};

/* For a queue's URL; the queue's Region is its host's, else AWS_REGION. NULL
 * with *error filled. */
struct lambda_sqs *lambda_sqs_open(const char *url, struct error *error);
void lambda_sqs_close(struct lambda_sqs *sqs);

/* Sends up to LAMBDA_SQS_BATCH messages, until end_us (monotonic). In a FIFO
 * queue a message is there once, however often it is sent within 5 minutes. */
void lambda_sqs_send(struct lambda_sqs *sqs,
                     struct lambda_message *const *messages, size_t count,
                     int64_t end_us);

#endif
