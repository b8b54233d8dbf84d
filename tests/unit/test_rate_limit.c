/*
 * Requests a second, by a clock that the tests move.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rate_limit.h"
#include "support.h"

#define SECOND INT64_C(1000000)

/* Sends as much as it may until the clock has moved that far; each request is
 * as patient as the limiter asks it to be. */
static unsigned send_for(struct rate_limit *rate, int64_t *now, int64_t us)
{
    int64_t end = *now + us;
    unsigned count = 0;

    while (*now < end) {
        int64_t pause = rate_limit_take(rate, *now);

        assert_true(pause >= 0 && pause <= 10 * SECOND);
        count += pause == 0;
        /* Without a limit a request takes 100 us. */
        *now += pause > 0 ? pause : rate->rate > 0 ? 0 : 100;
    }
    *now = end;
    return count;
}

static void assert_near(double actual, double expected, double tolerance)
{
    if (actual < expected - tolerance || actual > expected + tolerance)
        fail_msg("%f is not near %f", actual, expected);
}

static void test_limits(void **state)
{
    static const double limits[] = {0.5, 1, 7, 100, 1000, 5000};

    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rate_limit rate;
        int64_t now = 17 * SECOND;

        rate_limit_init(&rate, limits[i], now);
        assert_near(send_for(&rate, &now, 10 * SECOND), 10 * limits[i],
                    1 + limits[i] * 0.06);
    }
}

static void test_no_limit(void **state)
{
    struct rate_limit rate;
    int64_t now = 0;

    (void)state;
    rate_limit_init(&rate, 0, now);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(rate_limit_take(&rate, now), 0);
}

/* A pause saves up a twentieth of a second, no more. */
static void test_burst(void **state)
{
    struct rate_limit rate;
    int64_t now = 0;
    unsigned count = 0;

    (void)state;
    rate_limit_init(&rate, 1000, now);
    now += 60 * SECOND;
    while (rate_limit_take(&rate, now) == 0)
        count++;
    assert_int_equal(count, 50);
}

/* To 0.7 of what went out, and back to the limit in ten seconds at most. */
static void test_throttled(void **state)
{
    struct rate_limit rate;
    int64_t now = 0;

    (void)state;
    rate_limit_init(&rate, 1000, now);
    (void)send_for(&rate, &now, 2 * SECOND);
    assert_true(rate_limit_throttled(&rate, now - 1000, now));
    assert_near(rate.rate, 700, 1);
    /* On average 750 in the first second. */
    assert_near(send_for(&rate, &now, SECOND), 750, 50);
    (void)send_for(&rate, &now, 2 * SECOND + 1000);
    assert_near(rate.rate, 1000, 0);
    assert_near(send_for(&rate, &now, SECOND), 1000, 60);
}

/* 32 requests in flight that are all throttled lower the rate once. */
static void test_once_for_all_in_flight(void **state)
{
    struct rate_limit rate;
    int64_t now = 0;
    int64_t sent;

    (void)state;
    rate_limit_init(&rate, 1000, now);
    (void)send_for(&rate, &now, SECOND);
    sent = now;
    now += 10000;
    assert_true(rate_limit_throttled(&rate, sent, now));
    for (int i = 1; i < 32; i++)
        assert_false(rate_limit_throttled(&rate, sent + i, now + i));
    assert_near(rate.rate, 700, 20);
    /* One that was sent after it says something new. */
    sent = now;
    now += 10000;
    assert_true(rate_limit_throttled(&rate, sent, now));
    assert_near(rate.rate, 490, 20);
}

/* A limit far above what goes out does not hide that that was too much. */
static void test_measured(void **state)
{
    struct rate_limit rate;
    int64_t now = 0;

    (void)state;
    rate_limit_init(&rate, 10000, now);
    for (int i = 0; i < 200; i++, now += 10000) /* 100 a second */
        assert_int_equal(rate_limit_take(&rate, now), 0);
    assert_true(rate_limit_throttled(&rate, now, now));
    assert_near(rate.rate, 70, 3);
}

/* Without a limit there is one as long as it is needed: it climbs on. */
static void test_throttled_without_limit(void **state)
{
    struct rate_limit rate;
    int64_t now = 0;
    double lowered;

    (void)state;
    rate_limit_init(&rate, 0, now);
    (void)send_for(&rate, &now, SECOND); /* 10,000 */
    assert_true(rate_limit_throttled(&rate, now, now));
    lowered = rate.rate;
    assert_near(lowered, 7000, 100);
    (void)send_for(&rate, &now, SECOND);
    assert_near(rate.rate, lowered + 1000, 20);
    (void)send_for(&rate, &now, 5 * SECOND);
    assert_near(rate.rate, lowered + 6000, 100);
}

/* However often it is throttled, one request a second goes out; a limit of
 * less holds. */
static void test_least(void **state)
{
    static const double limits[] = {0, 1000, 0.5};
    static const double least[] = {1, 1, 0.5};

    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        struct rate_limit rate;
        int64_t now = 0;

        rate_limit_init(&rate, limits[i], now);
        for (int j = 0; j < 1000; j++, now++) {
            (void)rate_limit_take(&rate, now);
            (void)rate_limit_throttled(&rate, now, now);
        }
        assert_near(rate.rate, least[i], 0.01);
        assert_true(send_for(&rate, &now, 3 * SECOND) >= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_no_limit),
        cmocka_unit_test(test_burst),
        cmocka_unit_test(test_throttled),
        cmocka_unit_test(test_once_for_all_in_flight),
        cmocka_unit_test(test_measured),
        cmocka_unit_test(test_throttled_without_limit),
        cmocka_unit_test(test_least),
    };

    return cmocka_run_group_tests_name("rate_limit", tests, NULL, NULL);
}
