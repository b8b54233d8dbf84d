/*
 * CSV, JSON lines, files of tokens, NVS partitions and QR codes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "batch_format.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "csv.h"
#include "label.h"

/* NVS keeps strings of up to 4,000 bytes with their NUL. */
#define NVS_MAX_STRING 3999
/* NAME_MAX less the ending. */
#define MAX_FILE_NAME 240

/* -------------------------------------------------------------- writing --- */

static bool write_csv(FILE *out, const char *serial, const char *token,
                      struct error *error)
{
    (void)error;
    csv_write_field(out, serial);
    (void)fprintf(out, ",%s\n", token);
    return true;
}

static bool write_jsonl(FILE *out, const char *serial, const char *token,
                        struct error *error)
{
    json_t *line = json_pack("{s:s, s:s}", "serial", serial, "token", token);
    bool done = line != NULL && json_dumpf(line, out, JSON_COMPACT) == 0;

    json_decref(line);
    (void)fputc('\n', out);
    return done || ferror(out) || out_of_memory(error);
}

static bool write_token(FILE *out, const char *serial, const char *token,
                        struct error *error)
{
    (void)serial;
    (void)error;
    (void)fputs(token, out);
    return true;
}

/* The input of ESP-IDF's nvs_partition_gen.py, as its mfg_gen.py makes one for
 * each device. */
static bool write_nvs(FILE *out, const char *serial, const char *token,
                      struct error *error)
{
    (void)serial;
    (void)error;
    (void)fprintf(out,
                  "key,type,encoding,value\n"
                  "kjwt,namespace,,\n"
                  "token,data,string,%s\n",
                  token);
    return true;
}

static bool write_svg(FILE *out, const char *serial, const char *token,
                      struct error *error)
{
    return label_svg(out, token, serial, error);
}

static bool write_png(FILE *out, const char *serial, const char *token,
                      struct error *error)
{
    (void)serial;
    return label_png(out, token, error);
}

/* -------------------------------------------------------------- finding --- */

static const struct batch_format formats[] = {
    {"csv", ".csv", false, 0, "serial,token\n", write_csv},
    {"jsonl", ".jsonl", false, 0, "", write_jsonl},
    {"dir", ".jwt", true, 0, "", write_token},
    {"nvs", ".csv", true, NVS_MAX_STRING, "", write_nvs},
    {"qr", ".svg", true, LABEL_MAX_TEXT, "", write_svg},
    {"qr", ".png", true, LABEL_MAX_TEXT, "", write_png},
};
#define FORMAT_COUNT (sizeof formats / sizeof formats[0])

static bool ends_with(const char *text, const char *ending)
{
    size_t len = strlen(text);
    size_t ending_len = strlen(ending);

    return len > ending_len && strcasecmp(text + len - ending_len, ending) == 0;
}

static const struct batch_format *by_ending(const char *out)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if (!formats[i].folder && ends_with(out, formats[i].ending))
            return &formats[i];
    return &formats[2];
}

const struct batch_format *batch_format_find(const char *format,
                                             const char *label, const char *out,
                                             struct error *error)
{
    const char *ending = label != NULL ? label : "svg";
    const struct batch_format *first = format == NULL ? by_ending(out) : NULL;

    for (size_t i = 0; i < FORMAT_COUNT && first == NULL; i++)
        if (strcmp(formats[i].name, format) == 0)
            first = &formats[i];
    if (first == NULL) {
        (void)error_set(error, EXIT_USAGE,
                        "--format %s: one of csv, jsonl, dir, nvs, qr", format);
    } else if (label == NULL) {
        return first;
    } else if (strcmp(first->name, "qr") != 0) {
        (void)error_set(error, EXIT_USAGE,
                        "--label is for --format qr: leave it out, or give "
                        "that");
    } else if (strcmp(ending, "svg") == 0 || strcmp(ending, "png") == 0) {
        return first + (strcmp(ending, "png") == 0);
    } else {
        (void)error_set(error, EXIT_USAGE, "--label %s: svg or png", label);
    }
    return NULL;
}

/* ------------------------------------------------------------- checking --- */

/* CON, NUL, COM1 and the like are devices on Windows, with any ending. */
static bool is_device(const char *name)
{
    static const char *const names[] = {"con", "prn", "aux", "nul"};
    size_t len = strcspn(name, ".");

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (len == 3 && strncasecmp(name, names[i], 3) == 0)
            return true;
    return len == 4 && name[3] >= '1' && name[3] <= '9' &&
           (strncasecmp(name, "com", 3) == 0 ||
            strncasecmp(name, "lpt", 3) == 0);
}

/* The same file on Linux, macOS and Windows, in a shell and on an SD card. */
static bool is_file_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";
    size_t len = strlen(name);

    return strspn(name, letters) == len && len > 0 && len <= MAX_FILE_NAME &&
           name[0] != '.' && name[0] != '-' && name[len - 1] != '.' &&
           !is_device(name);
}

bool batch_format_check(const struct batch_format *format, const char *serial,
                        size_t token_len, struct error *error)
{
    if (format->folder && !is_file_name(serial))
        return error_set(error, EXIT_REFUSED,
                         "the serial %s is no safe name for a file (letters, "
                         "digits, . _ - within, at most %d): rename it, or "
                         "use --format csv or jsonl",
                         serial, MAX_FILE_NAME);
    if (format->max_token > 0 && token_len > format->max_token)
        return error_set(error, EXIT_REFUSED,
                         "the token would have %zu bytes, and --format %s "
                         "takes %zu: use fewer or shorter claims, or another "
                         "format",
                         token_len, format->name, format->max_token);
    return true;
}
