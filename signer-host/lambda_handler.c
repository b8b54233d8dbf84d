/*
 * One token for a direct invocation or an HTTP request.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lambda_handler.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* {"token":"..."}; a token needs no escapes. */
static json_t *token_body(const struct lambda_token *token)
{
    return json_pack("{s:s}", "token", token->text);
}

static enum lambda_outcome dump(json_t *json, char **response,
                                struct error *error)
{
    *response = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (*response != NULL)
        return LAMBDA_DONE;
    (void)out_of_memory(error);
    return LAMBDA_INTERNAL;
}

static void mint(struct lambda_handler *handler, struct lambda_token *token,
                 int64_t end_us)
{
    if (token->outcome == LAMBDA_DONE)
        token->outcome =
            lambda_policy_apply(&handler->policy, (int64_t)time(NULL), NULL,
                                &token->claims, &token->error);
    lambda_mint_all(&handler->mint, token, 1, end_us);
}

/* --------------------------------------------------------------- direct --- */

static enum lambda_outcome handle_direct(struct lambda_handler *handler,
                                         const struct lambda_invocation *from,
                                         char **response, struct error *error)
{
    struct lambda_token token = {.text = NULL};
    enum lambda_outcome outcome;

    token.outcome = lambda_event_claims(from->event, from->event_len,
                                        &token.claims, &token.error);
    mint(handler, &token, from->end_us);
    outcome = token.outcome;
    if (outcome == LAMBDA_DONE)
        outcome = dump(token_body(&token), response, error);
    else
        *error = token.error;
    lambda_token_free(&token);
    return outcome;
}

/* ----------------------------------------------------------------- HTTP --- */

/* Who asked wrongly learns what is wrong. What is wrong on this side is the
 * operator's to know, and stands in the log. */
static json_t *error_page(const struct lambda_handler *handler,
                          const struct lambda_token *token)
{
    const char *text = lambda_outcome_status(token->outcome) < 500
                           ? token->error.text
                           : "no token could be minted; try again later";
    json_t *page = json_pack("{s:s, s:s}", "error", text, "requestId",
                             handler->log.request_id);

    /* A text that is not UTF-8. */
    return page != NULL ? page
                        : json_pack("{s:s, s:s}", "error", "no claims",
                                    "requestId", handler->log.request_id);
}

/* RFC 6749 5.1: a token is not for caches. */
static json_t *http_response(const struct lambda_handler *handler,
                             const struct lambda_token *token)
{
    json_t *page = token->outcome == LAMBDA_DONE ? token_body(token)
                                                 : error_page(handler, token);
    char *body = json_dumps(page, JSON_COMPACT);
    json_t *response =
        json_pack("{s:i, s:{s:s, s:s}, s:b, s:s}", "statusCode",
                  lambda_outcome_status(token->outcome), "headers",
                  "content-type", "application/json", "cache-control",
                  "no-store", "isBase64Encoded", 0, "body", body);

    if (token->outcome == LAMBDA_BAD_METHOD)
        (void)json_object_set_new(json_object_get(response, "headers"), "allow",
                                  json_string("POST"));
    json_decref(page);
    free(body);
    return response;
}

static enum lambda_outcome handle_http(struct lambda_handler *handler,
                                       const struct lambda_event *event,
                                       int64_t end_us, char **response,
                                       struct error *error)
{
    struct lambda_token token = {.text = NULL};
    enum lambda_outcome outcome;

    token.outcome =
        lambda_event_http_claims(event, &token.claims, &token.error);
    mint(handler, &token, end_us);
    if (token.outcome != LAMBDA_DONE)
        lambda_log(&handler->log,
                   lambda_outcome_status(token.outcome) < 500 ? LAMBDA_INFO
                                                              : LAMBDA_ERROR,
                   "HTTP %d: %s", lambda_outcome_status(token.outcome),
                   token.error.text);
    outcome = dump(http_response(handler, &token), response, error);
    lambda_token_free(&token);
    return outcome;
}

/* ------------------------------------------------------------------ all --- */

static enum lambda_outcome handle_event(struct lambda_handler *handler,
                                        const struct lambda_invocation *from,
                                        const struct lambda_event *event,
                                        char **response, struct error *error)
{
    if (!handler->takes[event->kind]) {
        (void)error_set(error, EXIT_REFUSED,
                        "this function takes no %s events: KJWT_EVENTS",
                        lambda_kind_names[event->kind]);
        return LAMBDA_FORBIDDEN;
    }
    switch (event->kind) {
    case LAMBDA_HTTP:
        return handle_http(handler, event, from->end_us, response, error);
    case LAMBDA_SQS:
        return lambda_handle_batch(handler, event, from->end_us, response,
                                   error);
    default:
        return handle_direct(handler, from, response, error);
    }
}

enum lambda_outcome lambda_handle(struct lambda_handler *handler,
                                  const struct lambda_invocation *invocation,
                                  char **response, struct error *error)
{
    struct lambda_event event = {.root = NULL};
    enum lambda_outcome outcome;

    if (invocation->too_large) {
        (void)error_set(error, EXIT_REFUSED, "the event is larger than 6 MB");
        return LAMBDA_BAD_REQUEST;
    }
    outcome = lambda_event_read(invocation->event, invocation->event_len,
                                &event, error);
    if (outcome == LAMBDA_DONE)
        outcome = handle_event(handler, invocation, &event, response, error);
    lambda_event_free(&event);
    return outcome;
}
