/*
 * A token bucket with additive increase and multiplicative decrease.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rate_limit.h"

#define SECOND_US   1e6
#define DECREASE    0.7
#define CLIMB_S     10.0 /* from nothing to the limit */
#define LEAST_RATE  1.0  /* a second */
#define LEAST_CLIMB 10.0 /* a second, where there is no limit */
#define BURST_S     0.05 /* what a pause saves up */
#define WINDOW_S    0.5
#define LEAST_S     0.1 /* of a window that has hardly begun */

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static double seconds(int64_t from_us, int64_t to_us)
{
    return (double)(to_us - from_us) / SECOND_US;
}

void rate_limit_init(struct rate_limit *rate, double limit, int64_t now_us)
{
    *rate = (struct rate_limit){.limit = limit,
                                .rate = limit,
                                .tokens = 1,
                                .at_us = now_us,
                                .lowered_at_us = INT64_MIN,
                                .window_us = now_us};
}

/* Lets time pass: the rate climbs, and the bucket fills. */
static void pass(struct rate_limit *rate, int64_t now_us)
{
    double passed = seconds(rate->at_us, now_us);
    double room = larger(rate->rate * BURST_S, 1);

    rate->at_us = now_us;
    rate->rate += rate->climb * passed;
    if (rate->limit > 0 && rate->rate >= rate->limit) {
        rate->rate = rate->limit;
        rate->climb = 0;
    }
    rate->tokens += rate->rate * passed;
    if (rate->tokens > room)
        rate->tokens = room;
}

static void count(struct rate_limit *rate, int64_t now_us)
{
    double passed = seconds(rate->window_us, now_us);

    if (passed >= WINDOW_S) {
        rate->measured = rate->window_count / passed;
        rate->window_us = now_us;
        rate->window_count = 0;
    }
    rate->window_count++;
}

int64_t rate_limit_take(struct rate_limit *rate, int64_t now_us)
{
    if (rate->rate > 0) {
        pass(rate, now_us);
        if (rate->tokens < 1)
            return (int64_t)((1 - rate->tokens) / rate->rate * SECOND_US) + 1;
        rate->tokens--;
    }
    count(rate, now_us);
    return 0;
}

bool rate_limit_throttled(struct rate_limit *rate, int64_t sent_us,
                          int64_t now_us)
{
    double window = seconds(rate->window_us, now_us);
    double sent =
        larger(rate->measured, rate->window_count / larger(window, LEAST_S));

    if (sent_us < rate->lowered_at_us)
        return false;
    pass(rate, now_us);
    if (rate->rate > 0 && rate->rate < sent)
        sent = rate->rate;
    rate->rate = larger(sent * DECREASE, LEAST_RATE);
    if (rate->limit > 0 && rate->rate > rate->limit)
        rate->rate = rate->limit;
    rate->climb = rate->limit > 0 ? rate->limit / CLIMB_S
                                  : larger(sent / CLIMB_S, LEAST_CLIMB);
    rate->tokens = 0;
    rate->lowered_at_us = now_us;
    return true;
}
