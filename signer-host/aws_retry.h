/*
 * When a request to AWS is tried again: the AWS SDKs' standard mode.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_RETRY_H
#define AWS_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

enum aws_retry_cause {
    AWS_RETRY_NOT,       /* another try would end alike */
    AWS_RETRY_THROTTLED, /* AWS did nothing, and asks to wait */
    AWS_RETRY_TRANSIENT, /* whether AWS did it is not known */
    AWS_RETRY_TIMEOUT,   /* the same, and it took its time */
};

/* One per client: many failures in a row use the tokens up, and then nothing
 * is tried again until requests succeed. */
struct aws_retry {
    unsigned max_attempts;
    unsigned tokens;
    unsigned spent; /* for the last retry */
};

/* By AWS_MAX_ATTEMPTS and AWS_RETRY_MODE. EXIT_USAGE. */
bool aws_retry_init(struct aws_retry *retry, struct error *error);

/* An error answer: by its name first, "" for none, then by its HTTP status. */
enum aws_retry_cause aws_retry_cause_of(long status, const char *name);

/* Whether to try again after `attempts` tries; pays for it. */
bool aws_retry_take(struct aws_retry *retry, unsigned attempts,
                    enum aws_retry_cause cause);

/* A request succeeded: gives back what its retry, if any, cost. */
void aws_retry_refund(struct aws_retry *retry);

/* Exponential back-off with full jitter: milliseconds to wait after `attempts`
 * tries; any random number. */
uint32_t aws_retry_delay_ms(unsigned attempts, uint32_t random);

/* Waits that long, with a random number of its own. */
void aws_retry_wait(unsigned attempts);

#endif
