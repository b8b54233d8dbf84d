/*
 * Tokens of one invocation.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lambda_mint.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "monotonic.h"
#include "token.h"

/* --------------------------------------------------------------- one --- */

static void set_outcome(struct lambda_token *token, bool done,
                        enum lambda_outcome otherwise)
{
    token->outcome = done ? LAMBDA_DONE : otherwise;
}

/* KMS is not asked to sign what no device would accept. */
static void prepare(const struct lambda_mint *mint, struct lambda_token *token)
{
    const struct members *header = &mint->signer.header;
    size_t token_len;

    set_outcome(
        token,
        token_check_exp(&token->claims, (int64_t)time(NULL), &token->error) &&
            rehearse(&mint->rehearsal, header, &token->claims, &token_len,
                     &token->error),
        LAMBDA_BAD_REQUEST);
    if (token->outcome == LAMBDA_DONE)
        set_outcome(token,
                    token_signing_input(header, &token->claims,
                                        &token->signing_input, &token->error),
                    LAMBDA_INTERNAL);
}

static void submit(struct lambda_mint *mint, struct lambda_token *token)
{
    token->job.message = token->signing_input;
    token->job.message_len = strlen(token->signing_input);
    token->job.context = token;
    sign_queue_submit(mint->queue, &token->job);
}

/* The signature is there, or the reason why not. */
static void finish(const struct lambda_mint *mint, struct lambda_token *token)
{
    const struct signer *signer = &mint->signer;
    struct sign_job *job = &token->job;

    if (!job->done) {
        token->outcome = LAMBDA_FAILED;
        token->error = job->error;
        return;
    }
    set_outcome(token,
                token_assemble(token->signing_input, job->signature,
                               job->signature_len, &token->text, &token->error),
                LAMBDA_INTERNAL);
    if (token->outcome != LAMBDA_DONE ||
        token_check(&signer->key, &signer->header, &token->claims, token->text,
                    &token->error))
        return;
    token->outcome = LAMBDA_FAILED;
    free(token->text);
    token->text = NULL;
}

void lambda_token_free(struct lambda_token *token)
{
    members_free(&token->claims);
    free(token->signing_input);
    free(token->text);
}

/* -------------------------------------------------------------- several --- */

static bool open_queue(struct lambda_mint *mint, struct error *error)
{
    struct sign_queue_options options = {.in_flight = mint->in_flight};

    if (mint->queue == NULL)
        mint->queue = sign_queue_open(mint->signer.holder, &options, error);
    return mint->queue != NULL;
}

/* The next token to be submitted from *at on, or NULL. */
static struct lambda_token *next_token(struct lambda_token *tokens,
                                       size_t count, size_t *at)
{
    while (*at < count) {
        struct lambda_token *token = &tokens[(*at)++];

        if (token->outcome == LAMBDA_DONE)
            return token;
    }
    return NULL;
}

static void time_out(struct lambda_token *token)
{
    if (token->outcome != LAMBDA_DONE || token->text != NULL)
        return;
    token->outcome = LAMBDA_TIMED_OUT;
    (void)error_set(&token->error, EXIT_REFUSED,
                    "no signature before the invocation's deadline: give the "
                    "function more time, or smaller batches");
}

/* What is still under way is given up, with its connections' requests. */
static void give_up(struct lambda_mint *mint, struct lambda_token *tokens,
                    size_t count)
{
    sign_queue_close(mint->queue);
    mint->queue = NULL;
    for (size_t i = 0; i < count; i++)
        time_out(&tokens[i]);
}

static void sign_all(struct lambda_mint *mint, struct lambda_token *tokens,
                     size_t count, int64_t end_us)
{
    size_t at = 0;
    struct lambda_token *token = next_token(tokens, count, &at);

    while (token != NULL || sign_queue_pending(mint->queue) > 0) {
        int64_t now = monotonic_us();
        struct sign_job *job;

        if (now >= end_us) {
            give_up(mint, tokens, count);
            return;
        }
        if (token != NULL && sign_queue_has_room(mint->queue)) {
            submit(mint, token);
            token = next_token(tokens, count, &at);
            continue;
        }
        job = sign_queue_wait(mint->queue, monotonic_poll_ms(now, end_us));
        if (job != NULL)
            finish(mint, job->context);
    }
}

void lambda_mint_all(struct lambda_mint *mint, struct lambda_token *tokens,
                     size_t count, int64_t end_us)
{
    struct error error;

    for (size_t i = 0; i < count; i++)
        if (tokens[i].outcome == LAMBDA_DONE)
            prepare(mint, &tokens[i]);
    if (open_queue(mint, &error)) {
        sign_all(mint, tokens, count, end_us);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (tokens[i].outcome == LAMBDA_DONE) {
            tokens[i].outcome = LAMBDA_FAILED;
            tokens[i].error = error;
        }
}

/* ---------------------------------------------------------------- setup --- */

bool lambda_mint_open(const struct options *options, unsigned in_flight,
                      struct lambda_mint *mint, struct error *error)
{
    mint->in_flight = in_flight;
    return signer_open(options, &mint->signer, error) &&
           rehearsal_open(&mint->rehearsal, &mint->signer.key, error) &&
           open_queue(mint, error);
}

void lambda_mint_close(struct lambda_mint *mint)
{
    sign_queue_close(mint->queue);
    mint->queue = NULL;
    signer_close(&mint->signer);
}
