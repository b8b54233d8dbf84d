/*
 * Retries.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_retry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "random.h"

#define DEFAULT_ATTEMPTS 3u
#define MAX_ATTEMPTS     100ul
#define TOKENS           500u
#define COST             5u
#define TIMEOUT_COST     10u
#define FIRST_DELAY_MS   1000u
#define MAX_DELAY_MS     20000u

/* In adaptive mode the rate waits, not the single request. */
#define MAX_THROTTLED        60u
#define FIRST_THROTTLED_MS   50u
#define LONGEST_THROTTLED_MS 2000u

/* ------------------------------------------------------------- settings --- */

static bool read_mode(bool *adaptive, struct error *error)
{
    static const char *const modes[] = {"standard", "adaptive", "legacy"};
    const char *mode = getenv("AWS_RETRY_MODE");

    *adaptive = mode != NULL && strcmp(mode, "adaptive") == 0;
    if (mode == NULL || *mode == '\0')
        return true;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(mode, modes[i]) == 0)
            return true;
    return error_set(error, EXIT_USAGE,
                     "AWS_RETRY_MODE=%.64s: standard, adaptive or legacy "
                     "(which is standard here)",
                     mode);
}

bool aws_retry_init(struct aws_retry *retry, struct error *error)
{
    const char *text = getenv("AWS_MAX_ATTEMPTS");
    unsigned long attempts = DEFAULT_ATTEMPTS;

    if (text != NULL && *text != '\0') {
        size_t len = strspn(text, "0123456789");

        attempts = strtoul(text, NULL, 10);
        if (text[len] != '\0' || len > 3 || attempts < 1 ||
            attempts > MAX_ATTEMPTS)
            return error_set(error, EXIT_USAGE,
                             "AWS_MAX_ATTEMPTS=%.64s: a number from 1 to %lu",
                             text, MAX_ATTEMPTS);
    }
    retry->max_attempts = (unsigned)attempts;
    retry->tokens = TOKENS;
    return read_mode(&retry->adaptive, error);
}

/* --------------------------------------------------------------- cause --- */

/* By how the name begins. */
static const struct {
    const char *prefix;
    enum aws_retry_cause cause;
} names[] = {
    {"Throttling", AWS_RETRY_THROTTLED},
    {"TooManyRequests", AWS_RETRY_THROTTLED},
    /* A quota of keys or aliases, which waiting does not raise. */
    {"LimitExceeded", AWS_RETRY_NOT},
    {"RequestTimeout", AWS_RETRY_TIMEOUT},
    {"KMSInternal", AWS_RETRY_TRANSIENT},
    {"KeyUnavailable", AWS_RETRY_TRANSIENT},
    {"DependencyTimeout", AWS_RETRY_TRANSIENT},
};

enum aws_retry_cause aws_retry_cause_of(long status, const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncmp(name, names[i].prefix, strlen(names[i].prefix)) == 0)
            return names[i].cause;
    return status == 500 || (status >= 502 && status <= 504)
               ? AWS_RETRY_TRANSIENT
               : AWS_RETRY_NOT;
}

/* --------------------------------------------------------------- tokens --- */

static bool pay(struct aws_retry *retry, struct aws_retry_call *call,
                unsigned cost)
{
    if (cost > retry->tokens)
        return false;
    retry->tokens -= cost;
    call->spent = cost;
    return true;
}

bool aws_retry_take(struct aws_retry *retry, struct aws_retry_call *call,
                    enum aws_retry_cause cause)
{
    call->cause = cause;
    if (retry->adaptive && cause == AWS_RETRY_THROTTLED)
        return ++call->throttled < MAX_THROTTLED;
    call->attempts++;
    return cause != AWS_RETRY_NOT && call->attempts < retry->max_attempts &&
           pay(retry, call, cause == AWS_RETRY_TIMEOUT ? TIMEOUT_COST : COST);
}

void aws_retry_refund(struct aws_retry *retry, struct aws_retry_call *call)
{
    retry->tokens += call->spent > 0 ? call->spent : 1;
    call->spent = 0;
    if (retry->tokens > TOKENS)
        retry->tokens = TOKENS;
}

/* ---------------------------------------------------------------- delay --- */

/* Up to first_ms after one try, then twice as much each time. */
static uint32_t longest_delay(unsigned tries, uint32_t first_ms, uint32_t most)
{
    uint32_t delay = first_ms;

    while (tries-- > 1 && delay < most)
        delay *= 2;
    return delay < most ? delay : most;
}

uint32_t aws_retry_delay_ms(const struct aws_retry_call *call, uint32_t random)
{
    uint32_t most =
        call->throttled > 0 && call->cause == AWS_RETRY_THROTTLED
            ? longest_delay(call->throttled, FIRST_THROTTLED_MS,
                            LONGEST_THROTTLED_MS)
            : longest_delay(call->attempts, FIRST_DELAY_MS, MAX_DELAY_MS);

    return (uint32_t)((uint64_t)random * most >> 32);
}

void aws_retry_wait(const struct aws_retry_call *call)
{
    uint32_t random = UINT32_MAX;
    struct timespec rest;
    uint32_t delay;

    (void)random_bytes(NULL, (unsigned char *)&random, sizeof random);
    delay = aws_retry_delay_ms(call, random);
    rest.tv_sec = (time_t)(delay / 1000);
    rest.tv_nsec = (long)(delay % 1000) * 1000000;
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        ;
}
