/*
 * Keys: which one a `kid` selects, and keys that no device takes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "support.h"

static KJWT_WORK(work, 4096);

static kjwt_status verify(const struct kjwt_key *keys, size_t count,
                          const char *signer, const char *header,
                          struct kjwt_claims *claims)
{
    const struct kjwt_policy policy = {.keys = keys, .key_count = count};
    size_t len;
    char *token = make_token(test_key(signer), header, "{\"exp\":9}", &len);

    return kjwt_verify(&policy, work, sizeof work, token, len, 1, claims);
}

#define KID(kid) "{\"alg\":\"RS256\",\"kid\":" kid "}"
#define NO_KID   "{\"alg\":\"RS256\"}"

static void test_selection(void **state)
{
    static const struct {
        size_t keys; /* 1: a; 2: a, b; 3: a, b, big; 4: a, b, big, another a */
        const char *signer;
        const char *header;
        kjwt_status status;
    } rows[] = {
        {1, "rsa2048", NO_KID, KJWT_OK},
        {1, "rsa2048", KID("\"whatever\""), KJWT_OK},
        {1, "rsa2048", KID("\"\""), KJWT_OK},
        {1, "other2048", KID("\"a\""), KJWT_ERR_SIGNATURE},
        {1, "rsa2048", KID("1"), KJWT_ERR_KID},
        {1, "rsa2048", KID("null"), KJWT_ERR_KID},
        {2, "rsa2048", KID("\"a\""), KJWT_OK},
        {2, "other2048", KID("\"b\""), KJWT_OK},
        {2, "other2048", KID("\"\\u0062\""), KJWT_OK},
        /* never another key after the one that the kid selects */
        {2, "other2048", KID("\"a\""), KJWT_ERR_SIGNATURE},
        {2, "rsa2048", KID("\"c\""), KJWT_ERR_KEY_UNKNOWN},
        {2, "rsa2048", KID("\"A\""), KJWT_ERR_KEY_UNKNOWN},
        {2, "rsa2048", KID("\"ab\""), KJWT_ERR_KEY_UNKNOWN},
        {2, "rsa2048", KID("\"\""), KJWT_ERR_KEY_UNKNOWN},
        {2, "rsa2048", NO_KID, KJWT_ERR_KEY_AMBIGUOUS},
        {2, "rsa2048", KID("[\"a\"]"), KJWT_ERR_KID},
        {2, "rsa4096", KID("\"big\""), KJWT_ERR_KEY_UNKNOWN},
        {3, "rsa4096", KID("\"big\""), KJWT_OK},
        {3, "rsa2048", KID("\"big\""), KJWT_ERR_SIGNATURE_LENGTH},
        {4, "rsa2048", KID("\"a\""), KJWT_ERR_KEY_AMBIGUOUS},
    };
    struct kjwt_key keys[4] = {test_key_public(test_key("rsa2048")),
                               test_key_public(test_key("other2048")),
                               test_key_public(test_key("rsa4096")),
                               test_key_public(test_key("rsa2048"))};

    (void)state;
    keys[0].kid = "a";
    keys[1].kid = "b";
    keys[2].kid = "big";
    keys[3].kid = "a";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kjwt_claims claims;
        kjwt_status status = verify(keys, rows[i].keys, rows[i].signer,
                                    rows[i].header, &claims);

        /* Another key's signature may happen to be above this modulus. */
        if (status == KJWT_ERR_SIGNATURE_RANGE)
            status = KJWT_ERR_SIGNATURE;
        if (status != rows[i].status)
            fail_msg("row %zu (%s) ends in %s", i, rows[i].header,
                     kjwt_status_name(status));
    }
}

static void test_keysets(void **state)
{
    const struct kjwt_key good = test_key_public(test_key("rsa2048"));
    const struct kjwt_key big = test_key_public(test_key("rsa4096"));
    struct kjwt_key keys[KJWT_MAX_KEYS + 1];
    struct kjwt_claims claims;
    struct kjwt_policy policy = {.keys = keys};
    char token[] = "a.a.a";

    (void)state;
    for (size_t i = 0; i <= KJWT_MAX_KEYS; i++)
        keys[i] = good;
    assert_status(verify(NULL, 1, "rsa2048", NO_KID, &claims),
                  KJWT_ERR_POLICY);
    assert_status(verify(keys, 0, "rsa2048", NO_KID, &claims),
                  KJWT_ERR_POLICY);
    assert_status(verify(keys, KJWT_MAX_KEYS + 1, "rsa2048", NO_KID, &claims),
                  KJWT_ERR_LIMIT_KEYS);
    assert_status(verify(keys, KJWT_MAX_KEYS, "rsa2048", NO_KID, &claims),
                  KJWT_ERR_KEY_AMBIGUOUS);
    keys[0] = test_key_public(test_key("rsa3072"));
    assert_status(verify(keys, 1, "rsa3072", NO_KID, &claims), KJWT_OK);
    keys[0] = good;
    keys[0].kid = NULL;
    assert_status(verify(keys, 1, "rsa2048", NO_KID, &claims), KJWT_OK);
    assert_status(verify(keys, 2, "rsa2048", NO_KID, &claims),
                  KJWT_ERR_POLICY);
    /* The work must do for every key, not only for the one selected. */
    keys[0] = good;
    keys[1] = big;
    policy.key_count = 2;
    assert_status(kjwt_verify(&policy, work, KJWT_WORK_SIZE(4096) - 1, token,
                              sizeof token - 1, 1, &claims),
                  KJWT_ERR_WORK_SIZE);
}

/* A key file that was damaged is found before a token is looked at. */
static void test_damaged_keys(void **state)
{
    const struct kjwt_key good = test_key_public(test_key("rsa2048"));
    uint32_t n[64];
    struct kjwt_key key;
    struct kjwt_claims claims;

    (void)state;
    for (uint32_t bits = 0; bits <= 8192; bits += 1024) {
        key = good;
        key.bits = bits;
        if (bits < 2048 || bits > 4096)
            assert_status(verify(&key, 1, "rsa2048", NO_KID, &claims),
                          KJWT_ERR_KEY);
    }
    key = good;
    key.bits = 2049;
    assert_status(verify(&key, 1, "rsa2048", NO_KID, &claims), KJWT_ERR_KEY);
    key = good;
    key.n = NULL;
    assert_status(verify(&key, 1, "rsa2048", NO_KID, &claims), KJWT_ERR_KEY);
    key = good;
    key.target = NULL;
    assert_status(verify(&key, 1, "rsa2048", NO_KID, &claims), KJWT_ERR_KEY);
    key = good;
    key.n0inv[0] ^= 1;
    assert_status(verify(&key, 1, "rsa2048", NO_KID, &claims), KJWT_ERR_KEY);
    key = good;
    memcpy(n, good.n, sizeof n);
    key.n = n;
    n[0] ^= 1; /* even */
    assert_status(verify(&key, 1, "rsa2048", NO_KID, &claims), KJWT_ERR_KEY);
    n[0] ^= 1;
    n[63] = 0x7fffffff; /* 2047 bits */
    assert_status(verify(&key, 1, "rsa2048", NO_KID, &claims), KJWT_ERR_KEY);
    n[63] = good.n[63];
    n[30] ^= 4; /* not seen, but nothing verifies */
    assert_status(verify(&key, 1, "rsa2048", NO_KID, &claims),
                  KJWT_ERR_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_selection),
        cmocka_unit_test(test_keysets),
        cmocka_unit_test(test_damaged_keys),
    };

    return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
