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

/* Milliseconds after that many failed tries at the most, for the smallest,
 * the middle and the largest random number. */
static void check_delay(const struct aws_retry_call *call, uint32_t most)
{
    assert_int_equal(aws_retry_delay_ms(call, 0), 0);
    assert_int_equal(aws_retry_delay_ms(call, UINT32_C(1) << 31), most / 2);
    assert_int_equal(aws_retry_delay_ms(call, UINT32_MAX), most - 1);
}

static void test_delay(void **state)
{
    static const uint32_t standard[] = {1000,  2000,  4000, 8000,
                                        16000, 20000, 20000};
    static const uint32_t throttled[] = {50,  100,  200,  400,
                                         800, 1600, 2000, 2000};

    (void)state;
    for (unsigned i = 0; i < sizeof standard / sizeof standard[0]; i++) {
        struct aws_retry_call call = {.cause = AWS_RETRY_THROTTLED,
                                      .attempts = i + 1};

        check_delay(&call, standard[i]);
    }
    for (unsigned i = 0; i < sizeof throttled / sizeof throttled[0]; i++) {
        struct aws_retry_call call = {.cause = AWS_RETRY_THROTTLED,
                                      .throttled = i + 1};

        check_delay(&call, throttled[i]);
    }
    check_delay(&(struct aws_retry_call){.attempts = 100}, 20000);
    /* Another fault after a throttled request. */
    check_delay(&(struct aws_retry_call){.cause = AWS_RETRY_TIMEOUT,
                                         .throttled = 5,
                                         .attempts = 1},
                1000);
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
    struct aws_retry_call call = {0};
    struct aws_retry_call hopeless = {0};

    (void)state;
    assert_true(aws_retry_take(&retry, &call, AWS_RETRY_THROTTLED));
    assert_true(aws_retry_take(&retry, &call, AWS_RETRY_TIMEOUT));
    assert_false(aws_retry_take(&retry, &call, AWS_RETRY_TRANSIENT));
    assert_int_equal(call.attempts, 3);
    assert_false(aws_retry_take(&retry, &hopeless, AWS_RETRY_NOT));
    assert_int_equal(hopeless.attempts, 1);
}

/* Throttled requests cost no attempt and no token, but not for ever. */
static void test_adaptive(void **state)
{
    struct aws_retry retry = fresh();
    struct aws_retry_call call = {0};
    unsigned tokens = retry.tokens;
    unsigned count = 0;

    (void)state;
    assert_false(retry.adaptive);
    retry.adaptive = true;
    assert_true(aws_retry_take(&retry, &call, AWS_RETRY_THROTTLED));
    assert_true(aws_retry_take(&retry, &call, AWS_RETRY_TRANSIENT));
    assert_true(aws_retry_take(&retry, &call, AWS_RETRY_TRANSIENT));
    assert_true(aws_retry_take(&retry, &call, AWS_RETRY_THROTTLED));
    assert_int_equal(retry.tokens, tokens - 10);
    while (aws_retry_take(&retry, &call, AWS_RETRY_THROTTLED))
        count++;
    assert_int_equal(count, 57);
    assert_int_equal(call.throttled, 60);
    assert_int_equal(retry.tokens, tokens - 10);
    assert_false(aws_retry_take(&retry, &call, AWS_RETRY_TRANSIENT));
}

/* How many calls 500 tokens pay a retry for. */
static unsigned pay_for(struct aws_retry *retry, enum aws_retry_cause cause)
{
    unsigned count = 0;

    for (;; count++) {
        struct aws_retry_call call = {0};

        if (!aws_retry_take(retry, &call, cause))
            return count;
    }
}

/* The bucket is the client's; what a success gives back is the call's. */
static void test_tokens(void **state)
{
    struct aws_retry retry = fresh();
    struct aws_retry_call call = {0};
    struct aws_retry_call other = {0};

    (void)state;
    assert_true(aws_retry_take(&retry, &call, AWS_RETRY_TRANSIENT));
    assert_int_equal(pay_for(&retry, AWS_RETRY_TRANSIENT), 99);
    aws_retry_refund(&retry, &call); /* the retry's own 5 */
    assert_false(aws_retry_take(&retry, &other, AWS_RETRY_TIMEOUT));
    assert_true(aws_retry_take(&retry, &other, AWS_RETRY_TRANSIENT));
    aws_retry_refund(&retry, &other);
    aws_retry_refund(&retry, &call); /* 1 for a call without a retry */
    assert_int_equal(retry.tokens, 6);

    retry = fresh();
    assert_int_equal(pay_for(&retry, AWS_RETRY_TIMEOUT), 50);
    for (unsigned i = 0; i < 600; i++)
        aws_retry_refund(&retry, &call);
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
        if (rows[i].max_attempts == 0) {
            assert_int_equal(error.status, EXIT_USAGE);
            continue;
        }
        assert_int_equal(retry.max_attempts, rows[i].max_attempts);
        assert_int_equal(retry.adaptive, strcmp(rows[i].mode, "adaptive") == 0);
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
        cmocka_unit_test(test_attempts), cmocka_unit_test(test_adaptive),
        cmocka_unit_test(test_tokens),   cmocka_unit_test(test_settings),
    };

    return cmocka_run_group_tests_name("aws_retry", tests, forget_settings,
                                       NULL);
}
