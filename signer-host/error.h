/*
 * An error on its way to stderr: what is wrong, what to do next, and the exit
 * status that follows from it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>

enum exit_status {
    EXIT_DONE = 0,    /* done */
    EXIT_REFUSED = 1, /* token rejected, a key that does not fit, KMS said no */
    EXIT_USAGE = 2    /* usage or I/O */
};

struct error {
    enum exit_status status;
    char text[1024];
};

/* Fills *error, printf-like; a text too long is cut, and control characters
 * become ?. Returns false, so that a failing function can end with it. */
__attribute__((format(printf, 3, 4))) bool error_set(struct error *error,
                                                     enum exit_status status,
                                                     const char *format, ...);

/* Puts "where: " before the text, where a caller knows the file's name and
 * the callee does not. Returns false. */
bool error_in(struct error *error, const char *where);

/* error_set() for an allocation that failed. Returns false. */
bool out_of_memory(struct error *error);

/* Puts ? for what a terminal would obey: control characters, in UTF-8 U+0080
 * to U+009F, too. Names and texts of other people's files hold anything. */
void error_clean(char *text);

#endif
