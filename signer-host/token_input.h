/*
 * The token that a command is asked about: an argument, standard input, or a
 * file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOKEN_INPUT_H
#define TOKEN_INPUT_H

#include "error.h"
#include "input.h"
#include "options.h"

/* TOKEN as it is; `-` without one final LF or CRLF; --token-file whole. Any
 * bytes will do, and of a long input the first megabyte, which no device
 * takes. Free it with input_free(). */
bool token_input(const struct options *options, struct input *token,
                 struct error *error);

#endif
