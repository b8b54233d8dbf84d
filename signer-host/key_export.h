/*
 * Public keys in the forms of `key export`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEY_EXPORT_H
#define KEY_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "public_key.h"

struct key_export {
    const struct public_key *keys;
    const char *const *names; /* the ARN or URI of each key */
    size_t count;
    const struct public_key *roots; /* of key sets; c and h only */
    const char *const *root_names;
    size_t root_count;
    int64_t date;     /* of the export */
    bool development; /* a private half lies in a file */
};

struct key_format {
    const char *name; /* "pem" */
    bool takes_several;
    bool takes_roots;
    bool is_binary; /* not for terminals */

    /* *text has *len bytes, made with malloc. */
    bool (*write)(const struct key_export *what, char **text, size_t *len,
                  struct error *error);
};

/* NULL with *error filled for a name that is no format. */
const struct key_format *key_format_find(const char *name, struct error *error);

#endif
