/*
 * Comma-separated values by RFC 4180, strictly and a record at a time.
 *
 * Lines end in LF or CRLF, a UTF-8 byte order mark is skipped, empty lines do
 * not count. Everything else that RFC 4180 does not know is refused with its
 * line: bare CRs, quotes in the middle of a field, text behind a closing quote,
 * quotes left open, NULs, and what is not UTF-8.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "digest.h"
#include "error.h"

#define CSV_MAX_FIELDS 256
#define CSV_MAX_RECORD ((size_t)64 * 1024)

struct csv_record {
    size_t line; /* where it begins, from 1 */
    size_t count;
    const char *fields[CSV_MAX_FIELDS]; /* until the next csv_read() */
};

enum csv_result { CSV_RECORD, CSV_END, CSV_ERROR };

struct csv;

/* NULL with *error filled. */
struct csv *csv_open(const char *path, struct error *error);
void csv_close(struct csv *csv);

/* After CSV_ERROR there is no next record. */
enum csv_result csv_read(struct csv *csv, struct csv_record *record,
                         struct error *error);

/* How many bytes of how many are read; a pipe's size is 0. */
int64_t csv_position(const struct csv *csv);
int64_t csv_size(const struct csv *csv);

/* Of the whole file, after CSV_END. */
void csv_digest(const struct csv *csv, char hex[DIGEST_HEX_SIZE]);

/* A field, in quotes where it needs them. */
void csv_write_field(FILE *out, const char *text);

#endif
