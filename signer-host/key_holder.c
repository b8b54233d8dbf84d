/*
 * The kinds of key holders, found by the key URI's scheme.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_key.h"

static const struct key_holder_class *const classes[] = {
    &key_awskms_class,     &key_file_class,   &key_pkcs11_class,
    &key_hashivault_class, &key_gcpkms_class,
};
#define CLASS_COUNT (sizeof classes / sizeof classes[0])

static bool unknown_scheme(const char *uri, struct error *error)
{
    char schemes[128] = "";
    size_t len = 0;

    for (size_t i = 0; i < CLASS_COUNT; i++)
        len += (size_t)snprintf(schemes + len, sizeof schemes - len, "%s%s",
                                i > 0 ? ", " : "", classes[i]->scheme);
    /* Behind a ? may stand a PIN. */
    return error_set(error, EXIT_USAGE,
                     "%.*s is no key URI that this program knows: it begins "
                     "with one of %s",
                     (int)strcspn(uri, "?;"), uri, schemes);
}

static const struct key_holder_class *find(const char *uri, struct error *error)
{
    for (size_t i = 0; i < CLASS_COUNT; i++)
        if (strncmp(uri, classes[i]->scheme, strlen(classes[i]->scheme)) == 0)
            return classes[i];
    (void)unknown_scheme(uri, error);
    return NULL;
}

struct key_holder *key_holder_open(const char *uri,
                                   const struct key_options *options,
                                   struct error *error)
{
    const struct key_holder_class *class = find(uri, error);

    return class == NULL ? NULL : class->open(uri, options, error);
}

void key_holder_close(struct key_holder *holder)
{
    if (holder != NULL)
        holder->class->close(holder);
}

bool key_holder_create(const struct key_request *request, char **name,
                       struct error *error)
{
    const char *uri = request->uri != NULL ? request->uri : "awskms:";
    const struct key_holder_class *class = find(uri, error);

    if (class == NULL)
        return false;
    if (class->create == NULL)
        return error_set(error, EXIT_USAGE,
                         "%s keys are not made by key create", class->scheme);
    return class->create(request, name, error);
}

void key_holder_check(const char *uri, const struct key_options *options,
                      struct diagnosis *diagnosis)
{
    struct error error;
    const struct key_holder_class *class = find(uri, &error);

    if (class == NULL)
        diagnosis_fail(diagnosis, "key", &error);
    else if (class->check != NULL)
        class->check(uri, options, diagnosis);
    else
        (void)doctor_key(uri, options, diagnosis);
}

bool key_holder_check_set(const struct public_key *keys, size_t count,
                          struct error *error)
{
    if (count > KJWT_MAX_KEYS)
        return error_set(error, EXIT_REFUSED,
                         "%zu keys: a device takes %d at most", count,
                         KJWT_MAX_KEYS);
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (strcmp(keys[i].kid, keys[j].kid) == 0)
                return error_set(error, EXIT_REFUSED,
                                 "two keys have the kid %s: give each its own",
                                 keys[i].kid);
    return true;
}

bool key_holder_one_key(const struct public_key *key, struct public_key **keys,
                        size_t *count, struct error *error)
{
    *keys = malloc(sizeof **keys);
    if (*keys == NULL)
        return out_of_memory(error);
    **keys = *key;
    *count = 1;
    return true;
}

bool key_options_check_awskms(const struct key_options *options,
                              const char *scheme, struct error *error)
{
    const char *foreign = options->region != NULL         ? "--region"
                          : options->profile != NULL      ? "--profile"
                          : options->message_type != NULL ? "--message-type"
                                                          : NULL;

    return foreign == NULL ||
           error_set(error, EXIT_USAGE,
                     "%s is for awskms: keys and means nothing for a %s key: "
                     "leave it out",
                     foreign, scheme);
}

bool key_request_check_awskms(const struct key_request *request,
                              const char *scheme, struct error *error)
{
    const char *foreign = request->alias != NULL         ? "--alias"
                          : request->policy_file != NULL ? "--policy"
                          : request->tag_count > 0       ? "--tag"
                          : request->description != NULL ? "--description"
                                                         : NULL;

    if (foreign != NULL)
        return error_set(error, EXIT_USAGE,
                         "%s is for keys in KMS and means nothing for a %s "
                         "key: leave it or --key out",
                         foreign, scheme);
    return key_options_check_awskms(&request->options, scheme, error);
}

struct key_options key_options_of(const struct options *options)
{
    struct key_options values = {
        .region = options_value(options, "region", 0),
        .profile = options_value(options, "profile", 0),
        .message_type = options_value(options, "message-type", 0),
        .verbose = options_given(options, "verbose")};

    return values;
}
