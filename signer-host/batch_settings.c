/*
 * What must be the same for a run to be the same run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "digest.h"
#include "mint_claims.h"

/* ----------------------------------------------------------- collecting --- */

/* How the key is reached, and how fast, changes no token. */
static bool matters(const char *option)
{
    static const char *const without[] = {
        "key",     "out",     "in-flight", "rate",     "region",
        "profile", "verbose", "quiet",     "json",     "message-type",
        "config",  "claims",  "format",    "no-config"};

    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
        if (strcmp(option, without[i]) == 0)
            return false;
    return true;
}

/* All the values of an option as an array. */
static bool set_option(const struct options *options, const char *name,
                       struct members *settings, struct error *error)
{
    char shown[64];
    json_t *values = json_array();
    const char *value;
    char *text;
    bool done = true;

    for (size_t i = 0; (value = options_value(options, name, i)) != NULL; i++)
        done = json_array_append_new(values, json_string(value)) == 0 && done;
    text = json_dumps(values, JSON_COMPACT);
    (void)snprintf(shown, sizeof shown, "--%s", name);
    if (!done)
        (void)error_set(error, EXIT_USAGE, "a value of %s is not UTF-8", shown);
    else
        done = text != NULL ? members_set_json(settings, shown, text, error)
                            : out_of_memory(error);
    free(text);
    json_decref(values);
    return done;
}

/* The file's content, by what it contributes. */
static bool set_claims(const struct batch *batch, struct members *settings,
                       struct error *error)
{
    struct digest digest;
    char hex[DIGEST_HEX_SIZE];
    char *text;

    if (!options_given(batch->options, "claims"))
        return true;
    text = members_dump(&batch->defaults);
    if (text == NULL)
        return out_of_memory(error);
    digest_start(&digest);
    digest_add(&digest, text, strlen(text));
    free(text);
    digest_hex(&digest, hex);
    return members_set_string(settings, "the claims of --claims", hex, error);
}

bool batch_settings(const struct batch *batch, const char *input_sha256,
                    struct members *settings, struct error *error)
{
    const struct options *options = batch->options;

    if (!members_set_string(settings, "the input's SHA-256", input_sha256,
                            error) ||
        !members_set_string(settings, "the key's thumbprint",
                            batch->signer.key.thumbprint, error) ||
        !members_set_string(settings, "--format", batch->format->name, error) ||
        !set_claims(batch, settings, error))
        return false;
    for (size_t i = 0; i < options->given_count; i++)
        if (matters(options->given[i].spec->name) &&
            !set_option(options, options->given[i].spec->name, settings, error))
            return false;
    return true;
}

/* ------------------------------------------------------------ comparing --- */

static bool differs(const struct batch *batch, const char *name,
                    const char *then, const char *now, struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "%s is not what it was when this run began (%.200s then, "
                     "%.200s now): give the same command to go on, or move %s "
                     "away to begin anew",
                     name, then != NULL ? then : "not given",
                     now != NULL ? now : "not given", batch->journal_path);
}

static bool compare(const struct batch *batch, const struct members *then,
                    const struct members *now, struct error *error)
{
    for (size_t i = 0; i < now->count; i++) {
        const char *value = members_get(then, now->list[i].name);

        if (value == NULL || strcmp(value, now->list[i].json) != 0)
            return differs(batch, now->list[i].name, value, now->list[i].json,
                           error);
    }
    for (size_t i = 0; i < then->count; i++)
        if (members_get(now, then->list[i].name) == NULL)
            return differs(batch, then->list[i].name, then->list[i].json, NULL,
                           error);
    return true;
}

static bool take_now(struct batch *batch, struct error *error)
{
    char *text;

    if (!journal_get(batch->journal, "now", &text, error))
        return false;
    if (text != NULL)
        batch->now = strtoll(text, NULL, 10);
    free(text);
    return true;
}

static bool load(const struct batch *batch, struct members *then,
                 struct error *error)
{
    char *text;
    bool done;

    if (!journal_get(batch->journal, "settings", &text, error))
        return false;
    done = text != NULL ? members_load(then, text, strlen(text), error)
                        : error_set(error, EXIT_USAGE,
                                    "%s is damaged: move it away to begin anew",
                                    batch->journal_path);
    free(text);
    return done;
}

bool batch_settings_check(struct batch *batch, struct error *error)
{
    struct members then = {.count = 0};
    struct members now = {.count = 0};
    char input[DIGEST_HEX_SIZE];
    bool done = digest_file(batch->input, input, error) &&
                batch_settings(batch, input, &now, error) &&
                load(batch, &then, error) &&
                compare(batch, &then, &now, error) && take_now(batch, error);

    members_free(&then);
    members_free(&now);
    return done;
}
