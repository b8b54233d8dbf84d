/*
 * When a request to AWS is tried again: the AWS SDKs' standard mode, and their
 * adaptive mode for many requests, which are slowed down (rate_limit.h) rather
 * than given up when AWS throttles them.
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
    bool adaptive; /* a throttled request is no failed attempt */
};

/* One call's part in it. Zero it. */
struct aws_retry_call {
    enum aws_retry_cause cause; /* of the last retry */
    unsigned attempts;          /* that failed */
    unsigned throttled;         /* in adaptive mode */
    unsigned spent;             /* for the last retry */
};

/* By AWS_MAX_ATTEMPTS and AWS_RETRY_MODE. EXIT_USAGE. */
bool aws_retry_init(struct aws_retry *retry, struct error *error);

/* An error answer: by its name first, "" for none, then by its HTTP status. */
enum aws_retry_cause aws_retry_cause_of(long status, const char *name);

/* Counts a try that failed. Whether there is another one; pays for it. */
bool aws_retry_take(struct aws_retry *retry, struct aws_retry_call *call,
                    enum aws_retry_cause cause);

/* The call succeeded: gives back what its retry, if any, cost. */
void aws_retry_refund(struct aws_retry *retry, struct aws_retry_call *call);

/* Exponential back-off with full jitter: milliseconds to wait before the next
 * try; any random number. */
uint32_t aws_retry_delay_ms(const struct aws_retry_call *call, uint32_t random);

/* Waits that long, with a random number of its own. */
void aws_retry_wait(const struct aws_retry_call *call);

#endif
