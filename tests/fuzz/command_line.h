/*
 * Commands of signer-host, run with arguments that an input holds.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FUZZ_COMMAND_LINE_H
#define FUZZ_COMMAND_LINE_H

#include "command.h"
#include "fuzz.h"

/* Arguments of an input; argv has room for two more. */
#define COMMAND_LINE_MAX  24
#define COMMAND_LINE_SIZE (COMMAND_LINE_MAX + 2)

/* Splits text at its line ends. Leaves out what begins with one of `files`,
 * which NULL ends: the options that name files. Returns how many there are. */
int command_line_split(char *text, const char *const *files, char **argv);

/* Whether argv is what the command may be run with, and no call for help.
 * *options is the caller's to free in any case. */
bool command_line_parse(const struct command *command, int argc, char **argv,
                        struct options *options);

/* What the command did; *printed is what it wrote to standard output, made
 * with malloc. */
bool command_line_run(const struct command *command,
                      const struct options *options, char **printed,
                      struct error *error);

#endif
