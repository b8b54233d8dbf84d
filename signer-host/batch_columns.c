/*
 * From cells to claims.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "batch_columns.h"

#include <stdlib.h>
#include <string.h>

#include "time_text.h"

/* --------------------------------------------------------------- header --- */

/* Options of mint that a header might mean, and that would become claims. */
static bool check_name(const char *name, struct error *error)
{
    static const char *const options[] = {"ttl",    "no-exp", "kid",  "no-kid",
                                          "header", "claims", "claim"};

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(name, options[i]) == 0)
            return error_set(error, EXIT_USAGE,
                             "the column %s would be a claim of that name, and "
                             "--%s is for all rows: rename it, or write %s:= "
                             "for a claim as JSON",
                             name, name, name);
    return true;
}

static bool is_date(const char *name)
{
    return strcmp(name, "iat") == 0 || strcmp(name, "exp") == 0 ||
           strcmp(name, "nbf") == 0;
}

static bool parse_name(const char *field, struct batch_column *column,
                       struct error *error)
{
    size_t len = strlen(field);

    column->kind = COLUMN_STRING;
    if (len >= 2 && strcmp(field + len - 2, ":=") == 0) {
        column->kind = COLUMN_JSON;
        len -= 2;
    }
    column->name = strndup(field, len);
    if (column->name == NULL)
        return out_of_memory(error);
    if (len == 0)
        return error_set(error, EXIT_USAGE,
                         "a column has no name: name it in the first line");
    if (strcmp(column->name, "serial") == 0) {
        if (column->kind == COLUMN_JSON)
            return error_set(error, EXIT_USAGE,
                             "the column serial is a string: write serial "
                             "without :=");
        column->kind = COLUMN_SERIAL;
    }
    if (column->kind != COLUMN_STRING)
        return true;
    if (is_date(column->name))
        column->kind = COLUMN_DATE;
    return check_name(column->name, error);
}

static const struct batch_column *find(const struct batch_columns *columns,
                                       const char *name)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(columns->list[i].name, name) == 0)
            return &columns->list[i];
    return NULL;
}

static bool no_serial(const struct csv_record *header, struct error *error)
{
    for (size_t i = 0; i < header->count; i++)
        if (strcasecmp(header->fields[i], "serial") == 0)
            return error_set(error, EXIT_USAGE,
                             "no column serial: there is one %s, and names "
                             "are case-sensitive",
                             header->fields[i]);
    return error_set(error, EXIT_USAGE,
                     "no column serial: the first line must name the columns, "
                     "separated by commas%s",
                     header->count == 1 &&
                             strpbrk(header->fields[0], ";\t") != NULL
                         ? ", not by semicolons or tabs"
                         : "");
}

bool batch_columns_open(const struct csv_record *header,
                        struct batch_columns *columns, struct error *error)
{
    for (size_t i = 0; i < header->count; i++) {
        struct batch_column *column = &columns->list[i];

        if (!parse_name(header->fields[i], column, error)) {
            free(column->name);
            return false;
        }
        if (find(columns, column->name) != NULL) {
            (void)error_set(error, EXIT_USAGE,
                            "two columns are named %s: keep one", column->name);
            free(column->name);
            return false;
        }
        if (column->kind == COLUMN_SERIAL)
            columns->serial = i;
        columns->count++;
    }
    columns->has_sub = find(columns, "sub") != NULL;
    return find(columns, "serial") != NULL || no_serial(header, error);
}

void batch_columns_free(struct batch_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        free(columns->list[i].name);
    columns->count = 0;
}

/* ------------------------------------------------------------------ row --- */

static bool check_serial(const char *serial, struct error *error)
{
    if (*serial == '\0')
        return error_set(error, EXIT_USAGE,
                         "the serial is empty: every row needs one");
    if (strlen(serial) > BATCH_MAX_SERIAL)
        return error_set(error, EXIT_USAGE, "a serial has at most %d bytes",
                         BATCH_MAX_SERIAL);
    for (const char *at = serial; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return error_set(error, EXIT_USAGE,
                             "the serial %s has a control character", serial);
    return true;
}

static bool set_date(const char *name, const char *text, struct members *own,
                     struct error *error)
{
    int64_t date;

    return date_parse(text, &date)
               ? members_set_integer(own, name, date, error)
               : error_set(error, EXIT_USAGE, "%s %s: write " DATE_FORMS, name,
                           text);
}

static bool set_claim(const struct batch_column *column, const char *text,
                      struct members *own, struct error *error)
{
    if (*text == '\0')
        return true;
    switch (column->kind) {
    case COLUMN_STRING:
        return members_set_string(own, column->name, text, error);
    case COLUMN_DATE:
        return set_date(column->name, text, own, error);
    case COLUMN_JSON:
        return members_set_json(own, column->name, text, error) ||
               error_in(error, column->name);
    default:
        return true;
    }
}

bool batch_columns_row(const struct batch_columns *columns,
                       const struct csv_record *record, const char **serial,
                       struct members *own, struct error *error)
{
    *serial = NULL;
    if (record->count != columns->count)
        return error_set(error, EXIT_USAGE,
                         "%zu fields where the first line has %zu: add or "
                         "remove commas, or put a field with a comma into "
                         "quotes",
                         record->count, columns->count);
    *serial = record->fields[columns->serial];
    if (!check_serial(*serial, error) ||
        !members_set_string(own, "sub", *serial, error))
        return false;
    for (size_t i = 0; i < record->count; i++)
        if (!set_claim(&columns->list[i], record->fields[i], own, error))
            return false;
    return true;
}
