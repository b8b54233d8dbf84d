/*
 * HTTP POSTs to one AWS endpoint, over one connection that is kept alive.
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

struct aws_http_request {
    const char *const *headers; /* "Name: value" each, Host among them */
    size_t header_count;
    const char *body;
    size_t body_len;
    /* On a connection of its own: libcurl sends a request again by itself when
     * a kept connection turns out to be closed. */
    bool once;
};

enum aws_http_result {
    AWS_HTTP_ANSWERED, /* whatever the status */
    AWS_HTTP_TIMED_OUT,
    AWS_HTTP_FAILED,   /* no answer, and another try may get one */
    AWS_HTTP_HOPELESS, /* no answer, and another try gets none either */
};

/* NULL with *error filled. The endpoint must outlive it. */
struct aws_http *aws_http_open(const struct aws_endpoint *endpoint,
                               struct error *error);
void aws_http_close(struct aws_http *http);

/* Sends one request and waits for the answer, which stays until the next
 * request. Unless AWS_HTTP_ANSWERED, *error says why (EXIT_USAGE). */
enum aws_http_result aws_http_post(struct aws_http *http,
                                   const struct aws_http_request *request,
                                   struct error *error);

/* The answer. */
long aws_http_status(const struct aws_http *http);
const char *aws_http_body(const struct aws_http *http, size_t *len);
/* The value of a header; NULL: none of that name. */
const char *aws_http_header(struct aws_http *http, const char *name);

/* When the server sent it, by its own clock; false: it does not tell. */
bool aws_http_date(struct aws_http *http, int64_t *seconds);

/* Whether any byte of the last request left this machine. */
bool aws_http_was_sent(const struct aws_http *http);

#endif
