/*
 * key export: public keys as a file for devices, servers and tools.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "key_export.h"
#include "key_collection.h"
#include "output.h"
#include "time_text.h"

static bool set_kid(const struct options *options, struct key_collection *all,
                    struct error *error)
{
    const char *kid = options_value(options, "kid", 0);

    if (kid == NULL)
        return true;
    if (all->count > 1)
        return error_set(error, EXIT_USAGE,
                         "--kid names one key, and there are %zu", all->count);
    return public_key_set_kid(&all->keys[0], kid, error);
}

/* SOURCE_DATE_EPOCH makes a build that exports its keys reproducible. */
static bool get_date(int64_t *date, struct error *error)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");

    *date = (int64_t)time(NULL);
    return epoch == NULL || time_parse(epoch, date) ||
           error_set(error, EXIT_USAGE,
                     "SOURCE_DATE_EPOCH=%s is no number of seconds", epoch);
}

static bool write_to(const char *path, const struct key_format *format,
                     const struct key_export *what, struct error *error)
{
    char *text = NULL;
    size_t len = 0;
    bool done = format->write(what, &text, &len, error);

    if (done)
        done = path == NULL
                   ? output_stdout(text, len, error)
                   : output_file(path, text, len, OUTPUT_PUBLIC, error);
    free(text);
    return done;
}

/* What signs key sets signs no device tokens, or its loss could not be made
 * good. */
static bool check_roots(const struct key_collection *all,
                        const struct key_collection *roots,
                        const struct key_format *format, struct error *error)
{
    if (roots->count > 0 && !format->takes_roots)
        return error_set(error, EXIT_USAGE,
                         "--root is for a firmware: --format c or h");
    for (size_t i = 0; i < roots->count; i++)
        for (size_t j = 0; j < all->count; j++)
            if (strcmp(roots->keys[i].thumbprint, all->keys[j].thumbprint) == 0)
                return error_set(error, EXIT_REFUSED,
                                 "%s is both --key and --root: give each its "
                                 "own key",
                                 roots->names[i]);
    return key_holder_check_set(roots->keys, roots->count, error);
}

static bool export(const struct options *options,
                   const struct key_format *format, struct key_collection *all,
                   struct key_collection *roots, struct error *error)
{
    struct key_export what = {.keys = all->keys, .names = all->names,
                              .roots = roots->keys, .root_names = roots->names};

    if (!key_collection_add(all, options, "key", error) ||
        !set_kid(options, all, error) ||
        !key_holder_check_set(all->keys, all->count, error) ||
        !key_collection_add(roots, options, "root", error) ||
        !check_roots(all, roots, format, error) ||
        !get_date(&what.date, error))
        return false;
    if (all->count > 1 && !format->takes_several)
        return error_set(error, EXIT_USAGE,
                         "--format %s takes one key, and there are %zu: use "
                         "jwks or c",
                         format->name, all->count);
    what.count = all->count;
    what.root_count = roots->count;
    what.development = all->development || roots->development;
    return write_to(options_value(options, "output", 0), format, &what, error);
}

static bool run(const struct options *options, struct error *error)
{
    struct key_collection all = {.count = 0};
    struct key_collection roots = {.count = 0};
    const struct key_format *format;
    const char *name;
    bool done;

    if (!options_given(options, "key"))
        return error_set(error, EXIT_USAGE, "--key is required");
    if (!options_require(options, "format", &name, error))
        return false;
    format = key_format_find(name, error);
    if (format == NULL)
        return false;
    if (format->is_binary && !options_given(options, "output") &&
        isatty(STDOUT_FILENO))
        return error_set(error, EXIT_USAGE,
                         "--format %s is binary and not for a terminal: give "
                         "-o FILE",
                         name);
    done = export(options, format, &all, &roots, error);
    key_collection_close(&roots);
    key_collection_close(&all);
    return done;
}

static const struct option_spec specs[] = {
    {"key", "URI", "the key; may be repeated", '\0', true},
    {"root", "URI", "with c and h: signs key sets (key-set); may be repeated",
     '\0', true},
    {"format", "FORMAT", "pem, der, pkcs1, jwk, jwks, c or h", '\0', false},
    {"kid", "KID", "the key's kid instead of its thumbprint", '\0', false},
    {"output", "FILE", "write to FILE instead of standard output", 'o', false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_key_export = {
    .name = "key export",
    .summary = "Writes public keys, also as C for a firmware",
    .usage = "--key URI [--key URI]... --format FORMAT [OPTION]...",
    .details = "c is one self-contained file with kjwt_keys[], and with --root "
               "kjwt_roots[]; h declares\nthem. SOURCE_DATE_EPOCH sets the "
               "date of both.\n",
    .options = specs,
    .run = run,
};
