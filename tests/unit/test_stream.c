/*
 * kjwt_stream: the status and the claims of kjwt_verify(), however the token is
 * cut, in a buffer of no byte more than is needed.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kjwt_stream.h"
#include "support.h"

#ifndef KJWT_EVERY_CUT
#define KJWT_EVERY_CUT 0
#endif

static json_t *vectors;
static KJWT_WORK(work, 4096);

struct verdict {
    kjwt_status status;
    size_t json_len;
    char json[KJWT_MAX_TOKEN_LENGTH];
};

static void keep(struct verdict *verdict, kjwt_status status,
                 const struct kjwt_claims *claims)
{
    assert_int_equal(kjwt_claims_verified(claims), status == KJWT_OK);
    verdict->status = status;
    verdict->json_len = claims->json_len;
    if (status == KJWT_OK)
        memcpy(verdict->json, claims->json, claims->json_len);
    else
        assert_null(claims->json);
}

static void verify_whole(const struct kjwt_policy *policy, const uint8_t *token,
                         size_t len, int64_t now, struct verdict *verdict)
{
    static char copy[TOKEN_SIZE];
    struct kjwt_claims claims;

    assert_true(len <= sizeof copy);
    memcpy(copy, token, len);
    keep(verdict, kjwt_verify(policy, work, sizeof work, copy, len, now,
                              &claims), &claims);
}

/* Where a token is cut: one piece of `first` bytes, then pieces of `size`. */
struct cut {
    size_t first;
    size_t size;
};

/* Pieces and buffer end where their memory ends, for the sanitizers. */
static kjwt_status stream_cut(const struct kjwt_policy *policy,
                              const uint8_t *token, size_t len, int64_t now,
                              size_t buffer_size, struct cut cut,
                              struct verdict *verdict)
{
    struct kjwt_stream stream;
    struct kjwt_claims claims;
    char *buffer = malloc(buffer_size);
    kjwt_status status;

    memset(work, 0xa5, sizeof work);
    assert_status(kjwt_stream_init(&stream, policy, work, sizeof work, buffer,
                                   buffer_size), KJWT_OK);
    for (size_t pos = 0; pos < len;) {
        size_t piece_len = pos == 0 ? cut.first : cut.size;
        char *piece;

        piece_len = piece_len < len - pos ? piece_len : len - pos;
        piece = malloc(piece_len + (piece_len == 0));
        assert_non_null(piece);
        memcpy(piece, token + pos, piece_len);
        status = kjwt_stream_update(&stream, piece, piece_len);
        free(piece);
        pos += piece_len;
        if (pos == 0)
            cut.first = cut.size; /* an empty first piece */
        if (verdict->status == KJWT_OK && buffer_size >= len)
            assert_status(status, KJWT_OK);
    }
    status = kjwt_stream_finish(&stream, now, &claims);
    if (buffer_size >= KJWT_STREAM_BUFFER(len) || status == KJWT_OK) {
        struct verdict streamed;

        keep(&streamed, status, &claims);
        assert_status(status, verdict->status);
        assert_int_equal(streamed.json_len, verdict->json_len);
        assert_memory_equal(streamed.json, verdict->json, verdict->json_len);
    }
    free(buffer);
    return status;
}

/* Pieces of every size up to 64, and every cut in two; where time is dear
 * (CMakeLists.txt) an eighth of both, another one for each row. */
static void stream_every_cut(const struct kjwt_policy *policy,
                             const uint8_t *token, size_t len, int64_t now,
                             size_t row, struct verdict *verdict)
{
    const size_t step = KJWT_EVERY_CUT ? 1 : 8;
    const size_t size = KJWT_STREAM_BUFFER(
        len < KJWT_MAX_TOKEN_LENGTH ? len : KJWT_MAX_TOKEN_LENGTH);

    for (size_t i = row % step; i <= 64 && i <= len + 1; i += step)
        stream_cut(policy, token, len, now, size, (struct cut){i, i + (i == 0)},
                   verdict);
    for (size_t i = row % step; i < len; i += step)
        stream_cut(policy, token, len, now, size, (struct cut){i, len},
                   verdict);
}

static bool load_key(const json_t *row, struct public_key *key)
{
    struct error error;
    const char *pem = string_of(json_object_get(vectors, "public_keys"),
                                string_of(row, "key"));

    return public_key_from_pem(pem, key, &error);
}

static void test_vectors(void **state)
{
    static struct verdict verdict;
    const int64_t now = json_integer_value(json_object_get(vectors, "now"));
    size_t i;
    json_t *row;

    (void)state;
    json_array_foreach(json_object_get(vectors, "cases"), i, row) {
        struct public_key public_key;
        struct kjwt_key key;
        const struct kjwt_policy policy = {
            .keys = &key, .key_count = 1,
            .audience = string_of(vectors, "audience")};
        uint8_t *token;
        size_t len;

        if (!load_key(row, &public_key))
            continue;
        key = public_key_view(&public_key);
        token = from_base64(string_of(row, "token"), &len);
        verify_whole(&policy, token, len, now, &verdict);
        assert_string_equal(kjwt_status_name(verdict.status),
                            string_of(row, "status"));
        stream_every_cut(&policy, token, len, now, i, &verdict);
        free(token);
    }
}

/* Lengths that no vector has; the first update that sees them is bounded. */
static void test_lengths(void **state)
{
    static char bytes[100000];
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    static const struct {
        size_t len;
        char fill;
        kjwt_status early; /* of the update */
        kjwt_status status;
    } rows[] = {
        {0, 'A', KJWT_OK, KJWT_ERR_SERIALIZATION},
        {4, '.', KJWT_ERR_SERIALIZATION, KJWT_ERR_SERIALIZATION},
        {4, '!', KJWT_ERR_BASE64URL, KJWT_ERR_SERIALIZATION},
        {KJWT_MAX_TOKEN_LENGTH, '.', KJWT_ERR_SERIALIZATION,
         KJWT_ERR_SERIALIZATION},
        {KJWT_MAX_TOKEN_LENGTH, 'A', KJWT_OK, KJWT_ERR_SERIALIZATION},
        {KJWT_MAX_TOKEN_LENGTH + 1, '.', KJWT_ERR_LIMIT_TOKEN,
         KJWT_ERR_LIMIT_TOKEN},
        {KJWT_MAX_TOKEN_LENGTH + 1, 'A', KJWT_ERR_LIMIT_TOKEN,
         KJWT_ERR_LIMIT_TOKEN},
        {sizeof bytes, '.', KJWT_ERR_LIMIT_TOKEN,
         KJWT_ERR_LIMIT_TOKEN},
        {sizeof bytes, '\0', KJWT_ERR_LIMIT_TOKEN,
         KJWT_ERR_LIMIT_TOKEN},
        {SIZE_MAX, '.', KJWT_ERR_LIMIT_TOKEN,
         KJWT_ERR_LIMIT_TOKEN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static char buffer[KJWT_STREAM_BUFFER(KJWT_MAX_TOKEN_LENGTH)];
        struct kjwt_stream stream;
        struct kjwt_claims claims;

        memset(bytes, rows[i].fill, sizeof bytes);
        kjwt_stream_init(&stream, &policy, work, sizeof work, buffer,
                         sizeof buffer);
        assert_status(kjwt_stream_update(&stream, bytes, rows[i].len),
                      rows[i].early);
        assert_status(kjwt_stream_finish(&stream, 1, &claims), rows[i].status);
    }
}

/* Every size of the buffer: the needed one and all above accept, all below
 * refuse with a status of their own. */
static void test_buffer(void **state)
{
    static const char header[] = "{\"alg\":\"RS256\",\"kid\":\"0123456789\"}";
    static const char claims[] = "{\"exp\":2,\"sub\":\"device\"}";
    static const char long_header[] =
        "{\"alg\":\"RS256\",\"kid\":\"0123456789012345678901234567890123456789"
        "0123456789012345678901234567890123456789012345678901234567890123456789"
        "0123456789012345678901234567890123456789012345678901234567890123456789"
        "0123456789012345678901234567890123456789012345678901234567890123456789"
        "0123456789012345678901234567890123456789012345678901234567890123\"}";
    const struct test_key *test = test_key("rsa2048");
    struct kjwt_key key = test_key_public(test);
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    const struct {
        const char *header;
        size_t needed;
    } rows[] = {
        {header, strlen(claims) + 256 + 7},
        {long_header, strlen(long_header) + strlen(claims)},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        static struct verdict verdict;
        size_t len;
        uint8_t *token =
            (uint8_t *)make_token(test, rows[i].header, claims, &len);

        verify_whole(&policy, token, len, 1, &verdict);
        assert_status(verdict.status, KJWT_OK);
        for (size_t size = 0; size < 500; size++)
            assert_status(stream_cut(&policy, token, len, 1, size,
                                     (struct cut){20, 20}, &verdict),
                          size < rows[i].needed ? KJWT_ERR_SCRATCH_SIZE
                                                : KJWT_OK);
        /* No more of a signature is kept than a right one has. */
        memset(token + len, 'A', 400);
        len += 400;
        verify_whole(&policy, token, len, 1, &verdict);
        assert_status(verdict.status, KJWT_ERR_SIGNATURE_LENGTH);
        assert_status(stream_cut(&policy, token, len, 1, rows[i].needed,
                                 (struct cut){20, 20}, &verdict),
                      KJWT_ERR_SIGNATURE_LENGTH);
    }
}

/* What the caller does wrong is told at the beginning and at the end. */
static void test_arguments(void **state)
{
    static char buffer[KJWT_STREAM_BUFFER(KJWT_MAX_TOKEN_LENGTH)];
    const struct test_key *test = test_key("rsa2048");
    struct kjwt_key key = test_key_public(test);
    struct kjwt_key bad = key;
    const struct kjwt_policy good = {.keys = &key, .key_count = 1};
    const struct kjwt_policy none = {.keys = NULL, .key_count = 0};
    const struct kjwt_policy wrong = {.keys = &bad, .key_count = 1};
    const struct kjwt_policy option = {
        .keys = &key, .key_count = 1, .options = 0x80};
    const struct {
        const struct kjwt_policy *policy;
        void *work;
        size_t work_size;
        void *buffer;
        kjwt_status status;
    } rows[] = {
        {NULL, work, sizeof work, buffer, KJWT_ERR_ARGUMENT},
        {&good, NULL, sizeof work, buffer, KJWT_ERR_ARGUMENT},
        {&good, work, sizeof work, NULL, KJWT_ERR_ARGUMENT},
        {&good, work, 767, buffer, KJWT_ERR_WORK_SIZE},
        {&good, (char *)work + 4, 1000, buffer, KJWT_ERR_WORK_ALIGNMENT},
        {&none, work, sizeof work, buffer, KJWT_ERR_POLICY},
        {&option, work, sizeof work, buffer, KJWT_ERR_POLICY},
        {&wrong, work, sizeof work, buffer, KJWT_ERR_KEY},
        {&good, work, sizeof work, buffer, KJWT_OK},
    };
    size_t len;
    char *token = make_token(test, "{\"alg\":\"RS256\"}", "{\"exp\":2}", &len);

    (void)state;
    bad.bits = 1024;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kjwt_stream stream;
        struct kjwt_claims claims;

        assert_status(kjwt_stream_init(&stream, rows[i].policy, rows[i].work,
                                       rows[i].work_size, rows[i].buffer,
                                       sizeof buffer), rows[i].status);
        assert_status(kjwt_stream_update(&stream, token, len), rows[i].status);
        assert_status(kjwt_stream_finish(&stream, 1, &claims), rows[i].status);
        assert_int_equal(kjwt_claims_verified(&claims),
                         rows[i].status == KJWT_OK);
        /* It has ended. */
        assert_status(kjwt_stream_update(&stream, token, len),
                      KJWT_ERR_ARGUMENT);
        assert_status(kjwt_stream_finish(&stream, 1, &claims),
                      KJWT_ERR_ARGUMENT);
        assert_false(kjwt_claims_verified(&claims));
    }
}

static void test_ends(void **state)
{
    static char buffer[KJWT_STREAM_BUFFER(KJWT_MAX_TOKEN_LENGTH)];
    const struct test_key *test = test_key("rsa2048");
    struct kjwt_key key = test_key_public(test);
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    struct kjwt_stream stream = {0};
    struct kjwt_claims claims = {.json_len = 7};
    size_t len;
    char *token = make_token(test, "{\"alg\":\"RS256\"}", "{\"exp\":2}", &len);

    (void)state;
    assert_status(kjwt_stream_update(&stream, "a", 1), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_stream_finish(&stream, 1, &claims), KJWT_ERR_ARGUMENT);
    assert_int_equal(claims.json_len, 0);
    assert_status(kjwt_stream_init(NULL, &policy, work, sizeof work, buffer,
                                   sizeof buffer), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_stream_update(NULL, "a", 1), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_stream_finish(NULL, 1, &claims), KJWT_ERR_ARGUMENT);
    kjwt_stream_abort(NULL);

    kjwt_stream_init(&stream, &policy, work, sizeof work, buffer,
                     sizeof buffer);
    assert_status(kjwt_stream_update(&stream, NULL, 1), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_stream_update(&stream, NULL, 0), KJWT_OK);
    assert_status(kjwt_stream_update(&stream, token, len), KJWT_OK);
    assert_status(kjwt_stream_finish(&stream, 1, NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_stream_finish(&stream, 1, &claims), KJWT_ERR_ARGUMENT);

    kjwt_stream_init(&stream, &policy, work, sizeof work, buffer,
                     sizeof buffer);
    assert_status(kjwt_stream_update(&stream, token, len / 2), KJWT_OK);
    kjwt_stream_abort(&stream);
    assert_status(kjwt_stream_update(&stream, token + len / 2, len - len / 2),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_stream_finish(&stream, 1, &claims), KJWT_ERR_ARGUMENT);
}

/* A header that no key or algorithm fits is known at the second dot. */
static void test_early_refusal(void **state)
{
    static char buffer[KJWT_STREAM_BUFFER(KJWT_MAX_TOKEN_LENGTH)];
    const struct test_key *test = test_key("rsa2048");
    struct kjwt_key key = test_key_public(test);
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    struct kjwt_stream stream;
    struct kjwt_claims claims;
    size_t len;
    char *token = make_token(test, "{\"alg\":\"HS256\"}", "{\"exp\":2}", &len);
    const size_t signing_input_len = len - 1 - 342;

    (void)state;
    kjwt_stream_init(&stream, &policy, work, sizeof work, buffer,
                     sizeof buffer);
    assert_status(kjwt_stream_update(&stream, token, signing_input_len),
                  KJWT_OK);
    assert_status(kjwt_stream_update(&stream, ".", 1), KJWT_ERR_ALG);
    assert_status(kjwt_stream_update(&stream, "A", 1), KJWT_ERR_ALG);
    assert_status(kjwt_stream_finish(&stream, 1, &claims), KJWT_ERR_ALG);
    /* So is a buffer that does not do. */
    kjwt_stream_init(&stream, &policy, work, sizeof work, buffer, 5);
    assert_status(kjwt_stream_update(&stream, token, 8), KJWT_ERR_SCRATCH_SIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),   cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_buffer),    cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_ends),      cmocka_unit_test(test_early_refusal),
    };

    vectors = load_vectors("tokens_rsa2048.json");
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
