/*
 * A client of the AWS KMS JSON API: calls that are signed, tried again where
 * that helps, with errors in words; one at a time, or several under way at
 * once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_KMS_H
#define AWS_KMS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "aws_endpoint.h"
#include "error.h"

struct aws_kms;

/* Finds the endpoint and the credentials; no request yet. */
struct aws_kms *aws_kms_open(const struct aws_location *location, bool verbose,
                             struct error *error);
void aws_kms_close(struct aws_kms *kms);

enum aws_kms_repeat {
    AWS_KMS_REPEATABLE,
    AWS_KMS_ONCE /* done twice, it would leave two of something */
};

/* Calls an operation ("Sign") with its parameters, which it takes over; they
 * may be NULL for lack of memory. Returns the answer, an object, or NULL:
 * EXIT_REFUSED where KMS said no, EXIT_USAGE where it said nothing. */
json_t *aws_kms_call(struct aws_kms *kms, const char *operation,
                     enum aws_kms_repeat repeat, json_t *parameters,
                     struct error *error);

/* -------------------------------------------------------- several calls --- */

/* A call under way. */
struct aws_kms_request;

struct aws_kms_figures {
    double rate;        /* the present limit of requests a second; 0: none */
    uint64_t throttled; /* answers that asked to slow down */
    uint64_t retried;   /* requests that were sent again */
};

/* Prepares for so many calls at once, and for so many requests a second at most
 * (0: any number). From now on a throttled request lowers that rate for a
 * while, and is no failed attempt (the SDKs' adaptive mode). */
void aws_kms_tune(struct aws_kms *kms, unsigned in_flight, double rate);

/* Begins a call that may be repeated; it goes on in aws_kms_wait(). The
 * parameters are taken over; *error stays the caller's until
 * aws_kms_finish(). NULL when memory is short. */
struct aws_kms_request *aws_kms_start(struct aws_kms *kms,
                                      const char *operation, json_t *parameters,
                                      void *context, struct error *error);

/* Works until a call has ended, which it returns, or timeout_ms have passed
 * (-1: never), a signal has come or no call is under way (NULL). */
struct aws_kms_request *aws_kms_wait(struct aws_kms *kms, int timeout_ms);

void *aws_kms_context(const struct aws_kms_request *request);

/* The answer, as of aws_kms_call(); the request is gone. */
json_t *aws_kms_finish(struct aws_kms_request *request);

/* Gives up all calls under way. */
void aws_kms_cancel(struct aws_kms *kms);

struct aws_kms_figures aws_kms_figures(const struct aws_kms *kms);

/* -------------------------------------------------------------- answers --- */

/* For a caller who finds less in an answer than KMS promises: EXIT_REFUSED. */
bool aws_kms_unexpected(const char *operation, const char *what,
                        struct error *error);

/* A string member of an answer; NULL with *error filled: there is none. */
const char *aws_kms_string(const json_t *answer, const char *name,
                           const char *operation, struct error *error);

/* Whether text is the ARN of a KMS key: nothing that needs quoting. */
bool aws_kms_is_key_arn(const char *text);

/* The name of the error of the last aws_kms_call(), "" if it had none. */
const char *aws_kms_error_name(const struct aws_kms *kms);

const char *aws_kms_region(const struct aws_kms *kms);

/* How many seconds this machine is behind KMS (negative: ahead), by the Date
 * of its last answer. False: no answer told. */
bool aws_kms_clock_offset(const struct aws_kms *kms, int64_t *seconds);

#endif
