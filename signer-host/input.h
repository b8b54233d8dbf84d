/*
 * Files and standard input, read whole and with a limit.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

struct input {
    char *data; /* len bytes and a NUL; free with input_free() */
    size_t len;
};

/* Reads the file, or standard input for "-": at most max + 1 bytes, so that
 * len > max tells that there is more. EXIT_USAGE when it cannot be read. */
bool input_read(const char *path, size_t max, struct input *input,
                struct error *error);

/* The same, and more than max bytes is an error. */
bool input_read_all(const char *path, size_t max, struct input *input,
                    struct error *error);

/* Clears the bytes, which may be a private key, before they are freed. */
void input_free(struct input *input);

#endif
