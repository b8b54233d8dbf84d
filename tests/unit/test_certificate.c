/*
 * Delegation: two signatures, and a token within what its certificate allows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kjwt_keyset.h"
#include "support.h"

#define NOW           INT64_C(1800000000)
#define CERT_HEADER   "{\"alg\":\"RS256\",\"typ\":\"kjwt-cert+jwt\"}"
#define DEVICE_HEADER "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"
#define KEYSET_HEADER "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\"}"

static KJWT_WORK(work, 4096);

/* What is signed and by whom. NULL: as in `good`. */
struct row {
    const char *name;
    const char *cert_signer;
    const char *cert_header;
    const char *cert;
    const char *signer;
    const char *header;
    const char *claims;
    const char *audience; /* the device's name */
    kjwt_status status;
    kjwt_status or_status; /* KJWT_OK: none */
};

#define TIMES    "\"nbf\":1799999000,\"exp\":1800001000,"
#define CNF(key) "\"cnf\":{\"jwk\":" key "},"
#define MINT(aud) "\"mint\":{\"iss\":\"bench-7\",\"aud\":\"" aud "\"}"
#define CERT(aud) "{" TIMES CNF("@jo") MINT(aud) "}"
#define CLAIMS(more)                                                           \
    "{\"iss\":\"bench-7\",\"iat\":1799999500,\"exp\":1800000500" more "}"
#define FOR(aud) CLAIMS(",\"aud\":\"" aud "\"")

/* rsa2048 is the device's key, other2048 the bench's. */
static const struct row good = {
    "good", "rsa2048", CERT_HEADER, CERT("device-1"), "other2048",
    DEVICE_HEADER, FOR("device-1"), "device-1", KJWT_OK,
    KJWT_OK};

struct signed_pair {
    char cert[KJWT_MAX_TOKEN_LENGTH];
    char token[KJWT_MAX_TOKEN_LENGTH];
    size_t cert_len;
    size_t token_len;
};

static const char *either(const char *given, const char *otherwise)
{
    return given != NULL ? given : otherwise;
}

static void sign(const struct row *row, struct signed_pair *pair)
{
    memcpy(pair->cert,
           make_token(test_key(either(row->cert_signer, good.cert_signer)),
                      either(row->cert_header, good.cert_header),
                      with_keys(either(row->cert, good.cert)),
                      &pair->cert_len), sizeof pair->cert);
    memcpy(pair->token,
           make_token(test_key(either(row->signer, good.signer)),
                      either(row->header, good.header),
                      with_keys(either(row->claims, good.claims)),
                      &pair->token_len), sizeof pair->token);
}

static struct kjwt_certificate certificate;

static kjwt_status verify_at(const struct signed_pair *pair,
                             const struct kjwt_policy *policy,
                             const struct kjwt_keyset *keyset, int64_t now,
                             struct kjwt_claims *claims)
{
    static char cert[KJWT_MAX_TOKEN_LENGTH];
    static char token[KJWT_MAX_TOKEN_LENGTH];
    kjwt_status status;

    memcpy(cert, pair->cert, sizeof cert);
    memcpy(token, pair->token, sizeof token);
    certificate = (struct kjwt_certificate){.token = cert,
                                            .len = pair->cert_len};
    status = kjwt_verify_delegated(policy, keyset, work, sizeof work,
                                   &certificate, token, pair->token_len, now,
                                   claims);
    /* As a caller has to: tests/mutation takes the status out. */
    if (getenv("KJWT_TEST_VERDICTS") != NULL && !kjwt_claims_verified(claims))
        return KJWT_ERR_UNVERIFIED;
    assert_int_equal(kjwt_claims_verified(claims), status == KJWT_OK);
    if (status == KJWT_OK)
        assert_ptr_equal(claims->key, &certificate.key);
    else
        assert_null(claims->json);
    return status;
}

static kjwt_status verify(const struct row *row)
{
    const struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {
        .keys = &key, .key_count = 1,
        .audience = either(row->audience, good.audience)};
    struct signed_pair pair;
    struct kjwt_claims claims;

    sign(row, &pair);
    return verify_at(&pair, &policy, NULL, NOW, &claims);
}

static const struct row rows[] = {
    {.name = "good", .status = KJWT_OK},

    /* Who may sign certificates: the device's keys, and nobody else. */
    {.name = "signed by another key", .cert_signer = "rsa3072",
     .status = KJWT_ERR_SIGNATURE_LENGTH},
    {.name = "signed by the bench itself", .cert_signer = "other2048",
     .status = KJWT_ERR_SIGNATURE},
    {.name = "a delegated key delegates", .cert_signer = "other2048",
     .cert = "{" TIMES CNF("@j3") MINT("device-1") "}", .signer = "rsa3072",
     .status = KJWT_ERR_SIGNATURE},
    /* Its modulus is the larger one: the signature may be beyond the bench's. */
    {.name = "the token by the certificate's signer", .signer = "rsa2048",
     .status = KJWT_ERR_SIGNATURE, .or_status = KJWT_ERR_SIGNATURE_RANGE},
    {.name = "the token by a third key", .signer = "rsa3072",
     .status = KJWT_ERR_SIGNATURE_LENGTH},

    /* RFC 8725 3.11: each kind in its place. */
    {.name = "a device token as certificate", .cert_header = DEVICE_HEADER,
     .status = KJWT_ERR_TYP},
    {.name = "a key set as certificate", .cert_header = KEYSET_HEADER,
     .status = KJWT_ERR_TYP},
    {.name = "no typ", .cert_header = "{\"alg\":\"RS256\"}",
     .status = KJWT_ERR_TYP},
    {.name = "a certificate as device token", .header = CERT_HEADER,
     .status = KJWT_ERR_TYP},
    {.name = "a key set as device token", .header = KEYSET_HEADER,
     .status = KJWT_ERR_TYP},
    {.name = "alg none", .cert_header = "{\"alg\":\"none\","
                                        "\"typ\":\"kjwt-cert+jwt\"}",
     .status = KJWT_ERR_ALG},

    /* What a certificate must hold. */
    {.name = "for an audience",
     .cert = "{\"aud\":\"device-1\"," TIMES CNF("@jo") MINT("device-1") "}",
     .status = KJWT_ERR_AUDIENCE},
    {.name = "no exp", .cert = "{\"nbf\":1799999000," CNF("@jo")
                               MINT("device-1") "}",
     .status = KJWT_ERR_EXP_MISSING},
    {.name = "no nbf", .cert = "{\"exp\":1800001000," CNF("@jo")
                               MINT("device-1") "}",
     .status = KJWT_ERR_CERTIFICATE},
    {.name = "expired", .cert = "{\"nbf\":1799999000,\"exp\":1800000000,"
                                CNF("@jo") MINT("device-1") "}",
     .status = KJWT_ERR_EXPIRED},
    {.name = "not yet valid", .cert = "{\"nbf\":1800000001,\"exp\":1800001000,"
                                      CNF("@jo") MINT("device-1") "}",
     .status = KJWT_ERR_NOT_YET_VALID},
    {.name = "no mint", .cert = "{" TIMES "\"cnf\":{\"jwk\":@jo}}",
     .status = KJWT_ERR_CERTIFICATE},
    {.name = "no mint.iss",
     .cert = "{" TIMES CNF("@jo") "\"mint\":{\"aud\":\"device-1\"}}",
     .status = KJWT_ERR_CERTIFICATE},
    {.name = "no mint.aud",
     .cert = "{" TIMES CNF("@jo") "\"mint\":{\"iss\":\"bench-7\"}}",
     .status = KJWT_ERR_CERTIFICATE},
    {.name = "an empty mint.aud", .cert = CERT(""),
     .status = KJWT_ERR_CERTIFICATE},
    {.name = "mint.aud is an array",
     .cert = "{" TIMES CNF("@jo")
             "\"mint\":{\"iss\":\"bench-7\",\"aud\":[\"device-1\"]}}",
     .status = KJWT_ERR_CERTIFICATE},
    {.name = "no cnf", .cert = "{" TIMES MINT("device-1") "}",
     .status = KJWT_ERR_KEY},
    {.name = "cnf.kid", .cert = "{" TIMES "\"cnf\":{\"kid\":\"@to\"},"
                                MINT("device-1") "}",
     .status = KJWT_ERR_KEY},
    {.name = "e = 3",
     .cert = "{" TIMES CNF("{\"kty\":\"RSA\",\"e\":\"Aw\",\"n\":\"@no\"}")
             MINT("device-1") "}",
     .status = KJWT_ERR_KEY},
    {.name = "a private half",
     .cert = "{" TIMES CNF("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@no\","
                           "\"d\":\"AQAB\"}") MINT("device-1") "}",
     .status = KJWT_ERR_KEY},
    {.name = "n padded",
     .cert = "{" TIMES CNF("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@no==\"}")
             MINT("device-1") "}",
     .status = KJWT_ERR_BASE64URL},

    /* Keys of other sizes than the signer's. */
    {.name = "3072 under 2048", .signer = "rsa3072",
     .cert = "{" TIMES CNF("@j3") MINT("device-1") "}", .status = KJWT_OK},
    {.name = "4096 under 2048", .signer = "rsa4096",
     .cert = "{" TIMES CNF("@j4") MINT("device-1") "}", .status = KJWT_OK},

    /* The issuer, whole. */
    {.name = "another issuer",
     .claims = "{\"iss\":\"bench-8\",\"aud\":\"device-1\",\"iat\":1799999500,"
               "\"exp\":1800000500}",
     .status = KJWT_ERR_DELEGATED_ISSUER},
    {.name = "a longer issuer",
     .claims = "{\"iss\":\"bench-77\",\"aud\":\"device-1\",\"iat\":1799999500,"
               "\"exp\":1800000500}",
     .status = KJWT_ERR_DELEGATED_ISSUER},
    {.name = "a shorter issuer",
     .claims = "{\"iss\":\"bench-\",\"aud\":\"device-1\",\"iat\":1799999500,"
               "\"exp\":1800000500}",
     .status = KJWT_ERR_DELEGATED_ISSUER},
    {.name = "no issuer",
     .claims = "{\"aud\":\"device-1\",\"iat\":1799999500,\"exp\":1800000500}",
     .status = KJWT_ERR_DELEGATED_ISSUER},
    {.name = "the issuer with an escape",
     .claims = "{\"iss\":\"bench\\u002d7\",\"aud\":\"device-1\","
               "\"iat\":1799999500,\"exp\":1800000500}",
     .status = KJWT_OK},

    /* The audience: whole, or behind a separator. */
    {.name = "device-1, device-10", .audience = "device-10",
     .claims = FOR("device-10"), .status = KJWT_ERR_DELEGATED_AUDIENCE},
    {.name = "device-1, device-1/a", .audience = "device-1/a",
     .claims = FOR("device-1/a"), .status = KJWT_OK},
    {.name = "device-1, device-1-a", .audience = "device-1-a",
     .claims = FOR("device-1-a"), .status = KJWT_OK},
    {.name = "device-1, device-1.a", .audience = "device-1.a",
     .claims = FOR("device-1.a"), .status = KJWT_OK},
    {.name = "device-1, device-1:a", .audience = "device-1:a",
     .claims = FOR("device-1:a"), .status = KJWT_OK},
    {.name = "device-1, device-1_a", .audience = "device-1_a",
     .claims = FOR("device-1_a"), .status = KJWT_OK},
    {.name = "device-1, device-1 a", .audience = "device-1 a",
     .claims = FOR("device-1 a"), .status = KJWT_ERR_DELEGATED_AUDIENCE},
    {.name = "device-1, device-", .audience = "device-",
     .claims = FOR("device-"), .status = KJWT_ERR_DELEGATED_AUDIENCE},
    {.name = "device-1, Device-1", .audience = "Device-1",
     .claims = FOR("Device-1"), .status = KJWT_ERR_DELEGATED_AUDIENCE},
    {.name = "line/, line/10", .cert = CERT("line/"), .audience = "line/10",
     .claims = FOR("line/10"), .status = KJWT_OK},
    {.name = "line/, line", .cert = CERT("line/"), .audience = "line",
     .claims = FOR("line"), .status = KJWT_ERR_DELEGATED_AUDIENCE},
    {.name = "line/, lines/1", .cert = CERT("line/"), .audience = "lines/1",
     .claims = FOR("lines/1"), .status = KJWT_ERR_DELEGATED_AUDIENCE},
    {.name = "the prefix with an escape", .cert = CERT("device\\u002d1"),
     .status = KJWT_OK},
    {.name = "a separator as an escape", .audience = "device-1/a",
     .claims = FOR("device-1\\/a"), .status = KJWT_OK},
    {.name = "an array, all of them covered",
     .claims = CLAIMS(",\"aud\":[\"device-1/a\",\"device-1\"]"),
     .status = KJWT_OK},
    {.name = "an array, one of them not",
     .claims = CLAIMS(",\"aud\":[\"device-1\",\"device-10\"]"),
     .status = KJWT_ERR_DELEGATED_AUDIENCE},
    {.name = "no aud", .claims = CLAIMS(""), .status = KJWT_ERR_AUDIENCE},
    {.name = "not this device", .claims = FOR("device-1/b"),
     .status = KJWT_ERR_AUDIENCE},

    /* The token within the certificate. */
    {.name = "the same window",
     .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\",\"nbf\":1799999000,"
               "\"exp\":1800001000}",
     .status = KJWT_OK},
    {.name = "expires a second later",
     .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\",\"nbf\":1799999000,"
               "\"exp\":1800001001}",
     .status = KJWT_ERR_DELEGATED_TIME},
    {.name = "expires a fraction later",
     .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\",\"nbf\":1799999000,"
               "\"exp\":1800001000.5}",
     .status = KJWT_ERR_DELEGATED_TIME},
    {.name = "begins a second before",
     .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\",\"nbf\":1799998999,"
               "\"exp\":1800001000}",
     .status = KJWT_ERR_DELEGATED_TIME},
    {.name = "begins a fraction before",
     .cert = "{\"nbf\":1799999000.5,\"exp\":1800001000," CNF("@jo")
             MINT("device-1") "}",
     .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\",\"nbf\":1799999000.4,"
               "\"exp\":1800001000}",
     .status = KJWT_ERR_DELEGATED_TIME},
    {.name = "issued a second before",
     .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\",\"iat\":1799998999,"
               "\"nbf\":1799999500,\"exp\":1800001000}",
     .status = KJWT_ERR_DELEGATED_TIME},
    {.name = "neither nbf nor iat",
     .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\",\"exp\":1800000500}",
     .status = KJWT_ERR_DELEGATED_TIME},
    {.name = "no exp",
     .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\",\"iat\":1799999500}",
     .status = KJWT_ERR_EXP_MISSING},
    {.name = "expired",
     .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\",\"iat\":1799999500,"
               "\"exp\":1800000000}",
     .status = KJWT_ERR_EXPIRED},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        kjwt_status status = verify(&rows[i]);

        if (strcmp(status_word(status), status_word(rows[i].status)) == 0)
            continue;
        if (status != rows[i].status &&
            (rows[i].or_status == KJWT_OK || status != rows[i].or_status))
            fail_msg("%s: %s, not %s", rows[i].name, kjwt_status_name(status),
                     kjwt_status_name(rows[i].status));
    }
}

/* Every character of both, changed: two signatures are checked. */
static void test_changed(void **state)
{
    const struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1,
                                       .audience = "device-1"};
    struct signed_pair pair;
    struct kjwt_claims claims;

    (void)state;
    sign(&good, &pair);
    for (size_t i = 0; i < pair.cert_len + pair.token_len; i++) {
        struct signed_pair copy = pair;
        char *at = i < pair.cert_len ? &copy.cert[i]
                                     : &copy.token[i - pair.cert_len];

        *at = *at == 'B' ? 'C' : 'B';
        assert_int_not_equal(verify_at(&copy, &policy, NULL, NOW, &claims),
                             KJWT_OK);
    }
    assert_status(verify_at(&pair, &policy, NULL, NOW, &claims), KJWT_OK);
}

/* Wherever its Claims Set ends, the key's target lies behind it, aligned,
 * within the certificate. */
static void test_target(void **state)
{
    static const char pad[] = "1234567";
    const struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_key bench = test_key_public(test_key("other2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1,
                                       .audience = "device-1"};

    (void)state;
    for (size_t i = 0; i < sizeof pad; i++) {
        char cert[256];
        const struct row row = {.cert = cert};
        struct signed_pair pair;
        struct kjwt_claims claims;
        const char *target;

        sprintf(cert, "{\"x\":\"%s\"," TIMES CNF("@jo") MINT("device-1") "}",
                pad + i);
        sign(&row, &pair);
        assert_status(verify_at(&pair, &policy, NULL, NOW, &claims), KJWT_OK);
        target = (const char *)certificate.key.target;
        assert_int_equal((uintptr_t)target % 8, 0);
        assert_true(target > (const char *)certificate.key.n);
        assert_true(target + 256 <= certificate.token + certificate.len);
        assert_memory_equal(target, bench.target, 256);
    }
}

/* Neither without the other, and each only in its place. */
static void test_alone(void **state)
{
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1,
                                       .audience = "device-1"};
    const struct kjwt_policy open = {.keys = &key, .key_count = 1};
    struct signed_pair pair;
    struct kjwt_claims claims;
    char copy[KJWT_MAX_TOKEN_LENGTH];

    (void)state;
    sign(&good, &pair);
    memcpy(copy, pair.token, sizeof copy);
    assert_status(kjwt_verify(&policy, work, sizeof work, copy, pair.token_len,
                              NOW, &claims), KJWT_ERR_SIGNATURE);
    memcpy(copy, pair.cert, sizeof copy);
    assert_status(kjwt_verify(&open, work, sizeof work, copy, pair.cert_len,
                              NOW, &claims), KJWT_ERR_TYP);
    /* The other way round. */
    memcpy(copy, pair.cert, sizeof copy);
    memcpy(pair.cert, pair.token, sizeof copy);
    memcpy(pair.token, copy, sizeof copy);
    assert_int_not_equal(verify_at(&pair, &policy, NULL, NOW, &claims),
                         KJWT_OK);
}

/* Several keys that may sign certificates: `kid` tells which; the delegated key
 * is the only one for the token, whatever `kid` that has. */
static void test_several_keys(void **state)
{
    static const char cert_header[] =
        "{\"alg\":\"RS256\",\"typ\":\"kjwt-cert+jwt\",\"kid\":\"b\"}";
    static const struct row no_exp = {
        .cert_header = cert_header,
        .claims = "{\"iss\":\"bench-7\",\"aud\":\"device-1\","
                  "\"iat\":1799999500}"};
    static const struct row row = {
        .cert_header = cert_header,
        .header = "{\"alg\":\"RS256\",\"kid\":\"no such\"}"};
    struct kjwt_key keys[2] = {test_key_public(test_key("rsa3072")),
                               test_key_public(test_key("rsa2048"))};
    const struct kjwt_policy policy = {
        .keys = keys, .key_count = 2, .audience = "device-1",
        .options = KJWT_EXP_OPTIONAL};
    struct signed_pair pair;
    struct kjwt_claims claims;

    (void)state;
    keys[0].kid = "a";
    keys[1].kid = "b";
    sign(&row, &pair);
    assert_status(verify_at(&pair, &policy, NULL, NOW, &claims), KJWT_OK);
    /* The policy's options are for device tokens that no certificate limits. */
    sign(&no_exp, &pair);
    assert_status(verify_at(&pair, &policy, NULL, NOW, &claims),
                  KJWT_ERR_DELEGATED_TIME);
    keys[1].kid = "c";
    assert_status(verify_at(&pair, &policy, NULL, NOW, &claims),
                  KJWT_ERR_KEY_UNKNOWN);
}

/* Time: the certificate's end counts with the policy's leeway, the token's end
 * never goes beyond it. */
static void test_policy(void **state)
{
    const struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy base = {.keys = &key, .key_count = 1,
                                     .audience = "device-1"};
    const struct {
        const char *name;
        struct kjwt_policy policy;
        int64_t now;
        kjwt_status status;
    } cases[] = {
        {"no clock", base, KJWT_TIME_UNKNOWN, KJWT_ERR_TIME_UNKNOWN},
        {"no clock, allowed",
         {.keys = &key, .key_count = 1, .audience = "device-1",
          .options = KJWT_TIME_UNKNOWN_OK}, KJWT_TIME_UNKNOWN, KJWT_OK},
        {"the token's end", base, NOW + 500, KJWT_ERR_EXPIRED},
        {"within the leeway",
         {.keys = &key, .key_count = 1, .audience = "device-1",
          .leeway_s = 60}, NOW + 559, KJWT_OK},
        {"another issuer is expected",
         {.keys = &key, .key_count = 1, .audience = "device-1",
          .issuer = "bench-8"}, NOW, KJWT_ERR_ISSUER},
        {"that issuer is expected",
         {.keys = &key, .key_count = 1, .audience = "device-1",
          .issuer = "bench-7"}, NOW, KJWT_OK},
        {"a maximum age is the token's",
         {.keys = &key, .key_count = 1, .audience = "device-1",
          .max_age_s = 500}, NOW, KJWT_OK},
        {"a token above it",
         {.keys = &key, .key_count = 1, .audience = "device-1",
          .max_age_s = 499}, NOW, KJWT_ERR_TOO_OLD},
        {"a device without a name", {.keys = &key, .key_count = 1}, NOW,
         KJWT_ERR_POLICY},
        {"no keys", {.audience = "device-1"}, NOW, KJWT_ERR_POLICY},
    };
    struct signed_pair pair;

    (void)state;
    sign(&good, &pair);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kjwt_claims claims;
        kjwt_status status =
            verify_at(&pair, &cases[i].policy, NULL, cases[i].now, &claims);

        if (strcmp(status_word(status), status_word(cases[i].status)) != 0)
            fail_msg("%s: %s", cases[i].name, kjwt_status_name(status));
    }
}

/* A revoked bench key mints no more, whatever its certificate says. */
static void test_revoked(void **state)
{
    const struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_key bench = test_key_public(test_key("other2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1,
                                       .audience = "device-1"};
    uint8_t revoked[3][KJWT_THUMBPRINT_SIZE] = {{1}, {2}, {3}};
    const struct kjwt_keyset keyset = {.revoked = revoked[0],
                                       .revoked_count = 3};
    struct signed_pair pair;
    struct kjwt_claims claims;

    (void)state;
    sign(&good, &pair);
    assert_status(verify_at(&pair, &policy, &keyset, NOW, &claims), KJWT_OK);
    assert_status(kjwt_key_thumbprint(&bench, work, revoked[2]), KJWT_OK);
    assert_status(verify_at(&pair, &policy, &keyset, NOW, &claims),
                  KJWT_ERR_KEY_REVOKED);
    assert_null(certificate.key.n);
}

static void test_arguments(void **state)
{
    const struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1,
                                       .audience = "device-1"};
    struct signed_pair pair;
    struct kjwt_claims claims;
    struct kjwt_certificate none = {0};
    char token[8] = "a.b.c";

    (void)state;
    sign(&good, &pair);
    certificate = (struct kjwt_certificate){.token = pair.cert,
                                            .len = pair.cert_len};
    assert_status(kjwt_verify_delegated(NULL, NULL, work, sizeof work,
                                        &certificate, token, 5, NOW, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_verify_delegated(&policy, NULL, NULL, sizeof work,
                                        &certificate, token, 5, NOW, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_verify_delegated(&policy, NULL, work, sizeof work, NULL,
                                        token, 5, NOW, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_verify_delegated(&policy, NULL, work, sizeof work, &none,
                                        token, 5, NOW, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_verify_delegated(&policy, NULL, work, sizeof work,
                                        &certificate, NULL, 5, NOW, &claims),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_verify_delegated(&policy, NULL, work, sizeof work,
                                        &certificate, token, 5, NOW, NULL),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_verify_delegated(&policy, NULL, work, 767, &certificate,
                                        token, 5, NOW, &claims),
                  KJWT_ERR_WORK_SIZE);
}

/* The work must do for the delegated key, too. */
static void test_work(void **state)
{
    static const struct row row = {
        .cert = "{" TIMES CNF("@j4") MINT("device-1") "}", .signer = "rsa4096"};
    const struct kjwt_key key = test_key_public(test_key("rsa2048"));
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1,
                                       .audience = "device-1"};
    struct signed_pair pair;
    struct kjwt_claims claims;

    (void)state;
    sign(&row, &pair);
    certificate = (struct kjwt_certificate){.token = pair.cert,
                                            .len = pair.cert_len};
    memset(work, 0x5a, sizeof work);
    assert_status(kjwt_verify_delegated(&policy, NULL, work,
                                        KJWT_WORK_SIZE(4096) - 8, &certificate,
                                        pair.token, pair.token_len, NOW,
                                        &claims), KJWT_ERR_WORK_SIZE);
    assert_memory_equal(&work[KJWT_WORK_SIZE(4096) / 8 - 1],
                        "ZZZZZZZZ", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),    cmocka_unit_test(test_changed),
        cmocka_unit_test(test_alone),   cmocka_unit_test(test_policy),
        cmocka_unit_test(test_revoked), cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_work),    cmocka_unit_test(test_target),
        cmocka_unit_test(test_several_keys),
    };

    return cmocka_run_group_tests_name("certificate", tests, NULL, NULL);
}
