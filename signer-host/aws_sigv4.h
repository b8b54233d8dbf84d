/*
 * AWS Signature Version 4: the Authorization header of one request.
 *
 * Not libcurl's: that one cannot sign for a time other than its own clock's,
 * and so cannot correct a skewed one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_SIGV4_H
#define AWS_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "20150830T123600Z" and its NUL. */
#define AWS_SIGV4_TIME_SIZE 17

struct aws_sigv4_header {
    const char *name;  /* in lower case */
    const char *value; /* as sent: not trimmed, no runs of spaces */
};

struct aws_sigv4_request {
    const char *method;
    const char *path;  /* as sent, "/" at least */
    const char *query; /* sorted and percent-encoded; "" for none */
    const struct aws_sigv4_header *headers; /* sorted by name, `host` and
                                               `x-amz-date` among them */
    size_t header_count;
    const void *body;
    size_t body_len;
};

/* One identity in one Region; the strings are the caller's. Zero the rest, and
 * call aws_sigv4_clear() before it goes or when the identity changes. */
struct aws_sigv4 {
    const char *access_key_id;
    const char *secret_access_key;
    const char *region;
    const char *service;
    char date[9];        /* the day of day_key; "": none yet */
    uint8_t day_key[32]; /* a secret; three of the four HMACs of a signature */
};

/* The value of X-Amz-Date; seconds since 1970. */
void aws_sigv4_time(int64_t seconds, char text[AWS_SIGV4_TIME_SIZE]);

/* The value of Authorization, made with malloc; NULL when memory is short.
 * time is the request's X-Amz-Date. */
char *aws_sigv4_sign(struct aws_sigv4 *signer,
                     const struct aws_sigv4_request *request,
                     const char time[AWS_SIGV4_TIME_SIZE]);

void aws_sigv4_clear(struct aws_sigv4 *signer);

#endif
