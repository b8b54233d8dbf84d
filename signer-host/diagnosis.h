/*
 * What `doctor` finds: one row per thing looked at, with the next step where
 * something is wrong.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIAGNOSIS_H
#define DIAGNOSIS_H

#include <stdbool.h>

#include <jansson.h>

#include "error.h"

struct diagnosis {
    json_t *rows;            /* of objects: check, result, text, next */
    enum exit_status status; /* EXIT_USAGE goes before EXIT_REFUSED */
};

bool diagnosis_init(struct diagnosis *diagnosis, struct error *error);
void diagnosis_free(struct diagnosis *diagnosis);

/* A row; printf-like. check is a word or two: "Region", "kms:Sign". */
__attribute__((format(printf, 3, 4))) void
diagnosis_ok(struct diagnosis *diagnosis, const char *check, const char *format,
             ...);
__attribute__((format(printf, 3, 4))) void
diagnosis_warn(struct diagnosis *diagnosis, const char *check,
               const char *format, ...);

/* An error and its status. */
void diagnosis_fail(struct diagnosis *diagnosis, const char *check,
                    const struct error *error);

/* Puts the next step under the last row. */
__attribute__((format(printf, 2, 3))) void
diagnosis_next(struct diagnosis *diagnosis, const char *format, ...);

/* To standard output: a table, or an array of objects. */
void diagnosis_print(const struct diagnosis *diagnosis, bool as_json);

#endif
