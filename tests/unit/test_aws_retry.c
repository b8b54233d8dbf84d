/*
 * When a request to AWS is tried again, and after how long.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_retry.h"
#include "support.h"

static void test_causes(void **state)
{
    static const struct {
        long status;
        const char *name;
        enum aws_retry_cause cause;
    } rows[] = {
        {400, "ThrottlingException", AWS_RETRY_THROTTLED},
        {400, "Throttling", AWS_RETRY_THROTTLED},
        {429, "TooManyRequestsException", AWS_RETRY_THROTTLED},
        {400, "RequestTimeout", AWS_RETRY_TIMEOUT},
        {400, "RequestTimeoutException", AWS_RETRY_TIMEOUT},
        {400, "RequestTimeTooSkewed", AWS_RETRY_NOT},
        /* By the name, whatever the status. */
        {400, "KMSInternalException", AWS_RETRY_TRANSIENT},
        {500, "KMSInternalException", AWS_RETRY_TRANSIENT},
        {400, "KeyUnavailableException", AWS_RETRY_TRANSIENT},
        {400, "DependencyTimeoutException", AWS_RETRY_TRANSIENT},
        {400, "LimitExceededException", AWS_RETRY_NOT},
        {500, "LimitExceededException", AWS_RETRY_NOT},
        {400, "AccessDeniedException", AWS_RETRY_NOT},
        {404, "NotFoundException", AWS_RETRY_NOT},
        {409, "DisabledException", AWS_RETRY_NOT},
        {409, "KMSInvalidStateException", AWS_RETRY_NOT},
        {412, "DryRunOperationException", AWS_RETRY_NOT},
        {400, "ExpiredTokenException", AWS_RETRY_NOT},
        /* Bodies without a name. */
        {500, "", AWS_RETRY_TRANSIENT},
        {501, "", AWS_RETRY_NOT},
        {502, "", AWS_RETRY_TRANSIENT},
        {503, "", AWS_RETRY_TRANSIENT},
        {504, "", AWS_RETRY_TRANSIENT},
        {505, "", AWS_RETRY_NOT},
        {302, "", AWS_RETRY_NOT},
        {400, "", AWS_RETRY_NOT},
        {403, "", AWS_RETRY_NOT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (aws_retry_cause_of(rows[i].status, rows[i].name) != rows[i].cause)
            fail_msg("%ld %s", rows[i].status, rows[i].name);
}

static void test_delay(void **state)
{
    static const uint32_t most[] = {1000,  2000,  4000, 8000,
                                    16000, 20000, 20000};

    (void)state;
    for (unsigned i = 0; i < sizeof most / sizeof most[0]; i++) {
        assert_int_equal(aws_retry_delay_ms(i + 1, 0), 0);
        assert_int_equal(aws_retry_delay_ms(i + 1, UINT32_MAX), most[i] - 1);
        assert_int_equal(aws_retry_delay_ms(i + 1, UINT32_C(1) << 31),
                         most[i] / 2);
    }
    assert_int_equal(aws_retry_delay_ms(100, UINT32_MAX), 19999);
}

static struct aws_retry fresh(void)
{
    struct aws_retry retry;
    struct error error;

    assert_true(aws_retry_init(&retry, &error));
    return retry;
}

static void test_attempts(void **state)
{
    struct aws_retry retry = fresh();

    (void)state;
    assert_true(aws_retry_take(&retry, 1, AWS_RETRY_THROTTLED));
    assert_true(aws_retry_take(&retry, 2, AWS_RETRY_TIMEOUT));
    assert_false(aws_retry_take(&retry, 3, AWS_RETRY_TRANSIENT));
    assert_false(aws_retry_take(&retry, 1, AWS_RETRY_NOT));
}

/* How many retries 500 tokens pay for, and what a success gives back. */
static void test_tokens(void **state)
{
    struct aws_retry retry = fresh();
    unsigned count = 0;

    (void)state;
    while (aws_retry_take(&retry, 1, AWS_RETRY_TRANSIENT))
        count++;
    assert_int_equal(count, 100);
    aws_retry_refund(&retry); /* the retry's own 5 */
    assert_false(aws_retry_take(&retry, 1, AWS_RETRY_TIMEOUT));
    assert_true(aws_retry_take(&retry, 1, AWS_RETRY_TRANSIENT));
    aws_retry_refund(&retry);
    aws_retry_refund(&retry); /* 1 for a request without a retry */
    assert_int_equal(retry.tokens, 6);

    retry = fresh();
    for (count = 0; aws_retry_take(&retry, 1, AWS_RETRY_TIMEOUT); count++)
        ;
    assert_int_equal(count, 50);
    for (count = 0; count < 600; count++)
        aws_retry_refund(&retry);
    assert_int_equal(retry.tokens, 500);
}

static void test_settings(void **state)
{
    static const struct {
        const char *attempts;
        const char *mode;
        unsigned max_attempts; /* 0: refused */
    } rows[] = {
        {"", "", 3},          {"1", "", 1},
        {"7", "standard", 7}, {"100", "adaptive", 100},
        {"3", "legacy", 3},   {"0", "", 0},
        {"-1", "", 0},        {"101", "", 0},
        {"3x", "", 0},        {" 3", "", 0},
        {"1e2", "", 0},       {"99999999999999999999", "", 0},
        {"3", "Standard", 0}, {"3", "none", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct aws_retry retry;
        struct error error = {.status = EXIT_DONE};

        assert_int_equal(setenv("AWS_MAX_ATTEMPTS", rows[i].attempts, 1), 0);
        assert_int_equal(setenv("AWS_RETRY_MODE", rows[i].mode, 1), 0);
        if (aws_retry_init(&retry, &error) != (rows[i].max_attempts > 0))
            fail_msg("%s %s", rows[i].attempts, rows[i].mode);
        if (rows[i].max_attempts > 0)
            assert_int_equal(retry.max_attempts, rows[i].max_attempts);
        else
            assert_int_equal(error.status, EXIT_USAGE);
    }
    assert_int_equal(unsetenv("AWS_MAX_ATTEMPTS"), 0);
    assert_int_equal(unsetenv("AWS_RETRY_MODE"), 0);
}

static int forget_settings(void **state)
{
    (void)state;
    return unsetenv("AWS_MAX_ATTEMPTS") | unsetenv("AWS_RETRY_MODE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_causes),   cmocka_unit_test(test_delay),
        cmocka_unit_test(test_attempts), cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_settings),
    };

    return cmocka_run_group_tests_name("aws_retry", tests, forget_settings,
                                       NULL);
}
