/*
 * NumericDate (RFC 7519 2).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json.h"
#include "support.h"

static const struct {
    const char *text;
    int64_t seconds; /* -1: refused */
    bool fraction;
} rows[] = {
    {"0", 0, false},
    {"1", 1, false},
    {"2147483648", INT64_C(2147483648), false},
    {"4294967396", INT64_C(4294967396), false},
    {"253402300799", INT64_C(253402300799), false},
    {"253402300799.9", INT64_C(253402300799), true},
    {"5.0", 5, false},
    {"5.000000000000000000000000000001", 5, true},
    {"5.9", 5, true},
    {"253402300800", -1, false},
    {"9223372036854775807", -1, false},
    {"9223372036854775808", -1, false},
    {"18446744073709551617", -1, false},
    {"99999999999999999999999999999999999999", -1, false},
    {"-1", -1, false},
    {"-0", -1, false},
    {"1e9", -1, false},
    {"1.0e9", -1, false},
    {"1E1", -1, false},
    {"\"1\"", -1, false},
    {"\"\"", -1, false},
    {"true", -1, false},
    {"null", -1, false},
    {"[1]", -1, false},
    {"{}", -1, false},
    {"1:", -1, false},
    {"1.5:", -1, false},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        /* What follows is not looked at. */
        for (const char *behind = "7.:"; *behind != '\0'; behind++) {
            char text[64];
            struct kjwt_json_value value = {text, strlen(rows[i].text)};
            struct kjwt_numeric_date date;
            kjwt_status status = KJWT_ERR_JSON;

            sprintf(text, "%s%c", rows[i].text, *behind);
            status = kjwt_numeric_date(value, &date);
            if (status !=
                (rows[i].seconds < 0 ? KJWT_ERR_NUMERIC_DATE : KJWT_OK))
                fail_msg("%s ends in %s", text, kjwt_status_name(status));
            if (status == KJWT_OK) {
                assert_int_equal(date.seconds, rows[i].seconds);
                assert_int_equal(date.fraction, rows[i].fraction);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};

    return cmocka_run_group_tests_name("numeric_date", tests, NULL, NULL);
}
