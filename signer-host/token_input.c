/*
 * Fetching the token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token_input.h"

#include <string.h>

#define MAX_TOKEN_SIZE ((size_t)1024 * 1024)

static void drop_newline(struct input *token)
{
    if (token->len > 0 && token->data[token->len - 1] == '\n')
        token->len--;
    else
        return;
    if (token->len > 0 && token->data[token->len - 1] == '\r')
        token->len--;
}

static bool from_argument(const char *text, struct input *token,
                          struct error *error)
{
    token->data = strdup(text);
    token->len = strlen(text);
    return token->data != NULL || out_of_memory(error);
}

bool token_input(const struct options *options, struct input *token,
                 struct error *error)
{
    const char *path = options_value(options, "token-file", 0);
    const char *operand =
        options->operand_count > 0 ? options->operands[0] : NULL;

    if ((path == NULL) == (operand == NULL))
        return error_set(error, EXIT_USAGE,
                         "give one token: TOKEN, - for standard input, or "
                         "--token-file F");
    if (path != NULL)
        return input_read(path, MAX_TOKEN_SIZE, token, error);
    if (strcmp(operand, "-") != 0)
        return from_argument(operand, token, error);
    if (!input_read("-", MAX_TOKEN_SIZE, token, error))
        return false;
    drop_newline(token);
    return true;
}
