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
#define MAX_DELAY_MS     20000u

/* ------------------------------------------------------------- settings --- */

static bool check_mode(struct error *error)
{
    static const char *const modes[] = {"standard", "adaptive", "legacy"};
    const char *mode = getenv("AWS_RETRY_MODE");

    if (mode == NULL || *mode == '\0')
        return true;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(mode, modes[i]) == 0)
            return true;
    return error_set(error, EXIT_USAGE,
                     "AWS_RETRY_MODE=%.64s: standard, adaptive or legacy "
                     "(here all of them are standard)",
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
    retry->spent = 0;
    return check_mode(error);
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

bool aws_retry_take(struct aws_retry *retry, unsigned attempts,
                    enum aws_retry_cause cause)
{
    unsigned cost = cause == AWS_RETRY_TIMEOUT ? TIMEOUT_COST : COST;

    if (cause == AWS_RETRY_NOT || attempts >= retry->max_attempts ||
        cost > retry->tokens)
        return false;
    retry->tokens -= cost;
    retry->spent = cost;
    return true;
}

void aws_retry_refund(struct aws_retry *retry)
{
    retry->tokens += retry->spent > 0 ? retry->spent : 1;
    retry->spent = 0;
    if (retry->tokens > TOKENS)
        retry->tokens = TOKENS;
}

/* ---------------------------------------------------------------- delay --- */

uint32_t aws_retry_delay_ms(unsigned attempts, uint32_t random)
{
    /* After the first try up to 1 s, then 2, 4, 8, 16, 20. */
    uint32_t most = attempts > 5 ? MAX_DELAY_MS : 1000u << (attempts - 1);

    return (uint32_t)((uint64_t)random * most >> 32);
}

void aws_retry_wait(unsigned attempts)
{
    uint32_t random = UINT32_MAX;
    struct timespec rest;
    uint32_t delay;

    (void)random_bytes(NULL, (unsigned char *)&random, sizeof random);
    delay = aws_retry_delay_ms(attempts, random);
    rest.tv_sec = (time_t)(delay / 1000);
    rest.tv_nsec = (long)(delay % 1000) * 1000000;
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        ;
}
