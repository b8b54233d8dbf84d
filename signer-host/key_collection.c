/*
 * From options to public keys.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_collection.h"

#include <stdlib.h>

static bool too_many(struct error *error)
{
    return error_set(error, EXIT_REFUSED,
                     "more than %d keys, which is what a device takes",
                     KJWT_MAX_KEYS);
}

static bool add_keys(struct key_collection *all, struct key_holder *holder,
                     struct error *error)
{
    struct public_key *keys = NULL;
    size_t count = 0;

    if (!holder->class->public_keys(holder, &keys, &count, error))
        return false;
    if (count > KJWT_MAX_KEYS - all->count) {
        free(keys);
        return too_many(error);
    }
    for (size_t i = 0; i < count; i++) {
        all->names[all->count] = holder->name;
        all->keys[all->count++] = keys[i];
    }
    all->development |= holder->development;
    free(keys);
    return true;
}

bool key_collection_add(struct key_collection *all,
                        const struct options *options, const char *option,
                        struct error *error)
{
    struct key_options reach = key_options_of(options);
    const char *uri;

    for (size_t i = 0; (uri = options_value(options, option, i)); i++) {
        struct key_holder *holder;

        if (all->holder_count == KJWT_MAX_KEYS)
            return too_many(error);
        holder = key_holder_open(uri, &reach, error);
        if (holder == NULL)
            return false;
        all->holders[all->holder_count++] = holder;
        if (!add_keys(all, holder, error))
            return false;
    }
    return true;
}

void key_collection_close(struct key_collection *all)
{
    while (all->holder_count > 0)
        key_holder_close(all->holders[--all->holder_count]);
}
