/*
 * base64url, exact (RFC 7515 2, RFC 4648).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base64url.h"
#include "support.h"

static const struct {
    const char *text;
    const char *bytes; /* NULL: refused */
    const char *clause;
} rows[] = {
    {"", "", "RFC 4648 10"},
    {"Zg", "f", "RFC 4648 10"},
    {"Zm8", "fo", "RFC 4648 10"},
    {"Zm9v", "foo", "RFC 4648 10"},
    {"Zm9vYg", "foob", "RFC 4648 10"},
    {"Zm9vYmE", "fooba", "RFC 4648 10"},
    {"Zm9vYmFy", "foobar", "RFC 4648 10"},
    {"_-_-", "\xff\xef\xfe", "RFC 4648 5"},
    {"A", NULL, "length = 1 mod 4"},
    {"Zm9vY", NULL, "length = 1 mod 4"},
    {"Zh", NULL, "RFC 4648 3.5: bits left over"},
    {"Zv", NULL, "RFC 4648 3.5: bits left over"},
    {"Zm9", NULL, "RFC 4648 3.5: bits left over"},
    {"Zm9vYh", NULL, "RFC 4648 3.5: bits left over"},
    {"Zg==", NULL, "RFC 7515 2: no padding"},
    {"Zm8=", NULL, "RFC 7515 2: no padding"},
    {"=", NULL, "RFC 7515 2: no padding"},
    {"+_-_", NULL, "RFC 4648 5: not the base64 alphabet"},
    {"/_-_", NULL, "RFC 4648 5: not the base64 alphabet"},
    {"Zm 9v", NULL, "RFC 4648 3.3"},
    {"Zm9v\n", NULL, "RFC 4648 3.3"},
    {"\xc3\xa9" "AA", NULL, "RFC 4648 3.3"},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[32];
        size_t len = 99;
        kjwt_status status;

        strcpy(text, rows[i].text);
        status = kjwt_base64url_decode(text, strlen(rows[i].text), &len);
        if ((status == KJWT_OK) != (rows[i].bytes != NULL))
            fail_msg("\"%s\" (%s)", rows[i].text, rows[i].clause);
        if (status != KJWT_OK) {
            assert_status(status, KJWT_ERR_BASE64URL);
            continue;
        }
        assert_int_equal(len, strlen(rows[i].bytes));
        assert_memory_equal(text, rows[i].bytes, len);
    }
}

/* Of all 256 bytes exactly the alphabet's 64 are taken, each for its value. */
static void test_alphabet(void **state)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789-_";

    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        char text[4] = {(char)byte, 'A', 'A', 'A'};
        const char *found =
            byte != 0 ? strchr(alphabet, byte) : NULL;
        size_t len;
        kjwt_status status = kjwt_base64url_decode(text, 4, &len);

        assert_status(status, found != NULL ? KJWT_OK : KJWT_ERR_BASE64URL);
        if (found != NULL)
            assert_int_equal((uint8_t)text[0] >> 2, found - alphabet);
    }
}

static uint32_t folded(const char *bytes, size_t len)
{
    uint32_t fold = 0;

    for (size_t i = 0; i < len; i++)
        fold ^= (uint32_t)(uint8_t)bytes[i] << (24 - 8 * (i % 4));
    return fold;
}

/* What is accepted folds to one word, as text and as bytes. */
static void test_fold(void **state)
{
    (void)state;
    for (size_t i = 1; i < sizeof rows / sizeof rows[0]; i++) {
        const char *bytes = rows[i].bytes;

        if (bytes == NULL)
            continue;
        assert_int_equal(kjwt_base64url_fold(rows[i].text,
                                             strlen(rows[i].text)),
                         folded(bytes, strlen(bytes)));
        assert_int_equal(kjwt_base64url_fold_decoded(bytes, strlen(bytes)),
                         folded(bytes, strlen(bytes)));
    }
    assert_int_equal(kjwt_base64url_fold_decoded("", 0), 0);
    assert_int_equal(kjwt_base64url_fold("Zm9vYmFyZm9vYmFy", 16),
                     folded("foobarfoobar", 12));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_alphabet),
        cmocka_unit_test(test_fold),
    };

    return cmocka_run_group_tests_name("base64url", tests, NULL, NULL);
}
