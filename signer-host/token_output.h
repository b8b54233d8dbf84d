/*
 * Where a new token goes, as -o and --json say.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOKEN_OUTPUT_H
#define TOKEN_OUTPUT_H

#include <stdbool.h>

#include "error.h"
#include "members.h"
#include "options.h"

/* On standard output a line, in a file the token and nothing else; with --json
 * {"token":...,"header":{...},"claims":{...}} on standard output, with the
 * file's name as "file" instead of the token that is in it. */
bool token_output(const struct options *options, const struct members *header,
                  const struct members *claims, const char *token,
                  struct error *error);

#endif
