/* SPDX-License-Identifier: Apache-2.0 */
#include "test_keys.h"

#include <stdio.h>

#include "signing.h"

static const char *set_path;

struct key_holder *__wrap_key_holder_open(const char *uri,
                                          const struct key_options *options,
                                          struct error *error);

static bool is_other(const struct key_holder *holder)
{
    return strcmp(holder->name, "file:other") == 0;
}

static bool public_keys(struct key_holder *holder, struct public_key **keys,
                        size_t *count, struct error *error)
{
    return key_holder_one_key(signing_public(is_other(holder)), keys, count,
                              error);
}

static bool sign(struct key_holder *holder, const void *message,
                 size_t message_len, uint8_t *signature, size_t *signature_len,
                 struct error *error)
{
    (void)error;
    signing_sign(is_other(holder), message, message_len, signature);
    *signature_len = 256;
    return true;
}

static void close_nothing(struct key_holder *holder)
{
    (void)holder;
}

static const struct key_holder_class test_class = {
    .scheme = "file:",
    .public_keys = public_keys,
    .sign = sign,
    .close = close_nothing,
};

static struct key_holder holders[2] = {
    {&test_class, "file:root", false},
    {&test_class, "file:other", false},
};

static struct key_holder *open_set(const struct key_options *options,
                                   struct error *error)
{
    char uri[64];

    (void)snprintf(uri, sizeof uri, "file:%s", set_path);
    return key_file_class.open(uri, options, error);
}

struct key_holder *__wrap_key_holder_open(const char *uri,
                                          const struct key_options *options,
                                          struct error *error)
{
    if (strcmp(uri, "file:set") == 0)
        return open_set(options, error);
    for (size_t i = 0; i < 2; i++)
        if (strcmp(uri, holders[i].name) == 0)
            return key_options_check_awskms(options, "file:", error)
                       ? &holders[i]
                       : NULL;
    (void)error_set(error, EXIT_USAGE, "there is no key %s", uri);
    return NULL;
}

void test_keys_set(const char *path)
{
    set_path = path;
}

void test_keys_add(const char *uri, struct public_key keys[KJWT_MAX_KEYS],
                   size_t *count)
{
    const struct key_options options = {.region = NULL};
    struct public_key *found = NULL;
    size_t added = 0;
    struct error error;
    struct key_holder *holder = key_holder_open(uri, &options, &error);

    must(holder != NULL &&
             holder->class->public_keys(holder, &found, &added, &error) &&
             added <= KJWT_MAX_KEYS - *count,
         "a key that was taken is found again");
    memcpy(keys + *count, found, added * sizeof *found);
    *count += added;
    free(found);
    key_holder_close(holder);
}
