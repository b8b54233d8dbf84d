/*
 * HTTP POSTs to one AWS endpoint, several at once, each over a connection that
 * is kept alive for the next.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_HTTP_H
#define AWS_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws_endpoint.h"
#include "error.h"

struct aws_http;

/* A request and its answer. */
struct aws_http_exchange;

struct aws_http_request {
    const char *const *headers; /* "Name: value" each, Host among them */
    size_t header_count;
    const char *body; /* the caller's, until the exchange is ended */
    size_t body_len;
    /* On a connection of its own: libcurl sends a request again by itself when
     * a kept connection turns out to be closed. */
    bool once;
    void *context; /* the caller's */
};

enum aws_http_result {
    AWS_HTTP_ANSWERED, /* whatever the status */
    AWS_HTTP_TIMED_OUT,
    AWS_HTTP_FAILED,   /* no answer, and another try may get one */
    AWS_HTTP_HOPELESS, /* no answer, and another try gets none either */
};

/* For one request at a time. NULL with *error filled. The endpoint must
 * outlive it. */
struct aws_http *aws_http_open(const struct aws_endpoint *endpoint,
                               struct error *error);

/* How many connections there are at most. */
void aws_http_set_connections(struct aws_http *http, unsigned count);

/* Ends what is under way, too. */
void aws_http_close(struct aws_http *http);

/* Begins an exchange; its bytes move in aws_http_work(). NULL when memory is
 * short. */
struct aws_http_exchange *
aws_http_start(struct aws_http *http, const struct aws_http_request *request);

/* Waits until something happens, for timeout_ms at most (-1: for any time), and
 * deals with it. False: a signal came. */
bool aws_http_work(struct aws_http *http, int timeout_ms);

/* An exchange that is over since it was last asked; NULL: there is none. */
struct aws_http_exchange *aws_http_next(struct aws_http *http);

/* How it went. Unless AWS_HTTP_ANSWERED, *error says why (EXIT_USAGE). */
enum aws_http_result aws_http_result(const struct aws_http_exchange *exchange,
                                     struct error *error);

/* Gives the exchange back, over or not, with its answer. */
void aws_http_end(struct aws_http_exchange *exchange);

void *aws_http_context(const struct aws_http_exchange *exchange);

/* The answer. */
long aws_http_status(const struct aws_http_exchange *exchange);
const char *aws_http_body(const struct aws_http_exchange *exchange,
                          size_t *len);
/* The value of a header; NULL: none of that name. */
const char *aws_http_header(const struct aws_http_exchange *exchange,
                            const char *name);

/* When the server sent it, by its own clock; false: it does not tell. */
bool aws_http_date(const struct aws_http_exchange *exchange, int64_t *seconds);

/* Whether any byte of the request left this machine. */
bool aws_http_was_sent(const struct aws_http_exchange *exchange);

#endif
