/*
 * The words of a command line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct word {
    const char *text; /* not terminated */
    size_t len;
};

/* Takes the next word, up to a space or the end, off a line. len 0: none. */
struct word words_next(const char **line, size_t *len);

bool words_equal(struct word word, const char *text);

/* Decimal, with the whole range of int64_t. */
bool words_int64(struct word word, int64_t *value);

#endif
