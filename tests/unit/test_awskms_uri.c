/*
 * awskms: key URIs, exact.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "awskms_uri.h"
#include "support.h"

#define ID    "1234abcd-12ab-34cd-56ef-1234567890ab"
#define KEY   "arn:aws:kms:eu-central-1:111122223333:key/" ID
#define ALIAS "arn:aws-cn:kms:cn-north-1:111122223333:alias/bench/7"

static const struct {
    const char *text;
    struct awskms_uri uri;
} taken[] = {
    {"awskms:///alias/bench", {.key = "alias/bench"}},
    {"awskms:///alias/a/b_c-D", {.key = "alias/a/b_c-D"}},
    {"awskms:///" ID, {.key = ID}},
    {"awskms:///mrk-1234abcd", {.key = "mrk-1234abcd"}},
    {"awskms:///" KEY, {.key = KEY, .arn_region = "eu-central-1"}},
    {"awskms:///" ALIAS, {.key = ALIAS, .arn_region = "cn-north-1"}},
    {"awskms:///alias%2Fbench", {.key = "alias/bench"}},
    {"awskms:///%61lias/b", {.key = "alias/b"}},
    {"awskms://localhost:4566/alias/b",
     {.host = "localhost:4566", .key = "alias/b"}},
    {"awskms://[::1]:80/alias/b", {.host = "[::1]:80", .key = "alias/b"}},
    {"awskms:///alias/b?region=us-east-1",
     {.key = "alias/b", .region = "us-east-1"}},
    {"awskms:///alias/b?profile=a%20b%26c&region=x",
     {.key = "alias/b", .region = "x", .profile = "a b&c"}},
    {"awskms://h/" KEY "?profile=p",
     {.host = "h", .key = KEY, .arn_region = "eu-central-1", .profile = "p"}},
};

static const char *const refused[] = {
    "awskms:",
    "awskms:/",
    "awskms://",
    "awskms:///",
    "awskms://localhost:4566",
    "awskms:alias/b",
    "awskms:/alias/b",
    "awskms://alias",
    "AWSKMS:///alias/b",
    "awskms:///alias/",
    "awskms:///alias/b c",
    "awskms:///alias/b#c",
    "awskms:///alias/b%",
    "awskms:///alias/b%2",
    "awskms:///alias/b%zz",
    "awskms:///alias/b%00",
    "awskms:///alias/b%0a",
    "awskms:///alias/\xc3\xa9",
    "awskms:///bench/7",
    "awskms:///a:b",
    "awskms:///ALIAS/b",
    "awskms:///arn:aws:kms",
    "awskms:///arn:aws:kms:eu-central-1:111122223333",
    "awskms:///arn:aws:kms::111122223333:key/" ID,
    "awskms:///arn:aws:kms:eu-central-1:111122223333:grant/x",
    "awskms:///arn:aws:s3:eu-central-1:111122223333:key/" ID,
    "awskms://user@host/alias/b",
    "awskms://host%2f/alias/b",
    "awskms:///alias/b?",
    "awskms:///alias/b?region",
    "awskms:///alias/b?region=",
    "awskms:///alias/b?region=x&",
    "awskms:///alias/b?region=x&region=x",
    "awskms:///alias/b?profile=%",
    "awskms:///alias/b?Region=x",
    "awskms:///alias/b?endpoint=x",
    "awskms:///alias/b?region=x&foo=1",
    "awskms://?region=x",
};

static void check(const char *text, const char *actual, const char *expected)
{
    if ((actual != NULL) != (expected != NULL) ||
        (actual != NULL && strcmp(actual, expected) != 0))
        fail_msg("%s: %s", text, actual != NULL ? actual : "NULL");
}

static void test_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        const struct awskms_uri *expected = &taken[i].uri;
        struct awskms_uri uri;
        struct error error = {.text = ""};

        if (!awskms_uri_parse(taken[i].text, &uri, &error))
            fail_msg("%s: %s", taken[i].text, error.text);
        check(taken[i].text, uri.host, expected->host);
        check(taken[i].text, uri.key, expected->key);
        check(taken[i].text, uri.arn_region, expected->arn_region);
        check(taken[i].text, uri.region, expected->region);
        check(taken[i].text, uri.profile, expected->profile);
        awskms_uri_free(&uri);
    }
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct awskms_uri uri;
        struct error error = {.text = ""};

        if (awskms_uri_parse(refused[i], &uri, &error))
            fail_msg("%s", refused[i]);
        assert_int_equal(error.status, EXIT_USAGE);
        assert_string_not_equal(error.text, "");
        assert_null(uri.key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_taken),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests_name("awskms_uri", tests, NULL, NULL);
}
