/*
 * Minting for the signing Lambda: several tokens at once, before a deadline,
 * each held against the device's verifier before it leaves.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAMBDA_MINT_H
#define LAMBDA_MINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "lambda_outcome.h"
#include "members.h"
#include "options.h"
#include "rehearsal.h"
#include "sign_queue.h"
#include "signer.h"

/* What stays between invocations: the key, its connections. */
struct lambda_mint {
    struct signer signer;
    struct rehearsal rehearsal;
    struct sign_queue *queue;
    unsigned in_flight;
};

/* A token that is wanted. {0} but for its claims and its outcome. */
struct lambda_token {
    struct members claims;
    enum lambda_outcome outcome; /* LAMBDA_DONE: to be minted */
    struct error error;          /* unless LAMBDA_DONE */
    char *text;                  /* the token; NULL: not minted */

    char *signing_input;
    struct sign_job job;
};

/* Opens the key and asks for its public half. Close it in any case; {0}
 * before. */
bool lambda_mint_open(const struct options *options, unsigned in_flight,
                      struct lambda_mint *mint, struct error *error);
void lambda_mint_close(struct lambda_mint *mint);

/* Mints those tokens whose outcome is LAMBDA_DONE, until end_us (monotonic);
 * the outcome becomes what has become of it. */
void lambda_mint_all(struct lambda_mint *mint, struct lambda_token *tokens,
                     size_t count, int64_t end_us);

void lambda_token_free(struct lambda_token *token);

#endif
