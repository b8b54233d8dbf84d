/*
 * Running another program for what it prints, with limits.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SUBPROCESS_H
#define SUBPROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define SUBPROCESS_STDERR_SIZE 512

struct subprocess_output {
    char *data;  /* stdout: size bytes, may be secret */
    size_t size; /* room in data; more than that is an error */
    size_t len;  /* what came */
    char complaint[SUBPROCESS_STDERR_SIZE]; /* stderr's end as one line */
};

/* Runs argv[0], found by PATH, without a shell, with this process's
 * environment and folder, stdin from /dev/null, for timeout_ms at most. What
 * is no exit status of 0 is an error, with the end of its stderr. */
bool subprocess_run(char *const *argv, int64_t timeout_ms,
                    struct subprocess_output *output, struct error *error);

#endif
