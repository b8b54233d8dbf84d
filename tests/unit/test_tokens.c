/*
 * The token vectors: each ends in the status that its row names, through
 * kjwt_verify() and kjwt_verify_const() alike.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "support.h"

static json_t *vectors;
static KJWT_WORK(work, 4096);

/* What the row's key becomes; false where signer-host refuses to export it. */
static bool load_key(const json_t *row, struct public_key *key)
{
    struct error error;
    const char *pem = string_of(json_object_get(vectors, "public_keys"),
                                string_of(row, "key"));

    return public_key_from_pem(pem, key, &error);
}

static kjwt_status verify_both(const struct kjwt_policy *policy,
                               const uint8_t *token, size_t len)
{
    const int64_t now = json_integer_value(json_object_get(vectors, "now"));
    struct kjwt_claims claims;
    struct kjwt_claims claims_const;
    char *copy = malloc(len + 1);
    char *original = malloc(len + 1);
    char *scratch = malloc(len + 1);
    kjwt_status status;
    kjwt_status status_const;

    assert_true(copy != NULL && original != NULL && scratch != NULL);
    memcpy(copy, token, len);
    memcpy(original, token, len);
    status = kjwt_verify(policy, work, sizeof work, copy, len, now, &claims);
    status_const = kjwt_verify_const(policy, work, sizeof work, original, len,
                                     scratch, len, now, &claims_const);
    assert_status(status_const, status);
    assert_memory_equal(original, token, len);
    assert_int_equal(kjwt_claims_verified(&claims), status == KJWT_OK);
    assert_int_equal(kjwt_claims_verified(&claims_const), status == KJWT_OK);
    assert_int_equal(claims.json_len, claims_const.json_len);
    if (status == KJWT_OK)
        assert_memory_equal(claims.json, claims_const.json, claims.json_len);
    else
        assert_null(claims.json);
    free(copy);
    free(original);
    free(scratch);
    return status;
}

/* "accept", "reject" or "limit" say the same as the status, independently. */
static void assert_verdict(const json_t *row, kjwt_status status)
{
    const char *expect = string_of(row, "expect");
    const bool limit = status == KJWT_ERR_LIMIT_TOKEN ||
                       status == KJWT_ERR_LIMIT_JSON_TOKENS ||
                       status == KJWT_ERR_LIMIT_JSON_DEPTH;

    if (strcmp(expect, "accept") == 0)
        assert_status(status, KJWT_OK);
    else if (strcmp(expect, "limit") == 0)
        assert_true(limit || status == KJWT_OK);
    else
        assert_int_not_equal(status, KJWT_OK);
}

static void verify_row(const json_t *row, const struct kjwt_policy *policy)
{
    size_t len;
    uint8_t *token = from_base64(string_of(row, "token"), &len);
    kjwt_status status = verify_both(policy, token, len);
    const char *expected = string_of(row, "status");

    if (strcmp(kjwt_status_name(status), expected) != 0)
        fail_msg("%s/%s ends in %s, not in %s", string_of(row, "group"),
                 string_of(row, "name"), kjwt_status_name(status), expected);
    assert_verdict(row, status);
    free(token);
}

static void test_vectors(void **state)
{
    size_t i;
    json_t *row;
    json_t *cases = json_object_get(vectors, "cases");

    (void)state;
    assert_int_equal(json_array_size(cases), 382);
    json_array_foreach(cases, i, row) {
        struct public_key public_key;
        struct kjwt_key key;
        struct kjwt_policy policy = {
            .keys = &key, .key_count = 1,
            .audience = string_of(vectors, "audience")};

        if (strcmp(string_of(row, "status"), "KEY_REFUSED") == 0) {
            assert_false(load_key(row, &public_key));
            continue;
        }
        assert_true(load_key(row, &public_key));
        key = public_key_view(&public_key);
        verify_row(row, &policy);
    }
}

/* What is too long for a file of vectors: 100,000 dots, a segment of 1 MB, and
 * every length up to the largest. */
static void test_lengths(void **state)
{
    static char bytes[1400000];
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    static const struct {
        const char *name;
        size_t len;
        char fill;
        kjwt_status status;
    } rows[] = {
        {"empty", 0, '.', KJWT_ERR_SERIALIZATION},
        {"the limit", KJWT_MAX_TOKEN_LENGTH, '.', KJWT_ERR_SERIALIZATION},
        {"one more", KJWT_MAX_TOKEN_LENGTH + 1, '.', KJWT_ERR_LIMIT_TOKEN},
        {"dots", 100000, '.', KJWT_ERR_LIMIT_TOKEN},
        {"1 MB", 1333714, 'A', KJWT_ERR_LIMIT_TOKEN},
        {"SIZE_MAX", SIZE_MAX, 'A', KJWT_ERR_LIMIT_TOKEN},
        {"SIZE_MAX - 7", SIZE_MAX - 7, 'A', KJWT_ERR_LIMIT_TOKEN},
        {"SIZE_MAX / 2", SIZE_MAX / 2, 'A', KJWT_ERR_LIMIT_TOKEN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kjwt_claims claims;

        memset(bytes, rows[i].fill, sizeof bytes);
        assert_status(kjwt_verify(&policy, work, sizeof work, bytes,
                                  rows[i].len, 1, &claims), rows[i].status);
        assert_status(kjwt_verify_const(&policy, work, sizeof work, bytes,
                                        rows[i].len, bytes, sizeof bytes, 1,
                                        &claims), rows[i].status);
    }
}

/* Depth bombs in the unsigned header and in a signed Claims Set. */
static void test_depth(void **state)
{
    static char json[3000];
    const struct test_key *test = test_key("rsa2048");
    struct kjwt_key key = test_key_public(test);
    struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    struct kjwt_claims claims;
    char *token;
    size_t len;

    (void)state;
    for (int levels = KJWT_MAX_JSON_DEPTH - 1; levels <= 1000; levels += 331) {
        kjwt_status expected = levels < KJWT_MAX_JSON_DEPTH
                                   ? KJWT_OK
                                   : KJWT_ERR_LIMIT_JSON_DEPTH;

        int start = sprintf(json, "{\"exp\":2,\"a\":");

        memset(json + start, '[', (size_t)levels);
        memset(json + start + levels, ']', (size_t)levels);
        strcpy(json + start + 2 * levels, "}");
        token = make_token(test, "{\"alg\":\"RS256\"}", json, &len);
        assert_status(kjwt_verify(&policy, work, sizeof work, token, len, 1,
                                  &claims), expected);
        token = make_token(test, json, "{}", &len);
        assert_status(kjwt_verify(&policy, work, sizeof work, token, len, 1,
                                  &claims),
                      expected == KJWT_OK ? KJWT_ERR_ALG : expected);
    }
}

/* RFC 7515 A.2, whose Claims Set has no `aud` and CRLF between its tokens. */
static void test_rfc7515_a2(void **state)
{
    json_t *example = load_vectors("rfc7515_a2.json");
    const char *jws = string_of(example, "jws");
    struct public_key public_key;
    struct error error;
    struct kjwt_key key;
    struct kjwt_claims claims;
    char token[1024];
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1,
                                       .issuer = "joe"};
    bool is_root = false;

    (void)state;
    assert_true(public_key_from_pem(string_of(example, "pem"), &public_key,
                                    &error));
    key = public_key_view(&public_key);
    for (int64_t now = 1300819378; now < 1300819382; now++) {
        strcpy(token, jws);
        assert_status(kjwt_verify(&policy, work, sizeof work, token,
                                  strlen(jws), now, &claims),
                      now < 1300819380 ? KJWT_OK : KJWT_ERR_EXPIRED);
        assert_status(kjwt_claims_bool(&claims, "http://example.com/is_root",
                                       &is_root),
                      now < 1300819380 ? KJWT_OK : KJWT_ERR_UNVERIFIED);
        assert_int_equal(is_root, now < 1300819380);
    }
    json_decref(example);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_rfc7515_a2),
    };

    vectors = load_vectors("tokens_rsa2048.json");
    return cmocka_run_group_tests_name("tokens", tests, NULL, NULL);
}
