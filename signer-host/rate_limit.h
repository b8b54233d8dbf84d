/*
 * How many requests a second go out: a token bucket under a limit of the
 * user's, which gives way when the service asks to slow down.
 *
 *   rate
 *   limit |-----.                  .-----   AIMD: a throttled request takes
 *         |      \             .-'          the rate to 0.7 of what really
 *         |       |        .-'              went out; it climbs back to the
 *         |       |    .-'                  limit in ten seconds, on a
 *         |       |_.-'                     straight line
 *         +------------------------- time
 *
 * It tells no time: every call says what time it is (monotonic_us()).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RATE_LIMIT_H
#define RATE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct rate_limit {
    double limit; /* requests a second at most; 0: none */
    double rate;  /* the present limit; 0: none */
    double climb; /* what a second adds to the rate; 0: it is at its limit */
    double tokens;
    int64_t at_us;         /* of rate and tokens */
    int64_t lowered_at_us; /* the last time */
    /* What went out: in the present window and, a second, in the last one. */
    int64_t window_us;
    double window_count;
    double measured;
};

/* limit: 0 for none. */
void rate_limit_init(struct rate_limit *rate, double limit, int64_t now_us);

/* How many microseconds to wait before the next request; 0: it may go out, and
 * counts as sent. */
int64_t rate_limit_take(struct rate_limit *rate, int64_t now_us);

/* A request that went out at sent_us was throttled. Those that were sent before
 * the rate was lowered say nothing new: whether it was lowered now. */
bool rate_limit_throttled(struct rate_limit *rate, int64_t sent_us,
                          int64_t now_us);

#endif
