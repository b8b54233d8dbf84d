/*
 * The forms in which a batch hands out its tokens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BATCH_FORMAT_H
#define BATCH_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "error.h"

struct batch_format {
    const char *name;   /* "csv" */
    const char *ending; /* of an --out that means it, or of one device's file */
    bool folder;        /* a file for each device, named by its serial */
    size_t max_token;   /* bytes; 0: as a device takes */
    const char *head;   /* a single file's first line, or "" */

    bool (*write)(FILE *out, const char *serial, const char *token,
                  struct error *error);
};

/* By --format and --label, else by the ending of out. NULL with *error. */
const struct batch_format *batch_format_find(const char *format,
                                             const char *label, const char *out,
                                             struct error *error);

/* Whether a token of this length and a serial's name fit. */
bool batch_format_check(const struct batch_format *format, const char *serial,
                        size_t token_len, struct error *error);

#endif
