/*
 * signer-host's base64 and base64url: the same rows for both (RFC 4648).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base64.h"
/* The verifier has one of that name. */
#include "../../signer-host/base64url.h"
#include "support.h"

static const struct {
    const char *padded;
    const char *url;
    const char *bytes; /* NULL: refused */
} rows[] = {
    {"", "", ""},
    {"Zg==", "Zg", "f"},
    {"Zm8=", "Zm8", "fo"},
    {"Zm9v", "Zm9v", "foo"},
    {"Zm9vYg==", "Zm9vYg", "foob"},
    {"AZaz09+/", "AZaz09-_", "\x01\x96\xb3\xd3\xdf\xbf"},
    {"Zg", "Zg==", NULL}, /* padding */
    {"Zg=", "Zg=", NULL},
    {"Z===", "Z", NULL},
    {"====", "=", NULL},
    {"Zg==Zg==", "Zg==Zg", NULL},
    {"Zh==", "Zh", NULL}, /* bits left over */
    {"Zm9=", "Zm9", NULL},
    {"AZaz09-_", "AZaz09+/", NULL}, /* the other alphabet */
    {"Zm9v\n", "Zm9v\n", NULL},
    {"Zm9v\r\nZm9", "Zm 9", NULL},
    {"\xc3\xa9"
     "AA",
     "\xc3\xa9"
     "AA",
     NULL},
    {"Zm9vZm9vZm9v", "Zm9vZm9vZm9v", NULL}, /* no room */
};

typedef bool (*decoder)(const char *text, size_t len, uint8_t *bytes,
                        size_t size, size_t *bytes_len);

static void check(decoder decode, const char *text, const char *expected)
{
    uint8_t bytes[8];
    size_t len;
    bool done = decode(text, strlen(text), bytes, sizeof bytes, &len);

    if (done != (expected != NULL))
        fail_msg("\"%s\"", text);
    if (done) {
        assert_int_equal(len, strlen(expected));
        assert_memory_equal(bytes, expected, len);
    }
}

static void test_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(base64_decode, rows[i].padded, rows[i].bytes);
        check(base64url_decode, rows[i].url, rows[i].bytes);
    }
}

static void test_encode(void **state)
{
    char text[16];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *bytes = rows[i].bytes;

        if (bytes == NULL)
            continue;
        base64_encode(bytes, strlen(bytes), text);
        assert_string_equal(text, rows[i].padded);
        assert_int_equal(strlen(text), BASE64_LENGTH(strlen(bytes)));
        base64url_encode(bytes, strlen(bytes), text);
        assert_string_equal(text, rows[i].url);
        assert_int_equal(strlen(text), BASE64URL_LENGTH(strlen(bytes)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_encode),
    };

    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
