/*
 * CSV, and the columns of a batch: what was read, written again, reads the
 * same.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../../signer-host/csv.h"

#include <stdio.h>

#include "batch_columns.h"
#include "signer.h"

static void write_record(FILE *out, const struct csv_record *record)
{
    must(record->count >= 1 && record->count <= CSV_MAX_FIELDS,
         "a record has fields");
    for (size_t i = 0; i < record->count; i++) {
        if (i > 0)
            (void)fputc(',', out);
        csv_write_field(out, record->fields[i]);
    }
    /* The empty record and the empty line are not the same. */
    if (record->count == 1 && record->fields[0][0] == '\0')
        (void)fputs("\"\"", out);
    (void)fputs("\r\n", out);
}

/* Reads all of it and writes it again. Returns whether that went well. */
static bool copy(const char *path, char **text, size_t *len)
{
    struct error error = {.text = ""};
    struct csv *csv = csv_open(path, &error);
    FILE *out = open_memstream(text, len);
    struct batch_columns columns = {.count = 0};
    struct csv_record record;
    struct members own = {.count = 0};
    const char *serial;
    enum csv_result result;
    bool has_columns = false;
    size_t line = 0;

    must(csv != NULL && out != NULL, "the file can be read");
    while ((result = csv_read(csv, &record, &error)) == CSV_RECORD) {
        must(record.line > line, "lines are counted");
        write_record(out, &record);
        if (has_columns) {
            (void)check_error(batch_columns_row(&columns, &record, &serial,
                                                &own, &error),
                              &error);
            members_free(&own);
            memset(&own, 0, sizeof own);
        }
        if (line == 0)
            has_columns = check_error(
                batch_columns_open(&record, &columns, &error), &error);
        line = record.line;
    }
    (void)check_error(result == CSV_END, &error);
    batch_columns_free(&columns);
    csv_close(csv);
    must(fclose(out) == 0, "there is memory");
    return result == CSV_END;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *once = NULL;
    char *twice = NULL;
    size_t once_len;
    size_t twice_len;

    if (copy(fuzz_file(0, data, size), &once, &once_len)) {
        must(copy(fuzz_file(1, once, once_len), &twice, &twice_len) &&
                 once_len == twice_len && memcmp(once, twice, once_len) == 0,
             "what was written reads the same");
        free(twice);
    }
    free(once);
    return 0;
}
