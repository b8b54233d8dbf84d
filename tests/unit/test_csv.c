/*
 * CSV: what RFC 4180 knows, and the line of everything else.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "csv.h"

#include <stdlib.h>
#include <unistd.h>

#include "support.h"

#define COUNT(rows) (sizeof rows / sizeof rows[0])
#define BYTES(text) text, sizeof(text) - 1

/* Each record as LINE:FIELD|FIELD| and a space; or how the error ends. */
static const struct {
    const char *text;
    size_t len;
    const char *records;
    const char *error; /* NULL: none */
} rows[] = {
    {BYTES(""), "", NULL},
    {BYTES("\n\r\n\n"), "", NULL},
    {BYTES("a"), "1:a| ", NULL},
    {BYTES("a\n"), "1:a| ", NULL},
    {BYTES("a\r\nb\r\n"), "1:a| 2:b| ", NULL},
    {BYTES("a,b\n\nc,d"), "1:a|b| 3:c|d| ", NULL},
    {BYTES(",\n"), "1:|| ", NULL},
    {BYTES("a,"), "1:a|| ", NULL},
    {BYTES("\"\"\n"), "1:| ", NULL},
    {BYTES("\"a\""), "1:a| ", NULL},
    {BYTES("\"a,b\",\"c\"\"d\"\n"), "1:a,b|c\"d| ", NULL},
    {BYTES("\"a\r\nb\"\nc\n"), "1:a\r\nb| 3:c| ", NULL},
    {BYTES("\"a\"\r\nb"), "1:a| 2:b| ", NULL},
    {BYTES(" a , b "), "1: a | b | ", NULL},
    {BYTES("\xef\xbb\xbf"
           "a\n"),
     "1:a| ", NULL},
    {BYTES("\xef\xbb\xbf\"a\"\n"), "1:a| ", NULL},
    {BYTES("\xc3\xa4\n"), "1:\xc3\xa4| ", NULL},
    {BYTES("a\nb\"c\n"), "1:a| ", "line 2: a quote in the middle"},
    {BYTES("\"a\"b\n"), "", "line 1: text behind a closing quote"},
    {BYTES("\"a\" \n"), "", "line 1: text behind a closing quote"},
    {BYTES("a\n\"b\n\n\n"), "1:a| ", "line 2: a quote is never closed"},
    {BYTES("a\rb\n"), "", "line 1: a CR without an LF"},
    {BYTES("a\r"), "", "line 1: a CR without an LF"},
    {BYTES("a\r\r\n"), "", "line 1: a CR without an LF"},
    {BYTES("a\nb\0c\n"), "1:a| ", "line 2: a NUL"},
    {BYTES("\"\0\""), "", "line 1: a NUL"},
    {BYTES("a\n\xff\n"), "1:a| ", "line 2: a field is not UTF-8"},
    {BYTES("\xed\xa0\x80\n"), "", "line 1: a field is not UTF-8"},
    {BYTES("\xc0\x80\n"), "", "line 1: a field is not UTF-8"},
};

/* A file with these bytes. */
static void write_file(const void *bytes, size_t len, char *path)
{
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    (void)close(fd);
}

/* All records as text; the error's text if there is one. */
static void read_all(const char *path, char *text, size_t size,
                     struct error *error)
{
    struct csv *csv = csv_open(path, error);
    struct csv_record record;
    enum csv_result result;
    size_t len = 0;

    assert_non_null(csv);
    text[0] = '\0';
    error->text[0] = '\0';
    while ((result = csv_read(csv, &record, error)) == CSV_RECORD) {
        len += (size_t)snprintf(text + len, size - len, "%zu:", record.line);
        for (size_t i = 0; i < record.count; i++)
            len += (size_t)snprintf(text + len, size - len, "%s|",
                                    record.fields[i]);
        len += (size_t)snprintf(text + len, size - len, " ");
    }
    assert_int_equal(result == CSV_ERROR, error->text[0] != '\0');
    csv_close(csv);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char path[] = "/tmp/kjwt-csv-XXXXXX";
        char text[256];
        struct error error;

        write_file(rows[i].text, rows[i].len, path);
        read_all(path, text, sizeof text, &error);
        (void)unlink(path);
        if (strcmp(text, rows[i].records) != 0 ||
            (rows[i].error != NULL &&
             strstr(error.text, rows[i].error) == NULL) ||
            (rows[i].error == NULL && error.text[0] != '\0'))
            fail_msg("row %zu: %s %s", i, text, error.text);
    }
}

/* Fields across the reader's buffer, and the longest record. */
static void test_long(void **state)
{
    static char text[3 * CSV_MAX_RECORD - 100];
    char path[] = "/tmp/kjwt-csv-XXXXXX";
    struct csv_record record;
    struct error error;
    struct csv *csv;

    (void)state;
    memset(text, 'x', sizeof text);
    text[CSV_MAX_RECORD - 10] = '\n';
    text[2 * CSV_MAX_RECORD - 9] = '\n';
    write_file(text, sizeof text, path);
    csv = csv_open(path, &error);
    assert_non_null(csv);
    assert_int_equal(csv_read(csv, &record, &error), CSV_RECORD);
    assert_int_equal(strlen(record.fields[0]), CSV_MAX_RECORD - 10);
    assert_int_equal(csv_read(csv, &record, &error), CSV_RECORD);
    assert_int_equal(strlen(record.fields[0]), CSV_MAX_RECORD);
    assert_int_equal(csv_read(csv, &record, &error), CSV_RECORD);
    assert_int_equal(csv_read(csv, &record, &error), CSV_END);
    csv_close(csv);
    text[2 * CSV_MAX_RECORD - 9] = 'x';
    (void)unlink(path);
    strcpy(path, "/tmp/kjwt-csv-XXXXXX");
    write_file(text, sizeof text, path);
    csv = csv_open(path, &error);
    assert_int_equal(csv_read(csv, &record, &error), CSV_RECORD);
    assert_int_equal(csv_read(csv, &record, &error), CSV_ERROR);
    assert_non_null(strstr(error.text, "line 2: a record of more than"));
    csv_close(csv);
    (void)unlink(path);
}

/* Whatever is written is read again. */
static void test_write(void **state)
{
    static const char *const fields[] = {"a",    "a,b", "a\"b", "\"",
                                         "a\nb", "\r",  " a",   "\xc3\xa4",
                                         "\xef\xbb\xbfserial"};

    (void)state;
    for (size_t i = 0; i < COUNT(fields); i++) {
        char path[] = "/tmp/kjwt-csv-XXXXXX";
        char text[64];
        char expected[64];
        struct error error;
        FILE *file;

        write_file("", 0, path);
        file = fopen(path, "w");
        assert_non_null(file);
        csv_write_field(file, fields[i]);
        (void)fputs(",z\n", file);
        assert_int_equal(fclose(file), 0);
        read_all(path, text, sizeof text, &error);
        (void)unlink(path);
        (void)snprintf(expected, sizeof expected, "1:%s|z| ", fields[i]);
        assert_string_equal(text, expected);
    }
}

/* FIPS 180-4's "abc", mark and line ends included in what is hashed. */
static void test_digest(void **state)
{
    char path[] = "/tmp/kjwt-csv-XXXXXX";
    char hex[DIGEST_HEX_SIZE];
    char file_hex[DIGEST_HEX_SIZE];
    struct csv_record record;
    struct error error;
    struct csv *csv;

    (void)state;
    write_file("abc", 3, path);
    csv = csv_open(path, &error);
    assert_non_null(csv);
    while (csv_read(csv, &record, &error) == CSV_RECORD)
        ;
    csv_digest(csv, hex);
    csv_close(csv);
    assert_true(digest_file(path, file_hex, &error));
    (void)unlink(path);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9c"
                             "b410ff61f20015ad");
    assert_string_equal(file_hex, hex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_write),
        cmocka_unit_test(test_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
