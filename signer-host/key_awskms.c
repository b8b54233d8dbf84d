/*
 * awskms: keys, which sign in AWS KMS and never leave it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_awskms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws_error.h"
#include "base64.h"
#include "aws_kms.h"
#include "awskms_uri.h"
#include "doctor_aws.h"
#include "time_text.h"

/* ------------------------------------------------------------ public key ---
 */

static bool no_rsa_key(const struct key_awskms *key, const char *spec,
                       const char *usage, struct error *error)
{
    char shown_spec[32];
    char shown_usage[32];

    aws_error_clean(spec, strlen(spec), shown_spec, sizeof shown_spec);
    aws_error_clean(usage, strlen(usage), shown_usage, sizeof shown_usage);
    return error_set(error, EXIT_REFUSED,
                     "%.256s is a KMS key that is no RSA sign/verify key "
                     "(KeySpec %s, KeyUsage %s), which RS256 needs: use "
                     "another, or make one with key create",
                     key->name, shown_spec, shown_usage);
}

static bool has_algorithm(const json_t *algorithms)
{
    const json_t *one;
    size_t i;

    json_array_foreach(algorithms, i, one)
    {
        const char *name = json_string_value(one);

        if (name != NULL && strcmp(name, KEY_AWSKMS_ALGORITHM) == 0)
            return true;
    }
    return false;
}

/* "RSA_2048" */
static bool is_spec_of(const char *spec, uint32_t bits)
{
    char expected[16];

    (void)snprintf(expected, sizeof expected, "RSA_%u", (unsigned)bits);
    return strcmp(spec, expected) == 0;
}

static bool check_kind(const struct key_awskms *key, const json_t *answer,
                       const char **spec, struct error *error)
{
    const char *usage =
        aws_kms_string(answer, "KeyUsage", "GetPublicKey", error);
    /* Its former name, which emulators still use. */
    const char *name = json_object_get(answer, "KeySpec") != NULL
                           ? "KeySpec"
                           : "CustomerMasterKeySpec";

    *spec = aws_kms_string(answer, name, "GetPublicKey", error);
    if (usage == NULL || *spec == NULL)
        return false;
    return ((is_spec_of(*spec, 2048) || is_spec_of(*spec, 3072) ||
             is_spec_of(*spec, 4096)) &&
            strcmp(usage, "SIGN_VERIFY") == 0 &&
            has_algorithm(json_object_get(answer, "SigningAlgorithms"))) ||
           no_rsa_key(key, *spec, usage, error);
}

/* The ARN is the key's name as soon as KMS has told it; some emulators tell
 * the key id only. */
static bool take_name(struct key_awskms *key, const json_t *answer,
                      const char *member, const char *operation,
                      struct error *error)
{
    const char *name = aws_kms_string(answer, member, operation, error);
    char *copy;

    if (name == NULL)
        return false;
    if (!aws_kms_is_key_arn(name))
        return true;
    copy = strdup(name);
    if (copy == NULL)
        return out_of_memory(error);
    free(key->name);
    key->name = copy;
    key->holder.name = copy;
    return true;
}

static bool take_public_key(struct key_awskms *key, const json_t *answer,
                            struct error *error)
{
    const char *text;
    const char *spec;
    uint8_t spki[2 * PUBLIC_KEY_MAX_SPKI];
    size_t len;

    if (!take_name(key, answer, "KeyId", "GetPublicKey", error) ||
        !check_kind(key, answer, &spec, error))
        return false;
    text = aws_kms_string(answer, "PublicKey", "GetPublicKey", error);
    if (text == NULL)
        return false;
    if (!base64_decode(text, strlen(text), spki, sizeof spki, &len))
        return aws_kms_unexpected("GetPublicKey",
                                  "a PublicKey that is no base64", error);
    if (!public_key_from_der(spki, len, &key->key, error))
        return error_in(error, key->name);
    if (!is_spec_of(spec, key->key.bits))
        return aws_kms_unexpected(
            "GetPublicKey", "a PublicKey that is not of its KeySpec", error);
    key->key_known = true;
    return true;
}

static bool get_public_key(struct key_awskms *key, struct error *error)
{
    json_t *answer =
        aws_kms_call(key->kms, "GetPublicKey", AWS_KMS_REPEATABLE,
                     json_pack("{s:s}", "KeyId", key->uri.key), error);
    bool done = answer != NULL && take_public_key(key, answer, error);

    json_decref(answer);
    return done;
}

bool key_awskms_know(struct key_awskms *key, struct error *error)
{
    return key->key_known || get_public_key(key, error);
}

static bool public_keys(struct key_holder *holder, struct public_key **keys,
                        size_t *count, struct error *error)
{
    struct key_awskms *key = (struct key_awskms *)holder;

    if (!key_awskms_know(key, error))
        return false;
    *keys = malloc(sizeof **keys);
    if (*keys == NULL)
        return out_of_memory(error);
    **keys = key->key;
    *count = 1;
    return true;
}

/* ------------------------------------------------------------ describe --- */

static void add_string(json_t *facts, const char *name, const char *value)
{
    char shown[256];

    if (value == NULL)
        return;
    aws_error_clean(value, strlen(value), shown, sizeof shown);
    (void)json_object_set_new(facts, name, json_string(shown));
}

static void add_date(json_t *facts, const char *name, const json_t *date)
{
    double seconds = json_number_value(date);
    char text[TIME_TEXT_SIZE];

    if (!json_is_number(date) || seconds < 0 || seconds > (double)TIME_MAX)
        return;
    time_format((int64_t)seconds, text);
    (void)json_object_set_new(facts, name, json_string(text));
}

/* KeyMetadata's members as `key show` calls them. */
static json_t *facts_of(const struct key_awskms *key, const json_t *metadata)
{
    static const struct {
        const char *name;
        const char *member;
    } strings[] = {
        {"arn", "Arn"},        {"state", "KeyState"}, {"spec", "KeySpec"},
        {"usage", "KeyUsage"}, {"origin", "Origin"},
    };
    const json_t *multi_region = json_object_get(metadata, "MultiRegion");
    json_t *facts = json_object();

    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        add_string(
            facts, strings[i].name,
            json_string_value(json_object_get(metadata, strings[i].member)));
    if (json_is_boolean(multi_region))
        add_string(facts, "multi-Region",
                   json_is_true(multi_region) ? "yes" : "no");
    add_date(facts, "created", json_object_get(metadata, "CreationDate"));
    add_date(facts, "deletion", json_object_get(metadata, "DeletionDate"));
    if (strncmp(key->uri.key, "alias/", 6) == 0)
        add_string(facts, "alias", key->uri.key);
    return facts;
}

static json_t *describe(struct key_holder *holder, struct error *error)
{
    struct key_awskms *key = (struct key_awskms *)holder;
    json_t *answer =
        aws_kms_call(key->kms, "DescribeKey", AWS_KMS_REPEATABLE,
                     json_pack("{s:s}", "KeyId", key->uri.key), error);
    const json_t *metadata = json_object_get(answer, "KeyMetadata");
    json_t *facts = NULL;

    if (answer != NULL && take_name(key, metadata, "Arn", "DescribeKey", error))
        facts = facts_of(key, metadata);
    json_decref(answer);
    return facts;
}

static bool clock_offset(struct key_holder *holder, int64_t *seconds)
{
    return aws_kms_clock_offset(((struct key_awskms *)holder)->kms, seconds);
}

/* -------------------------------------------------------------- holder --- */

static void close_awskms(struct key_holder *holder)
{
    struct key_awskms *key = (struct key_awskms *)holder;

    aws_kms_close(key->kms);
    awskms_uri_free(&key->uri);
    free(key->name);
    free(key);
}

static bool find_profile(const struct awskms_uri *uri,
                         const struct key_options *options,
                         const char **profile, struct error *error)
{
    *profile = options->profile != NULL ? options->profile : uri->profile;
    return options->profile == NULL || uri->profile == NULL ||
           strcmp(options->profile, uri->profile) == 0 ||
           error_set(error, EXIT_USAGE,
                     "--profile %.64s contradicts ?profile=%.64s of the key "
                     "URI: give one of them",
                     options->profile, uri->profile);
}

/* *location points into *uri, which is the caller's even after a failure. */
static bool locate(const char *text, const struct key_options *options,
                   struct awskms_uri *uri, struct aws_location *location,
                   struct error *error)
{
    memset(location, 0, sizeof *location);
    if (!awskms_uri_parse(text, uri, error) ||
        !find_profile(uri, options, &location->profile, error))
        return false;
    location->region_option = options->region;
    location->region_query = uri->region;
    location->region_arn = uri->arn_region;
    location->host = uri->host;
    return true;
}

static bool open_client(struct key_awskms *key, const char *uri,
                        const struct key_options *options, struct error *error)
{
    struct aws_location location;

    if (!locate(uri, options, &key->uri, &location, error))
        return false;
    key->kms = aws_kms_open(&location, options->verbose, error);
    return key->kms != NULL;
}

static struct key_holder *open_awskms(const char *uri,
                                      const struct key_options *options,
                                      struct error *error)
{
    struct key_awskms *key = calloc(1, sizeof *key);

    if (key == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    key->holder.class = &key_awskms_class;
    key->message_type = options->message_type;
    key->name = strdup(uri);
    key->holder.name = key->name;
    if (key->name != NULL ? open_client(key, uri, options, error)
                          : out_of_memory(error))
        return &key->holder;
    close_awskms(&key->holder);
    return NULL;
}

static void check(const char *uri, const struct key_options *options,
                  struct diagnosis *diagnosis)
{
    struct awskms_uri parts = {.key = NULL};
    struct aws_location location;
    struct error error;

    if (locate(uri, options, &parts, &location, &error))
        doctor_aws(&location, parts.key, options->verbose, diagnosis);
    else
        diagnosis_fail(diagnosis, "key URI", &error);
    awskms_uri_free(&parts);
}

const struct key_holder_class key_awskms_class = {
    .scheme = AWSKMS_SCHEME,
    .open = open_awskms,
    .public_keys = public_keys,
    .sign = key_awskms_sign,
    .parallel = &key_awskms_parallel,
    .describe = describe,
    .clock_offset = clock_offset,
    .close = close_awskms,
    .create = key_awskms_create,
    .check = check,
};
