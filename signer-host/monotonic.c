/*
 * The monotonic clock.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "monotonic.h"

#include <limits.h>
#include <time.h>

int64_t monotonic_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int monotonic_poll_ms(int64_t now_us, int64_t then_us)
{
    int64_t ms;

    if (then_us == MONOTONIC_NEVER)
        return -1;
    if (then_us <= now_us)
        return 0;
    ms = (then_us - now_us + 999) / 1000;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}
