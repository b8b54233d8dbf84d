/*
 * A batch of SQS messages: a token for each goes to the output queue.
 *
 * SQS delivers a message at least once. So that no token is lost, a message
 * counts as done only when SQS has taken its token; and so that none is
 * doubled, a message that comes again becomes the very same token, byte for
 * byte: jti is the messageId, iat the time of sending, and RS256 is
 * deterministic.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lambda_handler.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "monotonic.h"

struct batch {
    struct lambda_record *records;
    struct lambda_token *tokens;
    struct lambda_message *messages;
    size_t count;
    bool fifo; /* of the input queue */
};

/* ---------------------------------------------------------------- tokens ---
 */

static void mistake(struct lambda_token *token, const char *what)
{
    token->outcome = LAMBDA_BAD_REQUEST;
    (void)error_set(&token->error, EXIT_REFUSED, "%s", what);
}

/* The time of sending is SQS's, which never lies in the future. */
static void read_claims(const struct lambda_handler *handler,
                        const struct lambda_record *record,
                        struct lambda_token *token)
{
    if (record->sent < 0 ||
        record->sent > (int64_t)time(NULL) + LAMBDA_SKEW_S) {
        mistake(token, "the message has no SentTimestamp of the past");
        return;
    }
    token->outcome = lambda_event_claims(record->body, record->body_len,
                                         &token->claims, &token->error);
    if (token->outcome == LAMBDA_DONE)
        token->outcome =
            lambda_policy_apply(&handler->policy, record->sent, record->id,
                                &token->claims, &token->error);
}

/* ---------------------------------------------------------------- sending ---
 */

/* {"token":"...","messageId":"..."} */
static bool make_message(const struct lambda_record *record,
                         const struct lambda_token *token,
                         struct lambda_message *message)
{
    json_t *body =
        json_pack("{s:s, s:s}", "token", token->text, "messageId", record->id);

    message->body = json_dumps(body, JSON_COMPACT);
    message->request_id = record->id;
    message->group = record->group;
    json_decref(body);
    return message->body != NULL;
}

/* Up to LAMBDA_SQS_BATCH tokens from *at on. Out of a FIFO queue, none beyond
 * the first message that has failed: it will come again, and those behind it
 * with it. */
static size_t collect(struct batch *batch, size_t *at,
                      struct lambda_message *chunk[LAMBDA_SQS_BATCH])
{
    size_t count = 0;

    while (*at < batch->count && count < LAMBDA_SQS_BATCH) {
        size_t i = *at;
        struct lambda_token *token = &batch->tokens[i];

        if (token->text != NULL &&
            make_message(&batch->records[i], token, &batch->messages[i]))
            chunk[count++] = &batch->messages[i];
        else if (batch->fifo)
            break;
        ++*at;
    }
    return count;
}

static bool all_sent(struct lambda_message *const *chunk, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!chunk[i]->sent)
            return false;
    return true;
}

static void send_all(struct lambda_handler *handler, struct batch *batch,
                     int64_t end_us)
{
    struct lambda_message *chunk[LAMBDA_SQS_BATCH];
    size_t at = 0;
    size_t count;

    while ((count = collect(batch, &at, chunk)) > 0) {
        lambda_sqs_send(handler->output, chunk, count, end_us);
        if (batch->fifo && !all_sent(chunk, count))
            return;
    }
}

/* --------------------------------------------------------------- failures ---
 */

static const char *reason_of(const struct batch *batch, size_t i)
{
    if (batch->tokens[i].outcome != LAMBDA_DONE)
        return batch->tokens[i].error.text;
    return batch->messages[i].error.text[0] != '\0'
               ? batch->messages[i].error.text
               : "a message before it has failed";
}

/* In the order of a FIFO queue, everything from the first failure on. */
static json_t *failures_of(const struct lambda_handler *handler,
                           const struct batch *batch, size_t *count)
{
    json_t *failures = json_array();
    bool failed = false;

    for (size_t i = 0; i < batch->count; i++) {
        failed = !batch->messages[i].sent || (batch->fifo && failed);
        if (!failed)
            continue;
        lambda_log(&handler->log, LAMBDA_ERROR, "message %s: %s",
                   batch->records[i].id, reason_of(batch, i));
        (void)json_array_append_new(
            failures,
            json_pack("{s:s}", "itemIdentifier", batch->records[i].id));
    }
    *count = json_array_size(failures);
    return failures;
}

static enum lambda_outcome report(const struct lambda_handler *handler,
                                  const struct batch *batch, char **response,
                                  struct error *error)
{
    size_t failed;
    json_t *json = json_pack("{s:o}", "batchItemFailures",
                             failures_of(handler, batch, &failed));

    *response = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (*response == NULL) {
        (void)out_of_memory(error);
        return LAMBDA_INTERNAL;
    }
    lambda_log(&handler->log, LAMBDA_INFO, "%zu of %zu messages became tokens",
               batch->count - failed, batch->count);
    return LAMBDA_DONE;
}

/* ------------------------------------------------------------------ batch ---
 */

/* A token that is not sent before the deadline was minted for nothing. */
static int64_t end_of_minting(int64_t end_us)
{
    int64_t left = end_us - monotonic_us();

    return end_us == MONOTONIC_NEVER || left < 0 ? end_us : end_us - left / 4;
}

static void free_batch(struct batch *batch)
{
    for (size_t i = 0; batch->tokens != NULL && i < batch->count; i++)
        lambda_token_free(&batch->tokens[i]);
    for (size_t i = 0; batch->messages != NULL && i < batch->count; i++)
        free((char *)batch->messages[i].body);
    free(batch->tokens);
    free(batch->messages);
    free(batch->records);
}

static bool open_batch(const struct lambda_event *event, struct batch *batch,
                       struct error *error)
{
    if (!lambda_event_records(event, &batch->records, &batch->count,
                              &batch->fifo, error))
        return false;
    batch->tokens = calloc(batch->count, sizeof *batch->tokens);
    batch->messages = calloc(batch->count, sizeof *batch->messages);
    return (batch->tokens != NULL && batch->messages != NULL) ||
           out_of_memory(error);
}

enum lambda_outcome lambda_handle_batch(struct lambda_handler *handler,
                                        const struct lambda_event *event,
                                        int64_t end_us, char **response,
                                        struct error *error)
{
    struct batch batch = {.records = NULL};
    enum lambda_outcome outcome = LAMBDA_BAD_REQUEST;

    if (handler->output == NULL) {
        (void)error_set(error, EXIT_REFUSED,
                        "the tokens of an SQS batch would be lost: set "
                        "KJWT_OUTPUT_QUEUE_URL to the queue that takes them");
        return LAMBDA_INTERNAL;
    }
    if (open_batch(event, &batch, error)) {
        for (size_t i = 0; i < batch.count; i++)
            read_claims(handler, &batch.records[i], &batch.tokens[i]);
        lambda_mint_all(&handler->mint, batch.tokens, batch.count,
                        end_of_minting(end_us));
        send_all(handler, &batch, end_us);
        outcome = report(handler, &batch, response, error);
    }
    free_batch(&batch);
    return outcome;
}
