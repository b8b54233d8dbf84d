/*
 * Writing a new token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token_output.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"

static bool set_all(struct members *result, const char *path, const char *token,
                    const char *header, const char *claims, struct error *error)
{
    return members_set_string(result, path != NULL ? "file" : "token",
                              path != NULL ? path : token, error) &&
           members_set_json(result, "header", header, error) &&
           members_set_json(result, "claims", claims, error);
}

static bool print_json(const struct members *header,
                       const struct members *claims, const char *token,
                       const char *path, struct error *error)
{
    struct members result = {.count = 0};
    char *header_text = members_dump(header);
    char *claims_text = members_dump(claims);
    char *text = NULL;
    bool done =
        (header_text != NULL && claims_text != NULL) || out_of_memory(error);

    done = done && set_all(&result, path, token, header_text, claims_text,
                           error);
    if (done) {
        text = members_dump(&result);
        done = text != NULL ? output_line(text, error) : out_of_memory(error);
    }
    members_free(&result);
    free(text);
    free(header_text);
    free(claims_text);
    return done;
}

bool token_output(const struct options *options, const struct members *header,
                  const struct members *claims, const char *token,
                  struct error *error)
{
    const char *path = options_value(options, "output", 0);

    if (path != NULL &&
        !output_file(path, token, strlen(token), OUTPUT_SECRET, error))
        return false;
    if (options_given(options, "json"))
        return print_json(header, claims, token, path, error);
    return path != NULL || output_line(token, error);
}
