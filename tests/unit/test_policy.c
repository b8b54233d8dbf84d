/*
 * Arguments, policy and time: a row is a token, a policy, a time, a status.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "proof.h"
#include "support.h"
#include "verify_steps.h"

#define HEADER "{\"alg\":\"RS256\"}"
#define LATE INT64_C(253402300799)

static KJWT_WORK(work, 2048);
static struct kjwt_key key;

struct row {
    const char *header;
    const char *claims;
    struct kjwt_policy policy; /* keys are added */
    int64_t now;
    kjwt_status status;
    bool time_not_checked;
};

static void run(const struct row *row)
{
    struct kjwt_policy policy = row->policy;
    struct kjwt_claims claims;
    size_t len;
    char *token = make_token(test_key("rsa2048"), row->header, row->claims,
                             &len);
    kjwt_status status;

    policy.keys = &key;
    policy.key_count = 1;
    status = kjwt_verify(&policy, work, sizeof work, token, len, row->now,
                         &claims);
    if (strcmp(status_word(status), status_word(row->status)) != 0)
        fail_msg("%s %s at %lld ends in %s, not in %s", row->header,
                 row->claims, (long long)row->now, kjwt_status_name(status),
                 kjwt_status_name(row->status));
    if (status == KJWT_OK)
        assert_int_equal(claims.time_checked, !row->time_not_checked);
}

static void run_all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        run(&rows[i]);
}

#define RUN(rows) run_all(rows, sizeof(rows) / sizeof(rows)[0])

static void test_names(void **state)
{
    static const struct row rows[] = {
        {HEADER, "{\"exp\":9}", {0}, 1, KJWT_OK, false},
        {HEADER, "{\"exp\":9,\"iss\":\"a\"}", {0}, 1, KJWT_OK, false},
        {HEADER, "{\"exp\":9,\"iss\":\"a\"}", {.issuer = "a"}, 1, KJWT_OK,
         false},
        {HEADER, "{\"exp\":9,\"iss\":\"\\u0061\"}", {.issuer = "a"}, 1,
         KJWT_OK, false},
        {HEADER, "{\"exp\":9,\"iss\":\"ab\"}", {.issuer = "a"}, 1,
         KJWT_ERR_ISSUER, false},
        {HEADER, "{\"exp\":9,\"iss\":\"\"}", {.issuer = "a"}, 1,
         KJWT_ERR_ISSUER, false},
        {HEADER, "{\"exp\":9}", {.issuer = "a"}, 1, KJWT_ERR_ISSUER, false},
        {HEADER, "{\"exp\":9}", {.issuer = ""}, 1, KJWT_ERR_ISSUER, false},
        {HEADER, "{\"exp\":9,\"iss\":1}", {0}, 1, KJWT_ERR_CLAIM_TYPE, false},
        {HEADER, "{\"exp\":9,\"iss\":[\"a\"]}", {.issuer = "a"}, 1,
         KJWT_ERR_CLAIM_TYPE, false},
        {HEADER, "{\"exp\":9,\"iss\":\"b\"}", {.subject = "b"}, 1,
         KJWT_ERR_SUBJECT, false},
        {HEADER, "{\"exp\":9,\"sub\":\"b\"}", {.subject = "b"}, 1, KJWT_OK,
         false},
        {HEADER, "{\"exp\":9,\"sub\":\"c\"}", {.subject = "b"}, 1,
         KJWT_ERR_SUBJECT, false},
        {HEADER, "{\"exp\":9,\"sub\":null}", {0}, 1, KJWT_ERR_CLAIM_TYPE,
         false},
        {HEADER, "{\"exp\":9,\"jti\":\"x\"}", {0}, 1, KJWT_OK, false},
        {HEADER, "{\"exp\":9,\"jti\":7}", {0}, 1, KJWT_ERR_CLAIM_TYPE, false},
        /* RFC 7519 4.1.3: who has no name is not named. */
        {HEADER, "{\"exp\":9,\"aud\":\"a\"}", {0}, 1, KJWT_ERR_AUDIENCE,
         false},
        {HEADER, "{\"exp\":9,\"aud\":[]}", {0}, 1, KJWT_ERR_AUDIENCE, false},
        {HEADER, "{\"exp\":9,\"aud\":[1]}", {0}, 1, KJWT_ERR_CLAIM_TYPE,
         false},
        {HEADER, "{\"exp\":9}", {.audience = "a"}, 1, KJWT_ERR_AUDIENCE,
         false},
        {HEADER, "{\"exp\":9,\"aud\":[ \"b\" , \"a\" ]}", {.audience = "a"},
         1, KJWT_OK, false},
        {HEADER, "{\"exp\":9,\"aud\":[\"a\",1]}", {.audience = "a"}, 1,
         KJWT_ERR_CLAIM_TYPE, false},
        {HEADER, "{\"exp\":9,\"aud\":[\"a]\",\"\\\"a\"]}", {.audience = "a"},
         1, KJWT_ERR_AUDIENCE, false},
        {HEADER, "{\"exp\":9,\"aud\":[{\"x\":\"]\"},\"a\"]}",
         {.audience = "a"}, 1, KJWT_ERR_CLAIM_TYPE, false},
    };

    (void)state;
    RUN(rows);
}

static void test_typ(void **state)
{
    static const struct row rows[] = {
        {"{\"alg\":\"RS256\",\"typ\":\"jwt\"}", "{\"exp\":9}", {0}, 1, KJWT_OK,
         false},
        {"{\"alg\":\"RS256\",\"typ\":\"Application/JWT\"}", "{\"exp\":9}", {0},
         1, KJWT_OK, false},
        {"{\"alg\":\"RS256\",\"typ\":\"application/application/JWT\"}",
         "{\"exp\":9}", {0}, 1, KJWT_ERR_TYP, false},
        {"{\"alg\":\"RS256\",\"typ\":\"application/\"}", "{\"exp\":9}", {0}, 1,
         KJWT_ERR_TYP, false},
        {"{\"alg\":\"RS256\",\"typ\":\"JWTs\"}", "{\"exp\":9}", {0}, 1,
         KJWT_ERR_TYP, false},
        {"{\"alg\":\"RS256\",\"typ\":\"\"}", "{\"exp\":9}", {0}, 1,
         KJWT_ERR_TYP, false},
        {"{\"alg\":\"RS256\",\"typ\":null}", "{\"exp\":9}", {0}, 1,
         KJWT_ERR_TYP, false},
        {"{\"alg\":\"RS256\",\"typ\":[\"JWT\"]}", "{\"exp\":9}", {0}, 1,
         KJWT_ERR_TYP, false},
        {"{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\"}", "{\"exp\":9}",
         {0}, 1, KJWT_ERR_TYP, false},
        {"{\"alg\":\"RS256\",\"typ\":\"KJWT-keyset+jwt\"}", "{\"exp\":9}",
         {.typ = "kjwt-keyset+jwt"}, 1, KJWT_OK, false},
        {"{\"alg\":\"RS256\",\"typ\":\"application/kjwt-keyset+jwt\"}",
         "{\"exp\":9}", {.typ = "kjwt-keyset+jwt"}, 1, KJWT_OK, false},
        {"{\"alg\":\"RS256\",\"typ\":\"JWT\"}", "{\"exp\":9}",
         {.typ = "kjwt-keyset+jwt"}, 1, KJWT_ERR_TYP, false},
        /* ASCII letters, and none of their neighbours */
        {"{\"alg\":\"RS256\",\"typ\":\"AZaz\"}", "{\"exp\":9}",
         {.typ = "azAZ"}, 1, KJWT_OK, false},
        {"{\"alg\":\"RS256\",\"typ\":\"@\"}", "{\"exp\":9}",
         {.typ = "`"}, 1, KJWT_ERR_TYP, false},
        {"{\"alg\":\"RS256\",\"typ\":\"[\"}", "{\"exp\":9}",
         {.typ = "{"}, 1, KJWT_ERR_TYP, false},
        {HEADER, "{\"exp\":9}", {.typ = "kjwt-keyset+jwt"}, 1, KJWT_ERR_TYP,
         false},
    };

    (void)state;
    RUN(rows);
}

static void test_exp_nbf(void **state)
{
    static const struct row rows[] = {
        {HEADER, "{\"exp\":100}", {0}, 99, KJWT_OK, false},
        {HEADER, "{\"exp\":100}", {0}, 100, KJWT_ERR_EXPIRED, false},
        {HEADER, "{\"exp\":100}", {.leeway_s = 60}, 159, KJWT_OK, false},
        {HEADER, "{\"exp\":100}", {.leeway_s = 60}, 160, KJWT_ERR_EXPIRED,
         false},
        {HEADER, "{\"exp\":100.9}", {0}, 100, KJWT_ERR_EXPIRED, false},
        {HEADER, "{\"exp\":100.9}", {0}, 99, KJWT_OK, false},
        {HEADER, "{}", {0}, 1, KJWT_ERR_EXP_MISSING, false},
        {HEADER, "{}", {.options = KJWT_EXP_OPTIONAL}, 1, KJWT_OK, false},
        {HEADER, "{\"exp\":1}", {.options = KJWT_EXP_OPTIONAL}, 1,
         KJWT_ERR_EXPIRED, false},
        {HEADER, "{\"exp\":900,\"nbf\":100}", {0}, 100, KJWT_OK, false},
        {HEADER, "{\"exp\":900,\"nbf\":100}", {0}, 99, KJWT_ERR_NOT_YET_VALID,
         false},
        {HEADER, "{\"exp\":900,\"nbf\":100}", {.leeway_s = 60}, 40, KJWT_OK,
         false},
        {HEADER, "{\"exp\":900,\"nbf\":100}", {.leeway_s = 60}, 39,
         KJWT_ERR_NOT_YET_VALID, false},
        {HEADER, "{\"exp\":900,\"nbf\":100.1}", {0}, 100,
         KJWT_ERR_NOT_YET_VALID, false},
        {HEADER, "{\"exp\":900,\"nbf\":100.0}", {0}, 100, KJWT_OK, false},
        {HEADER, "{\"exp\":900,\"nbf\":-1}", {0}, 100, KJWT_ERR_NUMERIC_DATE,
         false},
        {HEADER, "{\"exp\":900,\"iat\":1e2}", {0}, 100, KJWT_ERR_NUMERIC_DATE,
         false},
        /* the limits of int64_t and of the leeway */
        {HEADER, "{\"exp\":253402300799}", {0}, LATE - 1, KJWT_OK, false},
        {HEADER, "{\"exp\":253402300799}", {.leeway_s = UINT32_MAX},
         LATE + UINT32_MAX - 1, KJWT_OK, false},
        {HEADER, "{\"exp\":253402300799}", {.leeway_s = UINT32_MAX},
         LATE + UINT32_MAX, KJWT_ERR_EXPIRED, false},
        {HEADER, "{\"exp\":253402300799}", {.leeway_s = UINT32_MAX},
         INT64_MAX, KJWT_ERR_EXPIRED, false},
        {HEADER, "{\"exp\":0}", {.leeway_s = UINT32_MAX}, UINT32_MAX,
         KJWT_ERR_EXPIRED, false},
        {HEADER, "{\"exp\":9,\"nbf\":0}", {.leeway_s = UINT32_MAX}, 1, KJWT_OK,
         false},
        {HEADER, "{\"nbf\":253402300799.5}",
         {.leeway_s = UINT32_MAX, .options = KJWT_EXP_OPTIONAL}, INT64_MAX,
         KJWT_OK, false},
    };

    (void)state;
    RUN(rows);
}

static void test_max_age(void **state)
{
    static const struct row rows[] = {
        {HEADER, "{\"exp\":9999,\"iat\":5000}", {0}, 100, KJWT_OK, false},
        {HEADER, "{\"exp\":9999}", {.max_age_s = 10}, 100,
         KJWT_ERR_IAT_MISSING, false},
        {HEADER, "{\"exp\":9999,\"iat\":100}", {.max_age_s = 10}, 110, KJWT_OK,
         false},
        {HEADER, "{\"exp\":9999,\"iat\":100}", {.max_age_s = 10}, 111,
         KJWT_ERR_TOO_OLD, false},
        {HEADER, "{\"exp\":9999,\"iat\":100}",
         {.max_age_s = 10, .leeway_s = 5}, 115, KJWT_OK, false},
        {HEADER, "{\"exp\":9999,\"iat\":100}",
         {.max_age_s = 10, .leeway_s = 5}, 116, KJWT_ERR_TOO_OLD, false},
        {HEADER, "{\"exp\":9999,\"iat\":100.5}", {.max_age_s = 10}, 111,
         KJWT_ERR_TOO_OLD, false},
        {HEADER, "{\"exp\":9999,\"iat\":101}", {.max_age_s = 10}, 100,
         KJWT_ERR_IAT_FUTURE, false},
        {HEADER, "{\"exp\":9999,\"iat\":100.5}", {.max_age_s = 10}, 100,
         KJWT_ERR_IAT_FUTURE, false},
        {HEADER, "{\"exp\":9999,\"iat\":105}",
         {.max_age_s = 10, .leeway_s = 5}, 100, KJWT_OK, false},
        {HEADER, "{\"iat\":0}",
         {.max_age_s = UINT32_MAX, .leeway_s = UINT32_MAX,
          .options = KJWT_EXP_OPTIONAL}, 2 * (int64_t)UINT32_MAX, KJWT_OK,
         false},
        {HEADER, "{\"iat\":0}",
         {.max_age_s = UINT32_MAX, .leeway_s = UINT32_MAX,
          .options = KJWT_EXP_OPTIONAL}, INT64_MAX, KJWT_ERR_TOO_OLD, false},
    };

    (void)state;
    RUN(rows);
}

static void test_unknown_time(void **state)
{
    static const struct row rows[] = {
        {HEADER, "{\"exp\":9}", {0}, KJWT_TIME_UNKNOWN, KJWT_ERR_TIME_UNKNOWN,
         false},
        {HEADER, "{\"exp\":9}", {0}, -1, KJWT_ERR_TIME_UNKNOWN, false},
        {HEADER, "{\"exp\":9}", {0}, INT64_MIN, KJWT_ERR_TIME_UNKNOWN, false},
        {HEADER, "{\"exp\":900}", {.earliest = 100}, 99,
         KJWT_ERR_TIME_UNKNOWN, false},
        {HEADER, "{\"exp\":900}", {.earliest = 100}, 100, KJWT_OK, false},
        {HEADER, "{\"exp\":900}", {.earliest = INT64_MIN}, 100, KJWT_OK,
         false},
        {HEADER, "{\"nbf\":1}", {.options = KJWT_EXP_OPTIONAL}, 0,
         KJWT_ERR_TIME_UNKNOWN, false},
        {HEADER, "{\"iat\":1}",
         {.options = KJWT_EXP_OPTIONAL, .max_age_s = 1}, 0,
         KJWT_ERR_TIME_UNKNOWN, false},
        {HEADER, "{\"iat\":1}", {.options = KJWT_EXP_OPTIONAL}, 0, KJWT_OK,
         true},
        {HEADER, "{}", {.options = KJWT_EXP_OPTIONAL}, 0, KJWT_OK, true},
        {HEADER, "{\"exp\":1,\"nbf\":900}",
         {.options = KJWT_TIME_UNKNOWN_OK}, 0, KJWT_OK, true},
        {HEADER, "{\"exp\":1}", {.options = KJWT_TIME_UNKNOWN_OK}, 2,
         KJWT_ERR_EXPIRED, false},
        {HEADER, "{}", {.options = KJWT_TIME_UNKNOWN_OK}, 0,
         KJWT_ERR_EXP_MISSING, false},
        {HEADER, "{\"exp\":\"1\"}", {.options = KJWT_TIME_UNKNOWN_OK}, 0,
         KJWT_ERR_NUMERIC_DATE, false},
        {HEADER, "{\"exp\":9}", {.options = 4}, 1, KJWT_ERR_POLICY, false},
        {HEADER, "{\"exp\":9}", {.options = 0x80000000}, 1, KJWT_ERR_POLICY,
         false},
    };

    (void)state;
    RUN(rows);
}

/* Whatever the claims held, a failure leaves none. */
static kjwt_status call(const struct kjwt_policy *policy, void *memory,
                        size_t size, char *token, size_t len,
                        struct kjwt_claims *claims)
{
    static const struct kjwt_claims none;
    kjwt_status status;

    if (claims != NULL)
        memset(claims, 0xff, sizeof *claims);
    status = kjwt_verify(policy, memory, size, token, len, 1, claims);
    if (claims != NULL && status != KJWT_OK)
        assert_memory_equal(claims, &none, sizeof none);
    return status;
}

static void test_arguments(void **state)
{
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    struct kjwt_claims claims;
    char scratch[2048];
    char *w = (char *)work;
    size_t len;
    char *token;

    (void)state;
    token = make_token(test_key("rsa2048"), HEADER, "{\"exp\":9}", &len);
    assert_status(call(NULL, w, sizeof work, token, len, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(call(&policy, NULL, sizeof work, token, len, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(call(&policy, w, sizeof work, NULL, 0, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(call(&policy, w, sizeof work, token, len, NULL),
                  KJWT_ERR_ARGUMENT);
    assert_status(call(&policy, w, sizeof work - 1, token, len, &claims),
                  KJWT_ERR_WORK_SIZE);
    assert_status(call(&policy, w, 0, token, len, &claims),
                  KJWT_ERR_WORK_SIZE);
    for (int off = 1; off < 8; off++)
        assert_status(call(&policy, w + off, sizeof work, token, len, &claims),
                      KJWT_ERR_WORK_ALIGNMENT);
    assert_false(kjwt_claims_verified(&claims));
    assert_false(kjwt_claims_verified(NULL));

    assert_status(kjwt_verify_const(&policy, w, sizeof work, token, len, NULL,
                                    sizeof scratch, 1, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_verify_const(&policy, w, sizeof work, NULL, len,
                                    scratch, sizeof scratch, 1, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_verify_const(&policy, w, sizeof work, token, len,
                                    scratch, sizeof scratch, 1, NULL),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_verify_const(&policy, w, sizeof work, token, len,
                                    scratch, len - 1, 1, &claims),
                  KJWT_ERR_SCRATCH_SIZE);
    assert_status(kjwt_verify_const(&policy, w, sizeof work, token, len,
                                    scratch, len, 1, &claims), KJWT_OK);
    assert_true(claims.json > scratch && claims.json < scratch + len);
}

/* Claims that were copied, cut or never verified are not verified. */
static void test_proof(void **state)
{
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    struct kjwt_claims claims = {0};
    struct kjwt_claims changed;
    size_t len;
    char *token;

    (void)state;
    assert_false(kjwt_claims_verified(&claims));
    token = make_token(test_key("rsa2048"), HEADER, "{\"exp\":9}", &len);
    assert_status(call(&policy, work, sizeof work, token, len, &claims),
                  KJWT_OK);
    assert_true(kjwt_claims_verified(&claims));
    assert_ptr_equal(claims.key, &key);
    changed = claims;
    changed.json++;
    assert_false(kjwt_claims_verified(&changed));
    changed = claims;
    changed.json_len--;
    assert_false(kjwt_claims_verified(&changed));
    changed = claims;
    changed.key = NULL;
    assert_false(kjwt_claims_verified(&changed));
    changed = claims;
    changed.time_checked = 0;
    assert_false(kjwt_claims_verified(&changed));
    /* A failing call, here with a consumed token, leaves nothing behind. */
    assert_int_not_equal(call(&policy, work, sizeof work, token, len, &claims),
                         KJWT_OK);
    assert_false(kjwt_claims_verified(&claims));
    assert_null(claims.json);
}

/* What a glitch would bring: a status that says yes over a proof that lacks a
 * check or holds a check's result. */
static void test_step_end(void **state)
{
    static const struct kjwt_claims none;
    static const uint32_t wrong[] = {0, 1, 0u - 1, 0u - KJWT_PROOF_KEY,
                                     (uint32_t)KJWT_ERR_SIGNATURE};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct kjwt_claims claims = {.json = HEADER, .json_len = 1};
        const kjwt_status status =
            kjwt_step_end(KJWT_OK, KJWT_PROOF_ALL + wrong[i], &claims);

        assert_status(status, i == 0 ? KJWT_OK : KJWT_ERR_UNVERIFIED);
        assert_int_equal(kjwt_claims_verified(&claims), i == 0);
        if (i != 0)
            assert_memory_equal(&claims, &none, sizeof none);
    }
}

static int setup(void **state)
{
    (void)state;
    key = test_key_public(test_key("rsa2048"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_typ),
        cmocka_unit_test(test_exp_nbf),
        cmocka_unit_test(test_max_age),
        cmocka_unit_test(test_unknown_time),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_proof),
        cmocka_unit_test(test_step_end),
    };

    return cmocka_run_group_tests_name("policy", tests, setup, NULL);
}
