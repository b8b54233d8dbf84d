/*
 * A client of the AWS KMS JSON API: one call at a time, signed, tried again
 * where that helps, with errors in words.
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

/* For a caller who finds less in an answer than KMS promises: EXIT_REFUSED. */
bool aws_kms_unexpected(const char *operation, const char *what,
                        struct error *error);

/* A string member of an answer; NULL with *error filled: there is none. */
const char *aws_kms_string(const json_t *answer, const char *name,
                           const char *operation, struct error *error);

/* Whether text is the ARN of a KMS key: nothing that needs quoting. */
bool aws_kms_is_key_arn(const char *text);

/* The name of the last call's error, "" if it had none. */
const char *aws_kms_error_name(const struct aws_kms *kms);

const char *aws_kms_region(const struct aws_kms *kms);

/* How many seconds this machine is behind KMS (negative: ahead), by the Date
 * of its last answer. False: no answer told. */
bool aws_kms_clock_offset(const struct aws_kms *kms, int64_t *seconds);

#endif
