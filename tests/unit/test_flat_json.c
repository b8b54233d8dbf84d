/*
 * Flat JSON: the same as jansson says of every text.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "flat_json.h"
#include "support.h"

#define LOAD_FLAGS (JSON_REJECT_DUPLICATES | JSON_DECODE_ANY)

static void check_load(const char *text, size_t len)
{
    json_t *expected = json_loadb(text, len, LOAD_FLAGS, NULL);
    json_t *found = flat_json_load(text, len);

    if ((expected == NULL) != (found == NULL) ||
        (found != NULL && !json_equal(expected, found)))
        fail_msg("%.*s: not as jansson reads it", (int)len, text);
    json_decref(expected);
    json_decref(found);
}

/* Each row whole, and cut off after each of its bytes. */
static void test_load(void **state)
{
    static const char *const rows[] = {
        "{}",
        "{\"a\":\"b\"}",
        " {\n\t\"a\" : \"b\" ,\r\"c\":\"\" } ",
        ("{\"KeyId\":\"arn:aws:kms:eu-central-1:1:key/2\",\"Signature\":"
         "\"a/+=\",\"SigningAlgorithm\":\"RSASSA_PKCS1_V1_5_SHA_256\"}"),
        "{\"a\":\"b\",}",
        "{,\"a\":\"b\"}",
        "{\"a\":\"b\"\"c\":\"d\"}",
        "{\"a\":\"b\"}}",
        "{\"a\":\"b\"} x",
        "{\"a\":\"b\",\"a\":\"b\"}",
        "{\"a\":\"b\",\"\\u0061\":\"b\"}",
        "{\"\":\"\"}",
        "{\"a\":\"\\u0041\\n\\\"\"}",
        "{\"a\":\"\xc3\xa9\"}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\x7f\"}",
        "{\"a\":\"\x1f\"}",
        "{\"a\":1}",
        "{\"a\":null}",
        "{\"a\":[\"b\"]}",
        "{\"a\":{\"b\":\"c\"}}",
        /* a name of 64 characters */
        "{\"012345678901234567890123456789012345678901234567890123456789abcd\":\"\"}",
        "[\"a\"]",
        "\"a\"",
        "null",
        "{'a':'b'}",
        "\xef\xbb\xbf{\"a\":\"b\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (size_t len = 0; len <= strlen(rows[i]); len++)
            check_load(rows[i], len);
    check_load("{\"a\":\"\0\"}", 9);
    check_load("{\"a\0\":\"b\"}", 10);
    check_load("{\"a\":\"b\"}\0", 10);
}

static void test_dump(void **state)
{
    static const char *const rows[] = {
        "{}",
        "{\"a\":\"b\"}",
        "{\"z\":\"1\",\"a\":\"2\",\"\":\"\"}",
        "{\"a\":\"\\\"\\\\\\/\\n\\u0001\\u007f\"}",
        "{\"\\n\":\"\"}",
        "{\"a\":\"\\u00e9\"}",
        "{\"a\":\"b\",\"c\":1}",
        "{\"a\":{\"b\":\"c\"}}",
        "[\"a\"]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *json = json_loads(rows[i], 0, NULL);
        char *expected = json_dumps(json, JSON_COMPACT);
        char *found = flat_json_dump(json);

        assert_non_null(found);
        assert_string_equal(found, expected);
        free(expected);
        free(found);
        json_decref(json);
    }
    assert_null(flat_json_dump(NULL));
}

static void test_string(void **state)
{
    static const char *const rows[] = {"",         "a",   "RSASSA/+=", "\"",
                                       "\\",       "\n",  "\x01",      "\x7f",
                                       "\xc3\xa9", "\xff"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *json = json_string(rows[i]);
        char *expected = json_dumps(json, JSON_ENCODE_ANY);
        char *found = flat_json_string(rows[i]);

        if (expected == NULL)
            assert_null(found);
        else
            assert_string_equal(found, expected);
        free(expected);
        free(found);
        json_decref(json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_dump),
        cmocka_unit_test(test_string),
    };

    return cmocka_run_group_tests_name("flat_json", tests, NULL, NULL);
}
