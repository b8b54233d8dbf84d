/*
 * Options out of a JSON file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "input.h"
#include "members.h"

#define MAX_CONFIG ((size_t)64 * 1024)

/* One of these on the command line leaves no room for another of its row. */
static const char *const alternatives[][3] = {
    {"ttl", "exp", "no-exp"},
    {"kid", "no-kid", NULL},
    {"alias", "key", NULL}, /* of key create */
};
#define ALTERNATIVE_COUNT (sizeof alternatives / sizeof alternatives[0])

/* ---------------------------------------------------------------- file --- */

static char *default_path(void)
{
    const char *folder = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;

    if (folder != NULL && folder[0] == '/')
        return asprintf(&path, "%s/signer-host/config.json", folder) < 0 ? NULL
                                                                         : path;
    if (home == NULL || home[0] != '/')
        return NULL;
    return asprintf(&path, "%s/.config/signer-host/config.json", home) < 0
               ? NULL
               : path;
}

/* NULL: none. *named: somebody asked for it, so it must be there. */
static char *find_path(const struct options *options, bool *named)
{
    const char *path = options_value(options, "config", 0);

    if (options_given(options, "no-config"))
        return NULL;
    if (path == NULL)
        path = getenv("SIGNER_HOST_CONFIG");
    *named = path != NULL;
    if (path == NULL)
        return default_path();
    return path[0] != '\0' ? strdup(path) : NULL;
}

/* Who can write to it chooses the key, and the claims. */
static bool check_mode(const char *path, struct error *error)
{
    struct stat status;

    return stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 ||
           error_set(error, EXIT_USAGE,
                     "%s can be written by others: chmod go-w it", path);
}

static bool parse(const char *path, const struct input *input, json_t **root,
                  struct error *error)
{
    json_error_t reason;

    *root =
        json_loadb(input->data, input->len, JSON_REJECT_DUPLICATES, &reason);
    if (*root == NULL)
        return error_set(error, EXIT_USAGE, "%s is no JSON object: line %d: %s",
                         path, reason.line, reason.text);
    return json_is_object(*root) ||
           error_set(error, EXIT_USAGE, "%s is no JSON object", path);
}

static bool load(struct config *config, bool named, struct error *error)
{
    struct stat status;
    struct input input;
    bool done;

    if (!named && stat(config->path, &status) != 0) {
        free(config->path);
        config->path = NULL;
        return true;
    }
    if (!check_mode(config->path, error) ||
        !input_read_all(config->path, MAX_CONFIG, &input, error))
        return false;
    done = parse(config->path, &input, &config->root, error);
    input_free(&input);
    return done;
}

/* --------------------------------------------------------------- names --- */

static const struct option_spec *find_option(const struct command *command,
                                             const char *name)
{
    for (const struct option_spec *spec = command->options; spec->name; spec++)
        if (strcmp(spec->name, name) == 0)
            return spec;
    return NULL;
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static bool is_option_of_any(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (find_option(commands[i], name) != NULL)
            return true;
    return false;
}

/* A misspelt name would silently be no default. */
static bool check_names(const struct config *config, struct error *error)
{
    const char *name;
    const char *inner;
    json_t *value;
    json_t *ignored;

    json_object_foreach(config->root, name, value)
    {
        const struct command *command = find_command(name);

        if (!json_is_object(value) && is_option_of_any(name))
            continue;
        if (!json_is_object(value) || command == NULL)
            return error_set(error, EXIT_USAGE,
                             "%s: \"%.64s\" is neither an option of a command "
                             "nor a command with an object of options",
                             config->path, name);
        json_object_foreach(value, inner, ignored)
        {
            if (find_option(command, inner) == NULL)
                return error_set(error, EXIT_USAGE,
                                 "%s: %s has no option --%.64s", config->path,
                                 name, inner);
        }
    }
    return true;
}

/* -------------------------------------------------------------- values --- */

/* One value of an option. */
static bool is_value(const struct option_spec *spec, const json_t *value)
{
    return spec->argument == NULL
               ? json_is_boolean(value)
               : json_is_string(value) || json_is_integer(value);
}

static bool check_type(const struct config *config,
                       const struct option_spec *spec, const json_t *value,
                       struct error *error)
{
    const char *wanted = spec->argument == NULL ? "true or false"
                         : spec->repeatable     ? "a string or an array of them"
                                                : "a string or a whole number";
    bool right = is_value(spec, value);
    const json_t *one;
    size_t i;

    if (spec->repeatable && json_is_array(value)) {
        right = true;
        json_array_foreach(value, i, one)
        {
            right = right && is_value(spec, one);
        }
    }
    return right || error_set(error, EXIT_USAGE, "%s: \"%s\" must be %s",
                              config->path, spec->name, wanted);
}

/* A number as the text that the command line would have; NULL: no memory. */
static const char *number_text(struct config *config, const json_t *value)
{
    char *number = NULL;
    char **longer = realloc(config->texts,
                            (config->text_count + 1) * sizeof *config->texts);

    if (longer == NULL)
        return NULL;
    config->texts = longer;
    if (asprintf(&number, "%" JSON_INTEGER_FORMAT, json_integer_value(value)) <
        0)
        return NULL;
    config->texts[config->text_count++] = number;
    return number;
}

static bool add(struct config *config, const struct option_spec *spec,
                const json_t *value, struct options *options,
                struct error *error)
{
    const char *text = json_string_value(value);

    if (json_is_false(value))
        return true;
    if (json_is_integer(value)) {
        text = number_text(config, value);
        if (text == NULL)
            return out_of_memory(error);
    }
    if (!options_add(options, spec, text))
        return out_of_memory(error);
    config->used++;
    return true;
}

static bool add_all(struct config *config, const struct option_spec *spec,
                    const json_t *value, struct options *options,
                    struct error *error)
{
    const json_t *one;
    size_t i;

    if (!json_is_array(value))
        return add(config, spec, value, options, error);
    json_array_foreach(value, i, one)
    {
        if (!add(config, spec, one, options, error))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------ defaults --- */

/* Whether the option, or one that excludes it, is there already. */
static bool is_decided(const struct options *options, const char *name)
{
    bool decided = options_given(options, name);

    for (size_t row = 0; row < ALTERNATIVE_COUNT; row++) {
        bool given = false;
        bool named = false;

        for (size_t i = 0; i < 3 && alternatives[row][i] != NULL; i++) {
            given = given || options_given(options, alternatives[row][i]);
            named = named || strcmp(alternatives[row][i], name) == 0;
        }
        decided = decided || (given && named);
    }
    return decided;
}

/* Defaults for keys in AWS KMS mean nothing for a key elsewhere. */
static bool is_beside_the_key(const struct config *config,
                              const struct command *command,
                              const struct options *options, const char *name)
{
    static const char *const names[] = {"region", "profile", "message-type"};
    const char *key = options_value(options, "key", 0);

    if (key == NULL)
        key = json_string_value(json_object_get(
            json_object_get(config->root, command->name), "key"));
    if (key == NULL)
        key = json_string_value(json_object_get(config->root, "key"));
    if (key == NULL || strncmp(key, "awskms:", 7) == 0)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool add_defaults(struct config *config, const struct command *command,
                         const json_t *defaults, struct options *options,
                         struct error *error)
{
    for (const struct option_spec *spec = command->options; spec->name;
         spec++) {
        const json_t *value = json_object_get(defaults, spec->name);

        /* A command may be named like an option. */
        if (value == NULL ||
            (json_is_object(value) && defaults == config->root &&
             find_command(spec->name) != NULL))
            continue;
        if (!check_type(config, spec, value, error))
            return false;
        if (!is_decided(options, spec->name) &&
            !is_beside_the_key(config, command, options, spec->name) &&
            !add_all(config, spec, value, options, error))
            return false;
    }
    return true;
}

/* -------------------------------------------------------------- public --- */

bool config_apply(const struct command *command, struct options *options,
                  struct config *config, struct error *error)
{
    bool named = false;

    config->path = find_path(options, &named);
    if (config->path == NULL)
        return true;
    if (!load(config, named, error))
        return false;
    if (config->path == NULL)
        return true;
    return check_names(config, error) &&
           add_defaults(config, command,
                        json_object_get(config->root, command->name), options,
                        error) &&
           add_defaults(config, command, config->root, options, error);
}

void config_say(const struct config *config, enum exit_status status)
{
    if (status == EXIT_USAGE && config->used > 0)
        (void)fprintf(stderr,
                      "signer-host: %zu of the options came from %s; "
                      "--no-config leaves it out\n",
                      config->used, config->path);
}

void config_free(struct config *config)
{
    for (size_t i = 0; i < config->text_count; i++)
        free(config->texts[i]);
    free(config->texts);
    json_decref(config->root);
    free(config->path);
}
