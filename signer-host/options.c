/*
 * Options: `--name value`, `--name=value`, `-o value`; `--` ends them.
 *
 * Not getopt_long(): it takes abbreviations, so that a misspelt option could
 * pass for another one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "options.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "time_text.h"

const struct option_spec options_common[] = {
    {"config", "FILE", "a bench's defaults; see signer-host man", '\0', false},
    {"no-config", NULL, "no defaults but the built-in ones", '\0', false},
    {"help", NULL, "this text", 'h', false},
    {NULL, NULL, NULL, '\0', false},
};

/* text is `--name`, `--name=value` or `-o`; *value is what follows `=`. */
static const struct option_spec *find(const struct option_spec *specs,
                                      const char *text, const char **value)
{
    size_t len = strcspn(text, "=");

    *value = text[len] == '=' ? text + len + 1 : NULL;
    for (; specs->name != NULL; specs++) {
        if (strncmp(text, "--", 2) == 0 && strlen(specs->name) == len - 2 &&
            memcmp(specs->name, text + 2, len - 2) == 0)
            return specs;
        if (specs->letter != '\0' && text[1] == specs->letter &&
            text[2] == '\0')
            return specs;
    }
    return NULL;
}

static bool add(struct options *options, const struct option_spec *spec,
                const char *value, struct error *error)
{
    if (!spec->repeatable && options_given(options, spec->name))
        return error_set(error, EXIT_USAGE, "--%s is given twice", spec->name);
    if (spec->argument == NULL && value != NULL)
        return error_set(error, EXIT_USAGE, "--%s takes no value", spec->name);
    if (spec->argument != NULL && value == NULL)
        return error_set(error, EXIT_USAGE, "--%s needs a value: --%s %s",
                         spec->name, spec->name, spec->argument);
    options->given[options->given_count].spec = spec;
    options->given[options->given_count].value = value;
    options->given_count++;
    return true;
}

static bool is_help(const char *text)
{
    return strcmp(text, "-h") == 0 || strcmp(text, "--help") == 0;
}

static bool parse(const struct option_spec *specs, int argc, char **argv,
                  struct options *options, struct error *error)
{
    bool ended = false;

    for (int i = 0; i < argc; i++) {
        const struct option_spec *spec;
        const char *value;

        if (ended || argv[i][0] != '-' || argv[i][1] == '\0') {
            options->operands[options->operand_count++] = argv[i];
            continue;
        }
        if (is_help(argv[i])) {
            options->help = true;
            return true;
        }
        ended = strcmp(argv[i], "--") == 0;
        if (ended)
            continue;
        spec = find(specs, argv[i], &value);
        if (spec == NULL)
            spec = find(options_common, argv[i], &value);
        if (spec == NULL)
            return error_set(error, EXIT_USAGE, "unknown option %s", argv[i]);
        if (spec->argument != NULL && value == NULL && i + 1 < argc)
            value = argv[++i];
        if (!add(options, spec, value, error))
            return false;
    }
    return true;
}

bool options_parse(const struct option_spec *specs, int argc, char **argv,
                   struct options *options, struct error *error)
{
    memset(options, 0, sizeof *options);
    options->given = calloc((size_t)argc + 1, sizeof *options->given);
    options->operands = calloc((size_t)argc + 1, sizeof *options->operands);
    if (options->given == NULL || options->operands == NULL)
        return out_of_memory(error);
    return parse(specs, argc, argv, options, error);
}

void options_free(struct options *options)
{
    free(options->given);
    free(options->operands);
}

bool options_add(struct options *options, const struct option_spec *spec,
                 const char *value)
{
    struct option *longer = realloc(options->given, (options->given_count + 1) *
                                                        sizeof *options->given);

    if (longer == NULL)
        return false;
    longer[options->given_count].spec = spec;
    longer[options->given_count].value = value;
    options->given = longer;
    options->given_count++;
    return true;
}

const char *options_value(const struct options *options, const char *name,
                          size_t i)
{
    for (size_t at = 0; at < options->given_count; at++)
        if (strcmp(options->given[at].spec->name, name) == 0 && i-- == 0)
            return options->given[at].value;
    return NULL;
}

size_t options_count(const struct options *options, const char *name)
{
    size_t count = 0;

    for (size_t at = 0; at < options->given_count; at++)
        count += strcmp(options->given[at].spec->name, name) == 0;
    return count;
}

bool options_given(const struct options *options, const char *name)
{
    return options_count(options, name) > 0;
}

bool options_require(const struct options *options, const char *name,
                     const char **value, struct error *error)
{
    *value = options_value(options, name, 0);
    return *value != NULL ||
           error_set(error, EXIT_USAGE, "--%s is required", name);
}

bool options_now(const struct options *options, int64_t *now,
                 struct error *error)
{
    const char *text = options_value(options, "now", 0);

    *now = (int64_t)time(NULL);
    return text == NULL || date_parse(text, now) ||
           error_set(error, EXIT_USAGE, "--now %s: write " DATE_FORMS, text);
}
