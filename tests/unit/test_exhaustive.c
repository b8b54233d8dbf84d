/*
 * One good token, and everything that is one step away from it: each bit
 * flipped, each byte cut, taken out, put in, exchanged; and the good one at
 * every alignment.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "support.h"

#define ROOM 1024

static KJWT_WORK(work, 2048);
static struct kjwt_key key;
static struct kjwt_policy policy = {.keys = &key, .key_count = 1};

/* A good token of its shape. */
struct good {
    char token[ROOM];
    size_t len;
};

static struct good make(const char *header, const char *claims)
{
    struct good good;
    const char *token =
        make_token(test_key("rsa2048"), header, claims, &good.len);

    memcpy(good.token, token, good.len);
    return good;
}

/* As short as one gets, and one with what a bench puts into it. */
static struct good short_token(void)
{
    return make("{\"alg\":\"RS256\"}", "{\"exp\":2}");
}

static struct good long_token(void)
{
    return make("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"one\"}",
                "{\"iss\":\"bench-7\",\"sub\":\"dev-1\",\"iat\":1,\"exp\":2,"
                "\"jti\":\"ab\"}");
}

static kjwt_status verify(char *token, size_t len)
{
    struct kjwt_claims claims;
    kjwt_status status =
        kjwt_verify(&policy, work, sizeof work, token, len, 1, &claims);

    assert_int_equal(kjwt_claims_verified(&claims), status == KJWT_OK);
    return status;
}

/* Consumes the token. */
static void assert_refused(char *token, size_t len, const char *what,
                           size_t place)
{
    if (verify(token, len) == KJWT_OK)
        fail_msg("accepted with %s at %zu", what, place);
}

static void assert_good(const struct good *good)
{
    char token[ROOM];

    memcpy(token, good->token, good->len);
    assert_status(verify(token, good->len), KJWT_OK);
}

static void test_bit_flips(void **state)
{
    struct good good = long_token();
    char token[ROOM];

    (void)state;
    assert_good(&good);
    for (size_t bit = 0; bit < 8 * good.len; bit++) {
        memcpy(token, good.token, good.len);
        token[bit / 8] = (char)(token[bit / 8] ^ 1 << bit % 8);
        assert_refused(token, good.len, "a bit flipped", bit);
    }
}

/* From the end, and from the beginning. */
static void test_truncations(void **state)
{
    struct good good = long_token();
    char token[ROOM];

    (void)state;
    assert_good(&good);
    for (size_t len = 0; len < good.len; len++) {
        memcpy(token, good.token, len);
        assert_refused(token, len, "its end cut", len);
        memcpy(token, good.token + good.len - len, len);
        assert_refused(token, len, "its beginning cut", len);
    }
}

static void test_deletions(void **state)
{
    struct good good = long_token();
    char token[ROOM];

    (void)state;
    assert_good(&good);
    for (size_t at = 0; at < good.len; at++) {
        memcpy(token, good.token, at);
        memcpy(token + at, good.token + at + 1, good.len - at - 1);
        assert_refused(token, good.len - 1, "a byte taken out", at);
    }
}

static void test_exchanges(void **state)
{
    struct good good = long_token();
    char token[ROOM];

    (void)state;
    assert_good(&good);
    for (size_t at = 0; at + 1 < good.len; at++) {
        if (good.token[at] == good.token[at + 1])
            continue;
        memcpy(token, good.token, good.len);
        token[at] = good.token[at + 1];
        token[at + 1] = good.token[at];
        assert_refused(token, good.len, "two bytes exchanged", at);
    }
}

/* Every byte at every place. */
static void test_insertions(void **state)
{
    struct good good = short_token();
    char token[ROOM];

    (void)state;
    assert_good(&good);
    for (size_t at = 0; at <= good.len; at++)
        for (int byte = 0; byte < 256; byte++) {
            memcpy(token, good.token, at);
            token[at] = (char)byte;
            memcpy(token + at + 1, good.token + at, good.len - at);
            assert_refused(token, good.len + 1, "a byte put in", at);
        }
}

/* The buffers of token and scratch at all offsets; work is refused at those
 * that it must not have. */
static void test_alignment(void **state)
{
    static const char *const keys[] = {"rsa2048", "rsa3072", "rsa4096"};
    static KJWT_WORK(large, 4096);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct kjwt_key own = test_key_public(test_key(keys[i]));
        const struct kjwt_policy its = {.keys = &own, .key_count = 1};
        size_t len;
        const char *made = make_token(test_key(keys[i]), "{\"alg\":\"RS256\"}",
                                      "{\"exp\":2}", &len);

        for (size_t offset = 0; offset < 8; offset++) {
            _Alignas(8) char token[ROOM];
            _Alignas(8) char scratch[ROOM];
            struct kjwt_claims claims;

            memcpy(token + offset, made, len);
            assert_status(kjwt_verify_const(&its, large, sizeof large,
                                            token + offset, len,
                                            scratch + 7 - offset, len, 1,
                                            &claims),
                          KJWT_OK);
            assert_memory_equal(claims.json, "{\"exp\":2}", 9);
            assert_status(kjwt_verify(&its, (char *)large + offset,
                                      sizeof large - offset, token + offset,
                                      len, 1, &claims),
                          offset == 0 ? KJWT_OK : KJWT_ERR_WORK_ALIGNMENT);
            memcpy(token + offset, made, len);
            assert_status(kjwt_verify(&its, large, sizeof large,
                                      token + offset, len, 1, &claims),
                          KJWT_OK);
            assert_memory_equal(claims.json, "{\"exp\":2}", 9);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bit_flips),
        cmocka_unit_test(test_truncations),
        cmocka_unit_test(test_deletions),
        cmocka_unit_test(test_exchanges),
        cmocka_unit_test(test_insertions),
        cmocka_unit_test(test_alignment),
    };

    key = test_key_public(test_key("rsa2048"));
    return cmocka_run_group_tests_name("exhaustive", tests, NULL, NULL);
}
