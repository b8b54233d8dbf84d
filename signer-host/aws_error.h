/*
 * AWS's error answers: what they are called, what they say, what to do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_ERROR_H
#define AWS_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* For people: printable ASCII, cut to fit. */
struct aws_error {
    char name[64];     /* "NotFoundException"; "": the body tells none */
    char message[448]; /* may be empty; without a name the body's beginning */
    char request_id[64];
};

/* Reads the body of an HTTP 4xx or 5xx, whatever it is. The headers are
 * x-amzn-ErrorType and x-amzn-RequestId; NULL where missing. */
void aws_error_read(const char *body, size_t len, const char *type_header,
                    const char *id_header, struct aws_error *error);

/* Cuts text to size and leaves nothing that a terminal would obey: other bytes
 * than printable ASCII become ?, a run of white space one space. */
void aws_error_clean(const char *text, size_t len, char *out, size_t size);

/* The next step for a name; NULL: none is known. */
const char *aws_error_advice(const char *name);

/* Whether the credentials have expired, and new ones may serve. */
bool aws_error_is_of_expiry(const char *name);

/* Whether a wrong clock on this machine may be the reason. */
bool aws_error_is_of_clock(const char *name);

#endif
