/*
 * AWS's error answers: whatever the body is, there is a name or a text to show.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_error.h"
#include "support.h"

static const struct {
    const char *body;
    const char *type_header;
    const char *name;
    const char *message;
} rows[] = {
    {"{\"__type\":\"NotFoundException\",\"message\":\"m\"}", NULL,
     "NotFoundException", "m"},
    {"{\"__type\":\"NotFoundException\",\"Message\":\"m\"}", NULL,
     "NotFoundException", "m"},
    {"{\"__type\":\"NotFoundException\"}", NULL, "NotFoundException", ""},
    {"{\"__type\":\"com.amazonaws.kms#NotFoundException\"}", NULL,
     "NotFoundException", ""},
    {"{\"__type\":\"a.b#NotFoundException:http://x/#y\"}", NULL,
     "NotFoundException", ""},
    {"{\"__type\":\"NotFoundException:http://x/\"}", NULL, "NotFoundException",
     ""},
    /* The body goes before the header. */
    {"{\"__type\":\"A\",\"message\":\"m\"}", "B", "A", "m"},
    {"{\"message\":\"m\"}", "a#B:http://x/", "B", "m"},
    {"{\"message\":\"m\"}", NULL, "", "m"},
    {"", "DisabledException:http://x/", "DisabledException", ""},
    {"", NULL, "", ""},
    {"{\"__type\":5,\"message\":{}}", NULL, "",
     "{\"__type\":5,\"message\":{}}"},
    {"[1]", NULL, "", "[1]"},
    {"null", NULL, "", "null"},
    /* XML, as services with the Query protocol answer. */
    {"<?xml version=\"1.0\"?>\n<ErrorResponse><Errors><Error><Code>"
     "AccessDenied</Code><Message>no\n kms:Sign</Message></Error></Errors>",
     NULL, "AccessDenied", "no kms:Sign"},
    {"<Code></Code><Message>m</Message>", NULL, "",
     "<Code></Code><Message>m</Message>"},
    {"<Code>cut off", NULL, "", "<Code>cut off"},
    {"<html>\r\n<title>502 Bad Gateway</title>\r\n", NULL, "",
     "<html> <title>502 Bad Gateway</title>"},
    /* Nothing that a terminal obeys. */
    {"{\"__type\":\"X\\u001b[2J\",\"message\":\"a\\tb\\u0007 \\u009b1m\"}",
     NULL, "X [2J", "a b ??1m"},
    {"\x1b]0;title\x07 text\x7f", NULL, "", "]0;title text?"},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct aws_error error;

        aws_error_read(rows[i].body, strlen(rows[i].body), rows[i].type_header,
                       NULL, &error);
        if (strcmp(error.name, rows[i].name) != 0 ||
            strcmp(error.message, rows[i].message) != 0)
            fail_msg("%s -> \"%s\", \"%s\"", rows[i].body, error.name,
                     error.message);
        assert_string_equal(error.request_id, "");
    }
}

static void test_request_id(void **state)
{
    static const char xml[] = "<Code>A</Code><RequestId>in-xml</RequestId>";
    struct aws_error error;

    (void)state;
    aws_error_read("{}", 2, NULL, "in-header", &error);
    assert_string_equal(error.request_id, "in-header");
    aws_error_read(xml, strlen(xml), NULL, NULL, &error);
    assert_string_equal(error.request_id, "in-xml");
    aws_error_read(xml, strlen(xml), NULL, "in-header", &error);
    assert_string_equal(error.request_id, "in-header");
}

/* What is too long is cut, NULs and non-UTF-8 are survived. */
static void test_bytes(void **state)
{
    struct aws_error error;
    char body[4096];

    (void)state;
    memset(body, 'x', sizeof body);
    aws_error_read(body, sizeof body, NULL, NULL, &error);
    assert_int_equal(strlen(error.message), 200);
    memset(body, '\0', sizeof body);
    aws_error_read(body, sizeof body, NULL, NULL, &error);
    assert_string_equal(error.message, "");
    memset(body, 0xff, sizeof body);
    aws_error_read(body, sizeof body, NULL, NULL, &error);
    assert_int_equal(strlen(error.message), 200);
    assert_int_equal(error.message[0], '?');
    memset(body, '[', sizeof body);
    aws_error_read(body, sizeof body, NULL, NULL, &error);
    assert_string_equal(error.name, "");

    (void)snprintf(body, sizeof body,
                   "{\"__type\":\"%0200d\",\"message\":"
                   "\"%02000d\"}",
                   1, 2);
    aws_error_read(body, strlen(body), NULL, NULL, &error);
    assert_int_equal(strlen(error.name), sizeof error.name - 1);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
}

static void test_advice(void **state)
{
    static const struct {
        const char *name;
        const char *word; /* of the advice; NULL: there is none */
        bool of_clock;
    } names[] = {
        {"AccessDeniedException", "policy", false},
        {"NotFoundException", "Region", false},
        {"ExpiredTokenException", "renew the session", false},
        {"UnrecognizedClientException", "renew the session", false},
        {"InvalidClientTokenId", "renew the session", false},
        {"DisabledException", "enable", false},
        {"KMSInvalidStateException", "pending deletion", false},
        {"InvalidKeyUsageException", "SIGN_VERIFY", false},
        {"UnsupportedOperationException", "SIGN_VERIFY", false},
        {"ThrottlingException", "AWS_MAX_ATTEMPTS", false},
        {"KeyUnavailableException", "later", false},
        {"LimitExceededException", "quota", false},
        {"IncompleteSignatureException", "token", false},
        {"InvalidSignatureException", "secret access key", true},
        {"SignatureDoesNotMatch", "secret access key", true},
        {"AuthFailure", "secret access key", true},
        {"RequestExpired", "clock", true},
        {"RequestInTheFuture", "clock", true},
        {"RequestTimeTooSkewed", "clock", true},
        {"NoSuchException", NULL, false},
        {"", NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *advice = aws_error_advice(names[i].name);

        if ((advice != NULL) != (names[i].word != NULL) ||
            (advice != NULL && strstr(advice, names[i].word) == NULL) ||
            aws_error_is_of_clock(names[i].name) != names[i].of_clock)
            fail_msg("%s: %s", names[i].name, advice != NULL ? advice : "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_request_id),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_advice),
    };

    return cmocka_run_group_tests_name("aws_error", tests, NULL, NULL);
}
