/*
 * The rows of `doctor`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "diagnosis.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_TEXT 1024

bool diagnosis_init(struct diagnosis *diagnosis, struct error *error)
{
    diagnosis->status = EXIT_DONE;
    diagnosis->rows = json_array();
    return diagnosis->rows != NULL || out_of_memory(error);
}

void diagnosis_free(struct diagnosis *diagnosis)
{
    json_decref(diagnosis->rows);
}

/* A text that is no UTF-8, a file's name say, is shown without it. */
static json_t *string_of(const char *text)
{
    char shown[MAX_TEXT];
    json_t *string = json_string(text);
    size_t i;

    if (string != NULL)
        return string;
    for (i = 0; i + 1 < sizeof shown && text[i] != '\0'; i++)
        shown[i] = '\x7f' > text[i] && text[i] >= ' ' ? text[i] : '?';
    shown[i] = '\0';
    return json_string(shown);
}

static void add(struct diagnosis *diagnosis, const char *check,
                const char *result, const char *text)
{
    json_t *row = json_pack("{s:s, s:s, s:o}", "check", check, "result", result,
                            "text", string_of(text));

    (void)json_array_append_new(diagnosis->rows, row);
}

static void add_formatted(struct diagnosis *diagnosis, const char *check,
                          const char *result, const char *format,
                          va_list arguments)
{
    char text[MAX_TEXT];

    (void)vsnprintf(text, sizeof text, format, arguments);
    error_clean(text);
    add(diagnosis, check, result, text);
}

void diagnosis_ok(struct diagnosis *diagnosis, const char *check,
                  const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_formatted(diagnosis, check, "ok", format, arguments);
    va_end(arguments);
}

void diagnosis_warn(struct diagnosis *diagnosis, const char *check,
                    const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add_formatted(diagnosis, check, "warning", format, arguments);
    va_end(arguments);
}

void diagnosis_fail(struct diagnosis *diagnosis, const char *check,
                    const struct error *error)
{
    add(diagnosis, check, "FAILED", error->text);
    if (error->status > diagnosis->status)
        diagnosis->status = error->status;
}

void diagnosis_next(struct diagnosis *diagnosis, const char *format, ...)
{
    size_t count = json_array_size(diagnosis->rows);
    json_t *row = json_array_get(diagnosis->rows, count - 1);
    char text[MAX_TEXT];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    error_clean(text);
    (void)json_object_set_new(row, "next", string_of(text));
}

static const char *member(const json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

void diagnosis_print(const struct diagnosis *diagnosis, bool as_json)
{
    const json_t *row;
    size_t i;

    if (as_json) {
        (void)json_dumpf(diagnosis->rows, stdout, JSON_INDENT(2));
        (void)putchar('\n');
        return;
    }
    json_array_foreach(diagnosis->rows, i, row)
    {
        (void)printf("%-8s %-17s %s\n", member(row, "result"),
                     member(row, "check"), member(row, "text"));
        if (member(row, "next") != NULL)
            (void)printf("%-8s %-17s next: %s\n", "", "", member(row, "next"));
    }
}
