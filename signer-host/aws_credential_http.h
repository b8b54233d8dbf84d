/*
 * The few HTTP requests that fetch credentials: to STS, to a container's
 * endpoint, to an instance's metadata. Small answers, no redirects.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_CREDENTIAL_HTTP_H
#define AWS_CREDENTIAL_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

#define AWS_CREDENTIAL_HTTP_MAX ((size_t)64 * 1024)

struct aws_credential_request {
    const char *method; /* "GET", "PUT", "POST" */
    const char *url;
    const char *headers[3]; /* "Name: value"; NULL: no more */
    const char *body;       /* NULL: none */
    const char *ca_bundle;  /* NULL: the system's */
    bool direct;            /* never through a proxy */
    long connect_timeout_ms;
    long timeout_ms;
    unsigned attempts; /* how often a request that gets no answer, or a 5xx
                          or 429 one, is sent in all */
};

struct aws_credential_answer {
    long status;
    char *body; /* len bytes and a NUL; may be secret */
    size_t len;
};

/* True: there is an answer, whatever its status. Else *error tells host and
 * reason (EXIT_USAGE). Clear the answer in both cases. */
bool aws_credential_http(const struct aws_credential_request *request,
                         struct aws_credential_answer *answer,
                         struct error *error);
void aws_credential_http_clear(struct aws_credential_answer *answer);

/* The host of a URL in lower case, as libcurl understands it, and whether the
 * scheme is https. False: it is no http or https URL, or one with a user name
 * in it. */
#define AWS_URL_HOST_SIZE 256
bool aws_url_host(const char *url, char host[AWS_URL_HOST_SIZE], bool *https);

#endif
