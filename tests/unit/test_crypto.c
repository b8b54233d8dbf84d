/*
 * A hash port that fails: an error of its own, never an accepted token. This
 * program brings its own port, which fails at a chosen call.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <mbedtls/sha256.h>

#include "crypto.h"
#include "support.h"

static int calls_until_failure;
static int aborted;

static kjwt_status count_down(void)
{
    return --calls_until_failure == 0 ? KJWT_ERR_CRYPTO : KJWT_OK;
}

kjwt_status kjwt_sha256_init(void *context)
{
    mbedtls_sha256_init(context);
    (void)mbedtls_sha256_starts(context, 0);
    return count_down();
}

kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len)
{
    (void)mbedtls_sha256_update(context, data, len);
    return count_down();
}

kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE])
{
    /* The right digest even so: the status alone must refuse. */
    (void)mbedtls_sha256_finish(context, digest);
    return count_down();
}

void kjwt_sha256_abort(void *context)
{
    mbedtls_sha256_free(context);
    aborted++;
}

static void test_failures(void **state)
{
    static KJWT_WORK(work, 2048);
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};

    (void)state;
    for (int failing = 1; failing <= 4; failing++) {
        struct kjwt_claims claims;
        size_t len;
        char *token = make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}",
                                 "{\"exp\":9}", &len);

        calls_until_failure = failing;
        aborted = 0;
        assert_status(kjwt_verify(&policy, work, sizeof work, token, len, 1,
                                  &claims),
                      failing <= 3 ? KJWT_ERR_CRYPTO : KJWT_OK);
        assert_int_equal(kjwt_claims_verified(&claims), failing > 3);
        /* A context that was begun is always given back. */
        assert_int_equal(aborted, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_failures)};

    return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
