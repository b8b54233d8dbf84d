/*
 * The public keys of all holders that an option names.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEY_COLLECTION_H
#define KEY_COLLECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "key_holder.h"
#include "options.h"

/* {0} is none. The holders stay open because they own the names. */
struct key_collection {
    struct key_holder *holders[KJWT_MAX_KEYS];
    size_t holder_count;
    struct public_key keys[KJWT_MAX_KEYS];
    const char *names[KJWT_MAX_KEYS]; /* the ARN or URI of each key's holder */
    size_t count;
    bool development; /* a private half lies in a file */
};

/* Adds the keys of each --option URI; more than a device takes is an
 * EXIT_REFUSED. Close it whatever the result. */
bool key_collection_add(struct key_collection *all,
                        const struct options *options, const char *option,
                        struct error *error);
void key_collection_close(struct key_collection *all);

#endif
