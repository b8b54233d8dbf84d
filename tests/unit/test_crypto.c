/*
 * A hash port that fails: an error of its own, never an accepted token. This
 * program brings its own port, which fails at a chosen call.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <mbedtls/sha256.h>

#include "admit.h"
#include "crypto.h"
#include "kjwt_keyset.h"
#include "kjwt_stream.h"
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

/* ------------------------------------------- what else hashes, each call --- */

static KJWT_WORK(work, 2048);
static struct kjwt_key keys[2]; /* the policy's, and another */
static const struct kjwt_policy policy = {
    .keys = keys, .key_count = 1, .audience = "device-1"};

/* What was saved last, whichever record it is. */
static uint8_t saved[4096];
static size_t saved_len; /* 0: nothing */

static kjwt_status load(void *context, uint32_t record, void *data, size_t size,
                        size_t *len)
{
    (void)context;
    (void)record;
    assert_true(saved_len <= size);
    memcpy(data, saved, saved_len);
    *len = saved_len;
    return saved_len == 0 ? KJWT_ERR_STORE_EMPTY : KJWT_OK;
}

static kjwt_status save(void *context, uint32_t record, const void *data,
                        size_t len)
{
    (void)context;
    (void)record;
    assert_true(len <= sizeof saved);
    memcpy(saved, data, len);
    saved_len = len;
    return KJWT_OK;
}

static const struct kjwt_store store = {load, save, NULL};

/* A token of that key, in a buffer of its own; with_keys() for the payload. */
static size_t sign(char *token, const char *signer, const char *header,
                   const char *payload)
{
    size_t len;

    memcpy(token, make_token(test_key(signer), header, with_keys(payload),
                             &len), KJWT_MAX_TOKEN_LENGTH);
    return len;
}

static char token[KJWT_MAX_TOKEN_LENGTH];
static char certificate_token[KJWT_MAX_TOKEN_LENGTH];

static kjwt_status thumbprint(void)
{
    uint8_t digest[KJWT_THUMBPRINT_SIZE];

    return kjwt_key_thumbprint(&keys[0], work, digest);
}

static kjwt_status keyset_update(void)
{
    static KJWT_KEYSET_MEMORY(memory, 1, 2048, 1);
    struct kjwt_keyset keyset;
    const struct kjwt_policy roots = {.keys = keys, .key_count = 1};
    const size_t len =
        sign(token, "rsa2048",
             "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\"}",
             "{\"version\":1,\"keys\":[@jo]}");

    assert_status(kjwt_keyset_open(&keyset, &store, memory, sizeof memory),
                  KJWT_ERR_STORE_EMPTY);
    return kjwt_keyset_update(&keyset, &roots, work, sizeof work, token, len,
                              1);
}

static kjwt_status delegated(void)
{
    static const uint8_t revoked[KJWT_THUMBPRINT_SIZE] = {1};
    const struct kjwt_keyset keyset = {.revoked = revoked,
                                       .revoked_count = 1};
    struct kjwt_certificate certificate = {.token = certificate_token};
    struct kjwt_claims claims;
    size_t len;

    certificate.len =
        sign(certificate_token, "rsa2048",
             "{\"alg\":\"RS256\",\"typ\":\"kjwt-cert+jwt\"}",
             "{\"nbf\":1,\"exp\":9,\"cnf\":{\"jwk\":@jo},"
             "\"mint\":{\"iss\":\"bench\",\"aud\":\"device-1\"}}");
    len = sign(token, "other2048", "{\"alg\":\"RS256\"}",
               "{\"iss\":\"bench\",\"aud\":\"device-1\",\"iat\":1,"
               "\"exp\":9}");
    return kjwt_verify_delegated(&policy, &keyset, work, sizeof work,
                                 &certificate, token, len, 1, &claims);
}

/* Begins with a token whose verification is not counted. */
static void begin(struct kjwt_admission *admission, struct kjwt_claims *claims)
{
    const int failing = calls_until_failure;
    const size_t len =
        sign(token, "rsa2048", "{\"alg\":\"RS256\"}",
             "{\"iss\":\"a bench of more than sixteen bytes\",\"exp\":9,"
             "\"aud\":\"device-1\",\"seq\":1,\"jti\":\"1\"}");

    calls_until_failure = 0;
    kjwt_admit_begin(admission,
                     kjwt_verify(&policy, work, sizeof work, token, len, 1,
                                 claims),
                     &policy, 1, claims, work);
    calls_until_failure = failing;
    aborted = 0;
}

static kjwt_status one_shot(void)
{
    static struct kjwt_sequence sequences[1];
    const struct kjwt_one_shot rule = {
        .store = &store, .sequences = sequences, .issuers = 1};
    struct kjwt_admission admission;
    struct kjwt_claims claims;
    kjwt_status status;

    begin(&admission, &claims);
    status = kjwt_admit_one_shot(&admission, &rule);
    assert_int_equal(kjwt_admitted(&admission, KJWT_RULE_ONE_SHOT),
                     status == KJWT_OK);
    return status;
}

static kjwt_status jti(void)
{
    static KJWT_JTI_RING(memory, 1);
    const struct kjwt_jti_ring rule = {
        .store = &store, .memory = memory, .entries = 1};
    struct kjwt_admission admission;
    struct kjwt_claims claims;
    kjwt_status status;

    begin(&admission, &claims);
    status = kjwt_admit_jti(&admission, &rule);
    assert_int_equal(kjwt_admitted(&admission, KJWT_RULE_JTI),
                     status == KJWT_OK);
    return status;
}

static kjwt_status streamed(void)
{
    static char buffer[KJWT_STREAM_BUFFER(KJWT_MAX_TOKEN_LENGTH)];
    const bool begins = calls_until_failure != 1;
    struct kjwt_stream stream;
    struct kjwt_claims claims;
    const size_t len = sign(token, "rsa2048", "{\"alg\":\"RS256\"}",
                            "{\"exp\":9,\"aud\":\"device-1\"}");

    assert_status(kjwt_stream_init(&stream, &policy, work, sizeof work, buffer,
                                   sizeof buffer),
                  begins ? KJWT_OK : KJWT_ERR_CRYPTO);
    (void)kjwt_stream_update(&stream, token, len);
    return kjwt_stream_finish(&stream, 1, &claims);
}

/* As many calls as there are: the first that none fails of passes. */
static void test_each_call(void **state)
{
    static const struct {
        const char *name;
        kjwt_status (*run)(void);
        int calls;
        int contexts;
        int seen; /* calls after the saving, to see that it is saved */
    } rows[] = {
        /* start, head, 86 groups of n, tail, end */
        {"thumbprint", thumbprint, 90, 1, 0},
        /* the token, the signer's, the digest, the new key's */
        {"key set", keyset_update, 3 + 90 + 3 + 90, 4, 0},
        {"delegation", delegated, 3 + 90 + 3, 3, 0},
        /* start, 5 groups of the header, the dot, 9 of the claims, end */
        {"stream", streamed, 1 + 5 + 1 + 9 + 1, 1, 0},
        /* three times `iss` in three pieces, `jti` in one */
        {"one-shot", one_shot, 3 * 5, 3, 5},
        {"jti", jti, 3 * 6, 3, 6},
    };

    (void)state;
    keys[0] = test_key_public(test_key("rsa2048"));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int failing = 1; failing <= rows[i].calls; failing++) {
            print_message("# %s, call %d\n", rows[i].name, failing);
            calls_until_failure = failing;
            saved_len = 0;
            assert_status(rows[i].run(), failing <= rows[i].calls - rows[i].seen
                                             ? KJWT_ERR_CRYPTO
                                             : KJWT_ERR_STORE_WRITE);
        }
        calls_until_failure = rows[i].calls + 1;
        aborted = 0;
        saved_len = 0;
        assert_status(rows[i].run(), KJWT_OK);
        assert_int_equal(calls_until_failure, 1);
        assert_int_equal(aborted, rows[i].contexts);
    }
}

/* Wherever a stream ends, its context is given back, once. */
static void test_stream_abort(void **state)
{
    static char buffer[KJWT_STREAM_BUFFER(KJWT_MAX_TOKEN_LENGTH)];
    const size_t len = sign(token, "rsa2048", "{\"alg\":\"RS256\"}",
                            "{\"exp\":9,\"aud\":\"device-1\"}");

    (void)state;
    calls_until_failure = 0;
    for (size_t i = 0; i <= len; i++) {
        struct kjwt_stream stream;

        aborted = 0;
        assert_status(kjwt_stream_init(&stream, &policy, work, sizeof work,
                                       buffer, sizeof buffer), KJWT_OK);
        assert_status(kjwt_stream_update(&stream, token, i), KJWT_OK);
        kjwt_stream_abort(&stream);
        assert_int_equal(aborted, 1);
        kjwt_stream_abort(&stream);
        assert_int_equal(aborted, 1);
    }
}

/* SHA-256 of the strings, each with its NUL; only a string names anything. */
static void test_digest(void **state)
{
    static const struct {
        const char *name;
        const char *text; /* behind the `iss` */
        size_t len;
    } rows[] = {
        {NULL, "", 0},
        {"jti", "1", 2},
        {"none", "", 1},
    };
    static const char iss[] = "a bench of more than sixteen bytes";
    struct kjwt_admission admission;
    struct kjwt_claims claims;
    uint8_t digest[KJWT_DIGEST_BYTES];

    (void)state;
    begin(&admission, &claims);
    calls_until_failure = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[sizeof iss + 2];
        uint8_t expected[32];

        memcpy(bytes, iss, sizeof iss);
        memcpy(bytes + sizeof iss, rows[i].text, rows[i].len);
        mbedtls_sha256(bytes, sizeof iss + rows[i].len, expected, 0);
        assert_status(kjwt_admit_digest(&admission, rows[i].name, digest),
                      KJWT_OK);
        assert_memory_equal(digest, expected, sizeof digest);
    }
    assert_status(kjwt_admit_digest(&admission, "seq", digest),
                  KJWT_ERR_CLAIM_TYPE);
    claims.json_len--;
    assert_status(kjwt_admit_digest(&admission, "jti", digest),
                  KJWT_ERR_UNVERIFIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_each_call),
        cmocka_unit_test(test_stream_abort),
        cmocka_unit_test(test_digest),
    };

    return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
