/*
 * A request of AWS's JSON protocol: what is signed is what is sent.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_JSON_H
#define AWS_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "aws_endpoint.h"
#include "aws_http.h"
#include "aws_sigv4.h"

struct aws_json_request {
    const char *content_type;  /* which version of the protocol */
    const char *target;        /* "TrentService.Sign" */
    const char *body;          /* the caller's, until the exchange is ended */
    const char *session_token; /* NULL: none */
    int64_t time;              /* of the signature: seconds since 1970 */
    bool once;                 /* as of struct aws_http_request */
    void *context;             /* the caller's */
};

/* Begins an exchange with the endpoint, which http was opened for. NULL when
 * memory is short. */
struct aws_http_exchange *
aws_json_start(struct aws_http *http, const struct aws_endpoint *endpoint,
               struct aws_sigv4 *signer,
               const struct aws_json_request *request);

#endif
