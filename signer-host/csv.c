/*
 * Reading and writing CSV.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "csv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#define BUFFER_SIZE ((size_t)64 * 1024)

static const char byte_order_mark[3] = {'\xef', '\xbb', '\xbf'};

enum state {
    FIELD_START, /* nothing of the field is read yet */
    PLAIN,       /* in a field without quotes */
    QUOTED,      /* between quotes */
    QUOTE,       /* behind a quote in a quoted field: its end, or a "" */
    CR,          /* only an LF may follow */
    RECORD_END
};

struct csv {
    int fd;
    const char *path;
    struct digest digest;
    int64_t read; /* bytes */
    uint8_t buffer[BUFFER_SIZE];
    size_t at;
    size_t len;

    enum state state;
    size_t line;       /* of the next byte */
    size_t quote_line; /* of the last opening quote */
    char text[CSV_MAX_RECORD + CSV_MAX_FIELDS + 1]; /* fields, NULs */
    size_t text_len;
    size_t starts[CSV_MAX_FIELDS]; /* of the fields in text */
    size_t count;
};

/* --------------------------------------------------------------- errors --- */

static bool fail(const struct csv *csv, size_t line, const char *what,
                 struct error *error)
{
    return error_set(error, EXIT_USAGE, "%s, line %zu: %s", csv->path, line,
                     what);
}

static bool cannot_read(const char *path, struct error *error)
{
    return error_set(error, EXIT_USAGE, "cannot read %s: %s", path,
                     strerror(errno));
}

/* ---------------------------------------------------------------- bytes --- */

/* The next bytes into the buffer; csv->len is 0 at the end of the file. */
static bool fill(struct csv *csv, struct error *error)
{
    ssize_t got;

    do
        got = read(csv->fd, csv->buffer, sizeof csv->buffer);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return cannot_read(csv->path, error);
    csv->at = 0;
    csv->len = (size_t)got;
    csv->read += got;
    digest_add(&csv->digest, csv->buffer, csv->len);
    return true;
}

static bool peek(struct csv *csv, bool *ended, struct error *error)
{
    if (csv->at == csv->len && !fill(csv, error))
        return false;
    *ended = csv->len == 0;
    return true;
}

static bool skip_mark(struct csv *csv, struct error *error)
{
    const size_t size = sizeof byte_order_mark;

    if (!fill(csv, error))
        return false;
    if (csv->len >= size && memcmp(csv->buffer, byte_order_mark, size) == 0)
        csv->at = size;
    return true;
}

/* --------------------------------------------------------------- fields --- */

static bool start_field(struct csv *csv, struct error *error)
{
    if (csv->count == CSV_MAX_FIELDS)
        return fail(csv, csv->line, "more than 256 fields", error);
    csv->starts[csv->count++] = csv->text_len;
    csv->state = FIELD_START;
    return true;
}

static bool put(struct csv *csv, char byte, struct error *error)
{
    if (csv->text_len >= CSV_MAX_RECORD)
        return csv->state == QUOTED
                   ? fail(csv, csv->quote_line,
                          "a quoted field of more than 65536 bytes: is its "
                          "closing quote missing?",
                          error)
                   : fail(csv, csv->line, "a record of more than 65536 bytes",
                          error);
    csv->text[csv->text_len++] = byte;
    return true;
}

static bool end_field(struct csv *csv, struct error *error)
{
    const char *text = csv->text + csv->starts[csv->count - 1];
    size_t len = csv->text_len - csv->starts[csv->count - 1];
    json_t *string = json_stringn(text, len);

    if (string == NULL)
        return fail(csv, csv->line,
                    "a field is not UTF-8: save the file as CSV UTF-8", error);
    json_decref(string);
    csv->text[csv->text_len++] = '\0';
    return true;
}

/* A comma, a line's end, or the first byte of a field's text. */
static bool outside(struct csv *csv, char byte, struct error *error)
{
    switch (byte) {
    case ',':
        return end_field(csv, error) && start_field(csv, error);
    case '\r':
        csv->state = CR;
        return true;
    case '\n':
        csv->state = RECORD_END;
        return end_field(csv, error);
    case '"':
        if (csv->state != FIELD_START)
            return fail(csv, csv->line,
                        "a quote in the middle of a field: put the whole "
                        "field into quotes, and write \"\" for one",
                        error);
        csv->state = QUOTED;
        csv->quote_line = csv->line;
        return true;
    default:
        csv->state = PLAIN;
        return put(csv, byte, error);
    }
}

static bool behind_quote(struct csv *csv, char byte, struct error *error)
{
    if (byte == '"') {
        csv->state = QUOTED;
        return put(csv, byte, error);
    }
    if (byte != ',' && byte != '\r' && byte != '\n')
        return fail(csv, csv->line,
                    "text behind a closing quote: a quote within a field is "
                    "written \"\"",
                    error);
    return outside(csv, byte, error);
}

static bool take(struct csv *csv, char byte, struct error *error)
{
    if (byte == '\0')
        return fail(csv, csv->line,
                    "a NUL: is the file UTF-16? Save it as CSV UTF-8", error);
    switch (csv->state) {
    case QUOTED:
        if (byte != '"')
            return put(csv, byte, error);
        csv->state = QUOTE;
        return true;
    case QUOTE:
        return behind_quote(csv, byte, error);
    case CR:
        if (byte != '\n')
            return fail(csv, csv->line,
                        "a CR without an LF: lines end in LF or CRLF", error);
        return outside(csv, byte, error);
    default:
        return outside(csv, byte, error);
    }
}

/* -------------------------------------------------------------- records --- */

/* Where the file ends, the last line may lack its LF. */
static bool end_file(struct csv *csv, struct error *error)
{
    if (csv->state == QUOTED)
        return fail(csv, csv->quote_line, "a quote is never closed", error);
    if (csv->state == CR)
        return fail(csv, csv->line,
                    "a CR without an LF: lines end in LF or CRLF", error);
    csv->state = RECORD_END;
    return end_field(csv, error);
}

/* One record, which may be empty; *ended when there is none at all. */
static bool read_record(struct csv *csv, bool *ended, struct error *error)
{
    csv->text_len = 0;
    csv->count = 0;
    if (!peek(csv, ended, error) || *ended)
        return *ended;
    if (!start_field(csv, error))
        return false;
    while (csv->state != RECORD_END) {
        char byte;

        if (!peek(csv, ended, error))
            return false;
        if (*ended) {
            *ended = false;
            return end_file(csv, error);
        }
        byte = (char)csv->buffer[csv->at++];
        if (!take(csv, byte, error))
            return false;
        csv->line += byte == '\n';
    }
    return true;
}

enum csv_result csv_read(struct csv *csv, struct csv_record *record,
                         struct error *error)
{
    bool ended;

    do {
        record->line = csv->line;
        csv->quote_line = 0;
        if (!read_record(csv, &ended, error))
            return CSV_ERROR;
        if (ended)
            return CSV_END;
    } while (csv->count == 1 && csv->text[0] == '\0' && csv->quote_line == 0);
    record->count = csv->count;
    for (size_t i = 0; i < csv->count; i++)
        record->fields[i] = csv->text + csv->starts[i];
    return CSV_RECORD;
}

int64_t csv_position(const struct csv *csv)
{
    return csv->read - (int64_t)(csv->len - csv->at);
}

int64_t csv_size(const struct csv *csv)
{
    struct stat status;

    return fstat(csv->fd, &status) == 0 ? (int64_t)status.st_size : 0;
}

void csv_digest(const struct csv *csv, char hex[DIGEST_HEX_SIZE])
{
    digest_hex(&csv->digest, hex);
}

struct csv *csv_open(const char *path, struct error *error)
{
    struct csv *csv = calloc(1, sizeof *csv);

    if (csv == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    csv->path = path;
    csv->line = 1;
    digest_start(&csv->digest);
    csv->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (csv->fd < 0 ? cannot_read(path, error) : skip_mark(csv, error))
        return csv;
    csv_close(csv);
    return NULL;
}

void csv_close(struct csv *csv)
{
    if (csv == NULL)
        return;
    if (csv->fd >= 0)
        (void)close(csv->fd);
    free(csv);
}

/* -------------------------------------------------------------- writing --- */

void csv_write_field(FILE *out, const char *text)
{
    /* A field that begins the file is no byte order mark. */
    const bool marked =
        strncmp(text, byte_order_mark, sizeof byte_order_mark) == 0;

    if (!marked && text[strcspn(text, ",\"\r\n")] == '\0') {
        (void)fputs(text, out);
        return;
    }
    (void)fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            (void)fputc('"', out);
        (void)fputc(*text, out);
    }
    (void)fputc('"', out);
}
