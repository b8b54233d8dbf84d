/*
 * Signature Version 4, held against AWS's own examples (the test suite of the
 * AWS General Reference, the IAM ListUsers walk-through) and against what
 * botocore makes of requests to KMS.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_sigv4.h"
#include "support.h"

#define ID     "AKIDEXAMPLE"
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define TOKEN                                                                  \
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKW" \
    "HGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4" \
    "IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE" \
    "8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yj" \
    "c8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
#define SUITE_TIME "20150830T123600Z"
#define SUITE      "20150830/us-east-1/service"
#define SUITE_HOST                                                             \
    {                                                                          \
        "host", "example.amazonaws.com"                                        \
    }
#define SUITE_DATE                                                             \
    {                                                                          \
        "x-amz-date", SUITE_TIME                                               \
    }
#define FORM "application/x-www-form-urlencoded"
#define JSON "application/x-amz-json-1.1"

static const struct {
    const char *name;
    const char *time;
    const char *scope; /* day/Region/service */
    const char *method;
    const char *path;
    const char *query;
    struct aws_sigv4_header headers[5];
    const char *body;
    const char *signed_headers;
    const char *signature;
} rows[] = {
    {"get-vanilla",
     SUITE_TIME,
     SUITE,
     "GET",
     "/",
     "",
     {SUITE_HOST, SUITE_DATE},
     "",
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order-key-case",
     SUITE_TIME,
     SUITE,
     "GET",
     "/",
     "Param1=value1&Param2=value2",
     {SUITE_HOST, SUITE_DATE},
     "",
     "host;x-amz-date",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-unreserved",
     SUITE_TIME,
     SUITE,
     "GET",
     "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
     "",
     {SUITE_HOST, SUITE_DATE},
     "",
     "host;x-amz-date",
     "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
    {"get-space",
     SUITE_TIME,
     SUITE,
     "GET",
     "/example space/",
     "",
     {SUITE_HOST, SUITE_DATE},
     "",
     "host;x-amz-date",
     "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
    {"get-utf8",
     SUITE_TIME,
     SUITE,
     "GET",
     "/\xe1\x88\xb4",
     "",
     {SUITE_HOST, SUITE_DATE},
     "",
     "host;x-amz-date",
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"post-vanilla, post-sts-header-after",
     SUITE_TIME,
     SUITE,
     "POST",
     "/",
     "",
     {SUITE_HOST, SUITE_DATE},
     "",
     "host;x-amz-date",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-header-key-sort",
     SUITE_TIME,
     SUITE,
     "POST",
     "/",
     "",
     {SUITE_HOST, {"my-header1", "value1"}, SUITE_DATE},
     "",
     "host;my-header1;x-amz-date",
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {"post-header-value-case",
     SUITE_TIME,
     SUITE,
     "POST",
     "/",
     "",
     {SUITE_HOST, {"my-header1", "VALUE1"}, SUITE_DATE},
     "",
     "host;my-header1;x-amz-date",
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
    {"post-sts-header-before",
     SUITE_TIME,
     SUITE,
     "POST",
     "/",
     "",
     {SUITE_HOST, SUITE_DATE, {"x-amz-security-token", TOKEN}},
     "",
     "host;x-amz-date;x-amz-security-token",
     "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
    {"post-x-www-form-urlencoded",
     SUITE_TIME,
     SUITE,
     "POST",
     "/",
     "",
     {{"content-type", FORM}, SUITE_HOST, SUITE_DATE},
     "Param1=value1",
     "content-type;host;x-amz-date",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {"post-x-www-form-urlencoded-parameters",
     SUITE_TIME,
     SUITE,
     "POST",
     "/",
     "",
     {{"content-type", FORM "; charset=utf8"}, SUITE_HOST, SUITE_DATE},
     "Param1=value1",
     "content-type;host;x-amz-date",
     "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"},
    {"IAM ListUsers",
     SUITE_TIME,
     "20150830/us-east-1/iam",
     "GET",
     "/",
     "Action=ListUsers&Version=2010-05-08",
     {{"content-type", FORM "; charset=utf-8"},
      {"host", "iam.amazonaws.com"},
      SUITE_DATE},
     "",
     "content-type;host;x-amz-date",
     "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
    {"KMS Sign",
     "20261023T080000Z",
     "20261023/eu-central-1/kms",
     "POST",
     "/",
     "",
     {{"content-type", JSON},
      {"host", "kms.eu-central-1.amazonaws.com"},
      {"x-amz-date", "20261023T080000Z"},
      {"x-amz-target", "TrentService.Sign"}},
     "{\"KeyId\":\"alias/bench\"}",
     "content-type;host;x-amz-date;x-amz-target",
     "ebb737171a09c8bce8f252d09061b37d611b3bee5ffc11997ed5763faadc94e5"},
    {"KMS Sign, session token",
     "20261023T080000Z",
     "20261023/eu-central-1/kms",
     "POST",
     "/",
     "",
     {{"content-type", JSON},
      {"host", "kms.eu-central-1.amazonaws.com"},
      {"x-amz-date", "20261023T080000Z"},
      {"x-amz-security-token", TOKEN},
      {"x-amz-target", "TrentService.Sign"}},
     "{\"KeyId\":\"alias/bench\"}",
     "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
     "b77cf808aab810c8ef891e8eb860729ba5f0e32ae0019952090c28cc973006d1"},
    {"KMS, a path and a port",
     "20270101T000000Z",
     "20270101/us-east-1/kms",
     "POST",
     "/emulators/kms",
     "",
     {{"content-type", JSON},
      {"host", "localhost:4566"},
      {"x-amz-date", "20270101T000000Z"},
      {"x-amz-target", "TrentService.ListAliases"}},
     "{}",
     "content-type;host;x-amz-date;x-amz-target",
     "e239cea8370449b043ae6cd020033fc8218db72acfa531e675e2968b964cbed3"},
    {"KMS, an encoded path",
     "20271231T235959Z",
     "20271231/us-east-1/kms",
     "POST",
     "/a%20b/kms",
     "",
     {{"content-type", JSON},
      {"host", "localhost:4566"},
      {"x-amz-date", "20271231T235959Z"},
      {"x-amz-security-token", TOKEN},
      {"x-amz-target", "TrentService.ListAliases"}},
     "{}",
     "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
     "189f64f524e8d5ad05fcebb6d52bcde0dd89e4607463d8a120c05130863c251f"},
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

static struct aws_sigv4_request request_of(size_t i)
{
    struct aws_sigv4_request request = {.method = rows[i].method,
                                        .path = rows[i].path,
                                        .query = rows[i].query,
                                        .headers = rows[i].headers,
                                        .body = rows[i].body,
                                        .body_len = strlen(rows[i].body)};

    while (request.header_count < 5 &&
           rows[i].headers[request.header_count].name != NULL)
        request.header_count++;
    return request;
}

static void check_row(size_t i, struct aws_sigv4 *signer)
{
    struct aws_sigv4_request request = request_of(i);
    char *made = aws_sigv4_sign(signer, &request, rows[i].time);
    char expected[512];

    (void)snprintf(expected, sizeof expected,
                   "AWS4-HMAC-SHA256 Credential=" ID "/%s/aws4_request, "
                   "SignedHeaders=%s, Signature=%s",
                   rows[i].scope, rows[i].signed_headers, rows[i].signature);
    assert_non_null(made);
    if (strcmp(made, expected) != 0)
        fail_msg("%s: %s", rows[i].name, made);
    free(made);
}

/* The Region and the service of a row's scope; free() the one buffer. */
static char *set_scope(size_t i, struct aws_sigv4 *signer)
{
    char *scope = strdup(rows[i].scope);
    char *region;
    char *service;

    assert_non_null(scope);
    region = strchr(scope, '/') + 1;
    service = strchr(region, '/');
    *service = '\0';
    signer->region = region;
    signer->service = service + 1;
    return scope;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        struct aws_sigv4 signer = {.access_key_id = ID,
                                   .secret_access_key = SECRET};
        char *scope = set_scope(i, &signer);

        check_row(i, &signer);
        check_row(i, &signer); /* with the day's key kept */
        aws_sigv4_clear(&signer);
        check_row(i, &signer);
        free(scope);
    }
}

/* The walk-through's derived key. */
static void test_day_key(void **state)
{
    static const char published[] =
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9";
    struct aws_sigv4 signer = {.access_key_id = ID,
                               .secret_access_key = SECRET,
                               .region = "us-east-1",
                               .service = "iam"};
    struct aws_sigv4_request request = request_of(0);
    uint8_t *expected;
    static const uint8_t zeros[sizeof signer.day_key];
    size_t len;

    (void)state;
    free(aws_sigv4_sign(&signer, &request, SUITE_TIME));
    expected = from_hex(published, &len);
    assert_int_equal(len, sizeof signer.day_key);
    assert_memory_equal(signer.day_key, expected, len);
    free(expected);
    aws_sigv4_clear(&signer);
    assert_memory_equal(signer.day_key, zeros, sizeof zeros);
}

/* A run that crosses midnight. */
static void test_days(void **state)
{
    struct aws_sigv4 signer = {.access_key_id = ID,
                               .secret_access_key = SECRET,
                               .region = "us-east-1",
                               .service = "kms"};

    (void)state;
    check_row(ROW_COUNT - 2, &signer);
    check_row(ROW_COUNT - 1, &signer);
    check_row(ROW_COUNT - 2, &signer);
}

static void test_time(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } times[] = {
        {0, "19700101T000000Z"},
        {1440938160, SUITE_TIME},
        {1709251199, "20240229T235959Z"},
        {1800000000, "20270115T080000Z"},
        {253402300799, "99991231T235959Z"},
    };
    char text[AWS_SIGV4_TIME_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        aws_sigv4_time(times[i].seconds, text);
        assert_string_equal(text, times[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_day_key),
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_time),
    };

    return cmocka_run_group_tests_name("aws_sigv4", tests, NULL, NULL);
}
