/*
 * The command line of one command, held against its table of options.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct option_spec {
    const char *name;     /* without the dashes; NULL ends the table */
    const char *argument; /* what --help calls it; NULL: a flag */
    const char *help;
    char letter;     /* the one-letter form, or '\0' */
    bool repeatable; /* else a second one is an error */
};

/* What every command takes besides its own. */
extern const struct option_spec options_common[];

struct option {
    const struct option_spec *spec;
    const char *value; /* NULL for a flag */
};

struct options {
    struct option *given; /* in the order of the command line */
    size_t given_count;
    const char **operands;
    size_t operand_count;
    bool help; /* -h or --help stood somewhere */
};

/* Sorts argv[0 .. argc) into *options, whose strings point into argv. Free it
 * with options_free() whatever the result. */
bool options_parse(const struct option_spec *specs, int argc, char **argv,
                   struct options *options, struct error *error);
void options_free(struct options *options);

/* Adds one that stands in no command line; false when memory is short. */
bool options_add(struct options *options, const struct option_spec *spec,
                 const char *value);

/* The i-th value given for --name, or NULL; i = 0 for the only one. */
const char *options_value(const struct options *options, const char *name,
                          size_t i);
size_t options_count(const struct options *options, const char *name);
bool options_given(const struct options *options, const char *name);

/* The value of an option that a command cannot do without. */
bool options_require(const struct options *options, const char *name,
                     const char **value, struct error *error);

/* The time given as --now, else the clock's. */
bool options_now(const struct options *options, int64_t *now,
                 struct error *error);

#endif
