/*
 * What a glitch in the middle of a verification must not bring about, and what
 * a verification must not leave to the next one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kjwt_stream.h"
#include "support.h"

static KJWT_WORK(work, 2048);

/* The decoder of the verifier; the linker sends its calls here. */
static const char *decoded, *instead;
static int glitches;
kjwt_status __real_kjwt_base64url_decode(char *text, size_t len, size_t *out);
kjwt_status __wrap_kjwt_base64url_decode(char *text, size_t len, size_t *out);

kjwt_status __wrap_kjwt_base64url_decode(char *text, size_t len, size_t *out)
{
    const kjwt_status status = __real_kjwt_base64url_decode(text, len, out);
    const size_t size = decoded != NULL ? strlen(decoded) : SIZE_MAX;

    for (size_t i = 0; size <= *out && i <= *out - size; i++)
        if (memcmp(text + i, decoded, size) == 0) {
            memcpy(text + i, instead, size);
            glitches++;
        }
    return status;
}

static kjwt_status verify_whole(const struct kjwt_policy *policy,
                                const char *token, size_t len, int64_t now,
                                struct kjwt_claims *claims)
{
    static char scratch[1024];

    return kjwt_verify_const(policy, work, sizeof work, token, len, scratch,
                             sizeof scratch, now, claims);
}

static kjwt_status verify_stream(const struct kjwt_policy *policy,
                                 const char *token, size_t len, int64_t now,
                                 struct kjwt_claims *claims)
{
    static char buffer[1024];
    struct kjwt_stream stream;

    assert_status(kjwt_stream_init(&stream, policy, work, sizeof work, buffer,
                                   sizeof buffer), KJWT_OK);
    (void)kjwt_stream_update(&stream, token, len);
    return kjwt_stream_finish(&stream, now, claims);
}

/* Claims that the decoder got wrong behind a right signature. */
static void test_decoder(void **state)
{
    static const struct {
        const char *claims, *decoded, *instead;
        kjwt_status without; /* the glitch */
    } rows[] = {
        {"{\"exp\":5}", "5}", "7}", KJWT_ERR_EXPIRED},
        {"{\"aud\":\"a-2\",\"exp\":9}", "-2\"", "-1\"", KJWT_ERR_AUDIENCE},
        {"{\"aud\":\"a-1\",\"exp\":9,\"unlock\":\"n\"}", "n\"", "y\"",
         KJWT_OK},
    };
    struct kjwt_key key = test_key_public(test_key("rsa2048"));

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct kjwt_policy policy = {
            .keys = &key, .key_count = 1,
            .audience = strstr(rows[i].claims, "aud") != NULL ? "a-1" : NULL};
        size_t len;
        const char *token = make_token(test_key("rsa2048"),
                                       "{\"alg\":\"RS256\"}", rows[i].claims,
                                       &len);

        for (int pieces = 0; pieces < 2; pieces++) {
            kjwt_status (*verify)(const struct kjwt_policy *, const char *,
                                  size_t, int64_t, struct kjwt_claims *) =
                pieces != 0 ? verify_stream : verify_whole;
            struct kjwt_claims claims;

            decoded = NULL;
            assert_status(verify(&policy, token, len, 6, &claims),
                          rows[i].without);
            decoded = rows[i].decoded;
            instead = rows[i].instead;
            glitches = 0;
            assert_status(verify(&policy, token, len, 6, &claims),
                          KJWT_ERR_UNVERIFIED);
            decoded = NULL;
            assert_int_equal(glitches, 1);
            assert_false(kjwt_claims_verified(&claims));
        }
    }
}

/* What a genuine token was compared with is nowhere in the work memory, no two
 * limbs of it, and not with the modulus added, as it comes out of the last
 * product. */
static void test_nothing_left(void **state)
{
    uint32_t sum[2048 / 32];
    uint64_t carry = 0;
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    const size_t size = key.bits / 8;

    (void)state;
    for (size_t i = 0; i < size / 4; i++) {
        carry += (uint64_t)key.n[i] + key.target[i];
        sum[i] = (uint32_t)carry;
        carry >>= 32;
    }
    for (int i = 0; i < 8; i++) {
        char text[64];
        struct kjwt_claims claims;
        const char *token;
        size_t len;

        (void)snprintf(text, sizeof text, "{\"exp\":9,\"jti\":\"%d\"}", i);
        token = make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}", text,
                           &len);
        assert_status(verify_whole(&policy, token, len, 1, &claims), KJWT_OK);
        for (size_t at = 0; at + 8 <= sizeof work; at += 4)
            for (size_t j = 0; j + 2 <= size / 4; j++) {
                assert_memory_not_equal((uint8_t *)work + at, key.target + j,
                                        8);
                assert_memory_not_equal((uint8_t *)work + at, sum + j, 8);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decoder),
        cmocka_unit_test(test_nothing_left),
    };

    return cmocka_run_group_tests_name("glitch", tests, NULL, NULL);
}
