/*
 * Times as text: RFC 3339.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "time_text.h"

#include "support.h"

static const struct {
    const char *text;
    int64_t seconds; /* -1: refused */
} rows[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2000-02-29T23:59:59Z", 951868799},
    {"2027-01-15T08:00:00Z", 1800000000},
    {"2027-01-15t08:00:00z", 1800000000},
    {"2027-01-15 08:00:00Z", 1800000000},
    {"2027-01-15T08:00:00.999999Z", 1800000000},
    {"2027-01-15T08:00:00+00:00", 1800000000},
    {"2027-01-15T08:00:00-00:00", 1800000000},
    {"2027-01-15T10:30:00+02:30", 1800000000},
    {"2027-01-14T22:00:00.5-10:00", 1800000000},
    {"2024-12-31T00:00:00Z", 1735603200},
    {"2025-03-01T00:00:00Z", 1740787200},
    {"2016-12-31T23:59:60Z", 1483228800},
    {"2038-01-19T03:14:08Z", INT64_C(2147483648)},
    {"9999-12-31T23:59:59Z", TIME_MAX},
    {"9999-12-31T23:59:59-00:01", -1},
    {"1969-12-31T23:59:59Z", -1},
    {"1970-01-01T00:00:00+00:01", -1},
    {"0000-01-01T00:00:00Z", -1},
    {"2027-00-15T08:00:00Z", -1},
    {"2027-13-15T08:00:00Z", -1},
    {"2027-01-00T08:00:00Z", -1},
    {"2027-01-32T08:00:00Z", -1},
    {"2027-02-29T08:00:00Z", -1},
    {"2100-02-29T08:00:00Z", -1},
    {"2027-04-31T08:00:00Z", -1},
    {"2027-01-15T24:00:00Z", -1},
    {"2027-01-15T08:60:00Z", -1},
    {"2027-01-15T08:00:61Z", -1},
    {"2027-01-15T08:00:00+24:00", -1},
    {"2027-01-15T08:00:00+00:60", -1},
    {"2027-01-15T08:00:00+0000", -1},
    {"2027-01-15T08:00:00", -1},
    {"2027-01-15T08:00:00.Z", -1},
    {"2027-01-15T08:00:00ZZ", -1},
    {"2027-01-15T08:00:00+00:00Z", -1},
    {"2027-01-15T08:00Z", -1},
    {"2027-01-15", -1},
    {"20270115T080000Z", -1},
    {" 2027-01-15T08:00:00Z", -1},
    {"+027-01-15T08:00:00Z", -1},
    {"1800000000", -1},
    {"", -1},
};

static void test_rfc3339(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t seconds = -1;
        bool done = time_parse_rfc3339(rows[i].text, &seconds);

        if (done != (rows[i].seconds >= 0) ||
            (done && seconds != rows[i].seconds))
            fail_msg("%s: %d %lld", rows[i].text, done, (long long)seconds);
    }
}

/* Reading is the inverse of writing, over every kind of year. */
static void test_round_trip(void **state)
{
    (void)state;
    for (int64_t time = 0; time <= TIME_MAX; time += 86400 * 29 + 3661) {
        char text[TIME_TEXT_SIZE];
        int64_t seconds;

        time_format(time, text);
        if (!time_parse_rfc3339(text, &seconds) || seconds != time)
            fail_msg("%s", text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc3339),
        cmocka_unit_test(test_round_trip),
    };

    return cmocka_run_group_tests_name("time_text", tests, NULL, NULL);
}
