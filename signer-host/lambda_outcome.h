/*
 * How it went with one token that the signing Lambda was asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAMBDA_OUTCOME_H
#define LAMBDA_OUTCOME_H

enum lambda_outcome {
    LAMBDA_DONE,
    LAMBDA_BAD_REQUEST, /* the caller's: no claims that make a token */
    LAMBDA_FORBIDDEN,   /* the caller's: claims that the operator keeps */
    LAMBDA_BAD_METHOD,  /* the caller's: HTTP, and no POST */
    LAMBDA_FAILED,      /* no signature: KMS said no, or nothing */
    LAMBDA_TIMED_OUT,   /* no signature before the invocation's deadline */
    LAMBDA_INTERNAL     /* memory is short, an event that is none */
};

/* What it is as an HTTP status, and as a Lambda error type
 * ("Category.Reason"). */
int lambda_outcome_status(enum lambda_outcome outcome);
const char *lambda_outcome_type(enum lambda_outcome outcome);

#endif
