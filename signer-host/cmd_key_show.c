/*
 * key show: what is known about a key.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "key_holder.h"
#include "output.h"

/* The holder's facts and the key's own. */
static json_t *facts_of(const json_t *shared, const struct public_key *key)
{
    json_t *facts = json_deep_copy(shared);
    char spec[16];

    (void)snprintf(spec, sizeof spec, "RSA_%" PRIu32, key->bits);
    (void)json_object_set_new(facts, "spec", json_string(spec));
    (void)json_object_set_new(facts, "thumbprint",
                              json_string(key->thumbprint));
    if (strcmp(key->kid, key->thumbprint) != 0)
        (void)json_object_set_new(facts, "kid", json_string(key->kid));
    return facts;
}

/* KMS gives no public half of a key that is disabled or about to be deleted,
 * and then its state is what one wants to see. */
static bool is_out_of_use(const json_t *shared)
{
    const char *state = json_string_value(json_object_get(shared, "state"));

    return state != NULL && strcmp(state, "Enabled") != 0;
}

static json_t *list(struct key_holder *holder, struct error *error)
{
    json_t *shared = holder->class->describe(holder, error);
    struct public_key *keys = NULL;
    size_t count = 0;
    json_t *all = NULL;

    if (shared == NULL)
        return NULL;
    if (holder->class->public_keys(holder, &keys, &count, error)) {
        all = json_array();
        for (size_t i = 0; i < count; i++)
            (void)json_array_append_new(all, facts_of(shared, &keys[i]));
    } else if (is_out_of_use(shared) && error->status == EXIT_REFUSED) {
        (void)fprintf(stderr, "signer-host: warning: no public key: %s\n",
                      error->text);
        all = json_pack("[O]", shared);
    }
    json_decref(shared);
    free(keys);
    return all;
}

/* A kid is what some file says. */
static void print_fact(const char *name, const char *value)
{
    char *text = strdup(value);

    if (text == NULL)
        return;
    error_clean(text);
    (void)printf("%s: %s\n", name, text);
    free(text);
}

static void print_text(json_t *all)
{
    const char *name;
    json_t *facts;
    json_t *fact;
    size_t i;

    json_array_foreach(all, i, facts)
    {
        if (i > 0)
            (void)putchar('\n');
        json_object_foreach(facts, name, fact)
        {
            print_fact(name, json_string_value(fact));
        }
    }
}

/* One key is an object, the keys of a JWK Set are an array. */
static void print_json(json_t *all)
{
    const json_t *what =
        json_array_size(all) == 1 ? json_array_get(all, 0) : all;

    (void)json_dumpf(what, stdout, JSON_INDENT(2));
    (void)putchar('\n');
}

static bool run(const struct options *options, struct error *error)
{
    struct key_options reach = key_options_of(options);
    struct key_holder *holder;
    const char *uri;
    json_t *all;
    bool done = false;

    if (!options_require(options, "key", &uri, error))
        return false;
    holder = key_holder_open(uri, &reach, error);
    if (holder == NULL)
        return false;
    all = list(holder, error);
    if (all != NULL) {
        if (options_given(options, "json"))
            print_json(all);
        else
            print_text(all);
        done = output_flush(error);
    }
    json_decref(all);
    key_holder_close(holder);
    return done;
}

static const struct option_spec specs[] = {
    {"key", "URI", "the key", '\0', false},
    {"json", NULL, "as JSON: an object, an array for a JWK Set", '\0', false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_key_show = {
    .name = "key show",
    .summary = "Shows a key's spec, state, ARN and thumbprint",
    .usage = "--key URI [OPTION]...",
    .options = specs,
    .run = run,
};
