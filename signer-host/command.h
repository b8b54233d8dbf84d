/*
 * A command of signer-host: its row in the table of commands.c. Help texts,
 * manual pages and shell completion are made from these rows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "error.h"
#include "options.h"

struct command {
    const char *name;    /* "mint", "key create" */
    const char *summary; /* one line, for the list of commands */
    const char *usage;   /* the arguments, as `--help` shows them */
    const char *details; /* what the options do not say; may be NULL */
    const struct option_spec *options;
    size_t operand_max;

    /* Results go to stdout. On failure *error is filled; an empty text means
     * that the command has told the reason itself. */
    bool (*run)(const struct options *options, struct error *error);
};

/* All of them, in the order of the help; NULL ends the table. */
extern const struct command *const commands[];

extern const struct command cmd_batch;
extern const struct command cmd_certificate;
extern const struct command cmd_completion;
extern const struct command cmd_doctor;
extern const struct command cmd_key_create;
extern const struct command cmd_key_export;
extern const struct command cmd_key_policy;
extern const struct command cmd_key_set;
extern const struct command cmd_key_show;
extern const struct command cmd_lambda;
extern const struct command cmd_mint;
extern const struct command cmd_verify;
extern const struct command cmd_inspect;
extern const struct command cmd_man;

#endif
