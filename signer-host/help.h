/*
 * Help for a terminal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HELP_H
#define HELP_H

#include <stdio.h>

#include "command.h"

/* The commands and the key URIs. */
void help_overview(FILE *out);

/* One command and its options, to stdout. */
void help_command(const struct command *command);

/* What help and manual pages say alike. */
extern const char help_summary[];

struct help_key {
    const char *form; /* "file:PATH" */
    const char *text;
};
extern const struct help_key help_keys[]; /* form NULL ends it */

struct help_status {
    const char *number;
    const char *text;
};
extern const struct help_status help_statuses[]; /* number NULL ends it */

#endif
