/*
 * key create: makes a new key, in KMS, in a PKCS#11 token or, for development,
 * in a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "key_holder.h"
#include "output.h"

static bool get_spec(const struct options *options, const char **spec,
                     struct error *error)
{
    static const char *const specs[] = {"RSA_2048", "RSA_3072", "RSA_4096"};

    *spec = options_value(options, "spec", 0);
    if (*spec == NULL)
        *spec = specs[0];
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        if (strcmp(*spec, specs[i]) == 0)
            return true;
    return error_set(error, EXIT_USAGE,
                     "--spec %s: one of RSA_2048, RSA_3072, RSA_4096", *spec);
}

static bool get_place(const struct options *options,
                      struct key_request *request, struct error *error)
{
    request->uri = options_value(options, "key", 0);
    request->alias = options_value(options, "alias", 0);
    return request->uri != NULL || request->alias != NULL ||
           error_set(error, EXIT_USAGE,
                     "give --alias NAME for a key in KMS, --key "
                     "'pkcs11:token=LABEL;object=LABEL' for one in a token, or "
                     "--key file:PATH for a development key");
}

static const char **get_tags(const struct options *options)
{
    size_t count = options_count(options, "tag");
    const char **tags = calloc(count + 1, sizeof *tags);

    for (size_t i = 0; tags != NULL && i < count; i++)
        tags[i] = options_value(options, "tag", i);
    return tags;
}

static bool print_name(const char *name, bool as_json, struct error *error)
{
    json_t *result;
    char *text;
    bool done;

    if (!as_json)
        return output_line(name, error);
    result = json_pack("{s:s}", "key", name);
    text = json_dumps(result, JSON_COMPACT);
    done = text != NULL ? output_line(text, error)
                        : error_set(error, EXIT_USAGE,
                                    "the key's name is not UTF-8: %s", name);
    free(text);
    json_decref(result);
    return done;
}

static bool run(const struct options *options, struct error *error)
{
    struct key_request request = {
        .policy_file = options_value(options, "policy", 0),
        .description = options_value(options, "description", 0),
        .tag_count = options_count(options, "tag"),
        .options = key_options_of(options)};
    const char **tags;
    char *name = NULL;
    bool done;

    if (!get_place(options, &request, error) ||
        !get_spec(options, &request.spec, error))
        return false;
    tags = get_tags(options);
    if (tags == NULL)
        return out_of_memory(error);
    request.tags = tags;
    done = key_holder_create(&request, &name, error) &&
           print_name(name, options_given(options, "json"), error);
    free(name);
    free(tags);
    return done;
}

static const struct option_spec specs[] = {
    {"alias", "NAME", "make a key in KMS with this alias", '\0', false},
    {"key", "URI",
     "make a development key in a new file (file:PATH), or a key in a token "
     "(pkcs11:token=LABEL;object=LABEL)",
     '\0', false},
    {"spec", "SPEC", "RSA_2048 (default), RSA_3072 or RSA_4096", '\0', false},
    {"policy", "FILE", "awskms: key policy, JSON", '\0', false},
    {"tag", "K=V", "awskms: a tag; may be repeated", '\0', true},
    {"description", "TEXT", "awskms: the key's description", '\0', false},
    {"json", NULL, "the name as JSON", '\0', false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_key_create = {
    .name = "key create",
    .summary = "Makes a key and prints its ARN or URI",
    .usage = "--alias NAME|--key URI [OPTION]...",
    .details = "Nothing is ever overwritten. A development key is a PEM file "
               "with mode 0600.\nA token's key is made in the token and cannot "
               "be read out.\n",
    .options = specs,
    .run = run,
};
