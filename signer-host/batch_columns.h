/*
 * The columns of a batch's input: which claim each one sets.
 *
 *     serial      required; the row's name, and its sub without a column sub
 *     NAME        a string
 *     NAME:=      a JSON value
 *     iat, exp, nbf   a NumericDate or RFC 3339
 *
 * An empty cell leaves its claim to the options.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BATCH_COLUMNS_H
#define BATCH_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "csv.h"
#include "error.h"
#include "members.h"

#define BATCH_MAX_SERIAL 255

struct batch_column {
    char *name; /* the header's field, without `:=` */
    enum { COLUMN_SERIAL, COLUMN_STRING, COLUMN_JSON, COLUMN_DATE } kind;
};

struct batch_columns {
    struct batch_column list[CSV_MAX_FIELDS];
    size_t count;
    size_t serial; /* its index */
    bool has_sub;
};

/* From the header's record. Free it whatever the result; {0} before. */
bool batch_columns_open(const struct csv_record *header,
                        struct batch_columns *columns, struct error *error);
void batch_columns_free(struct batch_columns *columns);

/* One row's serial and the claims of its own, which begin with sub. */
bool batch_columns_row(const struct batch_columns *columns,
                       const struct csv_record *record, const char **serial,
                       struct members *own, struct error *error);

#endif
