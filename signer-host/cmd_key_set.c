/*
 * key-set: a token that gives devices new keys and takes old ones away.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "base64url.h"
#include "command.h"
#include "input.h"
#include "key_collection.h"
#include "keyset_rehearsal.h"
#include "signer.h"
#include "time_text.h"
#include "token.h"
#include "token_output.h"

#define MAX_VERSION ((INT64_C(1) << 53) - 1)

struct key_set {
    const struct options *options;
    int64_t now;
    int64_t version;
    struct signer root;
    struct key_collection keys;
    json_t *revoked; /* thumbprints, each once */
    struct keyset_rehearsal *device;
    struct members claims;
    char *token;
};

/* ------------------------------------------------------------- revoked --- */

static bool revoke(struct key_set *set, const char *thumbprint,
                   struct error *error)
{
    json_t *entry;
    size_t i;

    json_array_foreach(set->revoked, i, entry)
        if (strcmp(json_string_value(entry), thumbprint) == 0)
            return true;
    return json_array_append_new(set->revoked, json_string(thumbprint)) == 0 ||
           out_of_memory(error);
}

static bool is_thumbprint(const char *text)
{
    uint8_t digest[KJWT_THUMBPRINT_SIZE];
    size_t len = 0;

    return base64url_decode(text, strlen(text), digest, sizeof digest, &len) &&
           len == sizeof digest;
}

/* A key that is at hand, by its URI. */
static bool revoke_uri(struct key_set *set, const char *uri,
                       struct error *error)
{
    struct key_options reach = key_options_of(set->options);
    struct key_holder *holder = key_holder_open(uri, &reach, error);
    struct public_key *keys = NULL;
    size_t count = 0;
    bool done;

    if (holder == NULL)
        return false;
    done = holder->class->public_keys(holder, &keys, &count, error);
    for (size_t i = 0; done && i < count; i++)
        done = revoke(set, keys[i].thumbprint, error);
    free(keys);
    key_holder_close(holder);
    return done;
}

static bool revoke_all(struct key_set *set, struct error *error)
{
    const char *text;

    for (size_t i = 0; (text = options_value(set->options, "revoke", i)); i++) {
        if (strchr(text, ':') == NULL && !is_thumbprint(text))
            return error_set(error, EXIT_USAGE,
                             "--revoke %s: a thumbprint of 43 characters as "
                             "'key show' prints it, or a key URI",
                             text);
        if (strchr(text, ':') != NULL ? !revoke_uri(set, text, error)
                                      : !revoke(set, text, error))
            return false;
    }
    return true;
}

/* ------------------------------------------------------- the set before --- */

/* What a device holds after it: its revocations go on. */
static bool carry_revoked(struct key_set *set, struct error *error)
{
    const struct kjwt_keyset *held = keyset_rehearsal_set(set->device);
    char text[PUBLIC_KEY_THUMBPRINT_SIZE];

    for (size_t i = 0; i < held->revoked_count; i++) {
        base64url_encode(held->revoked + i * KJWT_THUMBPRINT_SIZE,
                         KJWT_THUMBPRINT_SIZE, text);
        if (!revoke(set, text, error))
            return false;
    }
    return true;
}

static bool load_previous(struct key_set *set, struct error *error)
{
    const char *path = options_value(set->options, "previous", 0);
    char advice[ADVICE_SIZE];
    struct input input;
    kjwt_status status;

    if (path == NULL)
        return true;
    if (!input_read_all(path, KJWT_MAX_TOKEN_LENGTH + 1, &input, error))
        return false;
    if (input.len > 0 && input.data[input.len - 1] == '\n')
        input.len--;
    status =
        keyset_rehearsal_update(set->device, input.data, input.len, set->now);
    input_free(&input);
    if (status == KJWT_OK)
        return carry_revoked(set, error);
    advice_format(status, advice);
    return error_set(error, EXIT_REFUSED,
                     "--previous %s is no key set of this root: %s", path,
                     advice);
}

static bool get_version(struct key_set *set, struct error *error)
{
    const char *text = options_value(set->options, "version", 0);
    const int64_t held = keyset_rehearsal_set(set->device)->version;

    if (text == NULL && held == 0)
        return error_set(error, EXIT_USAGE,
                         "give --version N, higher than that of any set "
                         "before, or the last set as --previous FILE");
    set->version = held + 1;
    if (text != NULL && (!time_parse(text, &set->version) || set->version == 0))
        return error_set(error, EXIT_USAGE,
                         "--version %s: a whole number from 1 on", text);
    if (set->version <= held || set->version > MAX_VERSION)
        return error_set(error, EXIT_REFUSED,
                         "version %" PRId64 ": the set before has %" PRId64
                         ", and devices take higher ones only",
                         set->version, held);
    return true;
}

/* -------------------------------------------------------------- claims --- */

/* The shortest JWK that says everything: a device has 48 JSON tokens. */
static json_t *short_jwk(const struct public_key *key)
{
    json_t *jwk = public_key_to_jwk(key);

    (void)json_object_del(jwk, "alg");
    (void)json_object_del(jwk, "use");
    if (strcmp(key->kid, key->thumbprint) == 0)
        (void)json_object_del(jwk, "kid");
    return jwk;
}

static bool set_array(struct key_set *set, const char *name, json_t *array,
                      struct error *error)
{
    char *text = json_dumps(array, JSON_COMPACT);
    bool done = text != NULL
                    ? members_set_json(&set->claims, name, text, error)
                    : out_of_memory(error);

    free(text);
    return done;
}

static bool set_date(struct key_set *set, const char *name,
                     struct error *error)
{
    const char *text = options_value(set->options, name, 0);
    int64_t date;

    if (text == NULL)
        return true;
    if (!date_parse(text, &date))
        return error_set(error, EXIT_USAGE, "--%s %s: write " DATE_FORMS, name,
                         text);
    return members_set_integer(&set->claims, name, date, error);
}

static bool build_claims(struct key_set *set, struct error *error)
{
    json_t *keys = json_array();
    bool done;

    for (size_t i = 0; i < set->keys.count; i++)
        (void)json_array_append_new(keys, short_jwk(&set->keys.keys[i]));
    done = members_set_integer(&set->claims, "iat", set->now, error) &&
           set_date(set, "exp", error) &&
           members_set_integer(&set->claims, "version", set->version, error) &&
           set_array(set, "keys", keys, error) &&
           (json_array_size(set->revoked) == 0 ||
            set_array(set, "revoked", set->revoked, error));
    json_decref(keys);
    return done;
}

/* What a device refuses as one status, by its name. */
static bool check_keys(const struct key_set *set, struct error *error)
{
    const char *root = set->root.key.thumbprint;
    json_t *entry;
    size_t j;

    for (size_t i = 0; i < set->keys.count; i++) {
        const char *thumbprint = set->keys.keys[i].thumbprint;

        if (strcmp(thumbprint, root) == 0)
            return error_set(error, EXIT_REFUSED,
                             "%s signs key sets and nothing else: leave it out "
                             "of the keys",
                             set->keys.names[i]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(set->keys.keys[k].thumbprint, thumbprint) == 0)
                return error_set(error, EXIT_REFUSED,
                                 "%s and %s are one key, whatever its kid: add "
                                 "it once",
                                 set->keys.names[k], set->keys.names[i]);
        json_array_foreach(set->revoked, j, entry)
            if (strcmp(json_string_value(entry), thumbprint) == 0)
                return error_set(error, EXIT_REFUSED,
                                 "%s (%s) is revoked: leave it out of the keys",
                                 set->keys.names[i], thumbprint);
    }
    json_array_foreach(set->revoked, j, entry)
        if (strcmp(json_string_value(entry), root) == 0)
            return error_set(error, EXIT_REFUSED,
                             "a root does not revoke itself: sign with another "
                             "root that devices have");
    return key_holder_check_set(set->keys.keys, set->keys.count, error);
}

static bool check_token(struct key_set *set, struct error *error)
{
    char advice[ADVICE_SIZE];
    kjwt_status status = keyset_rehearsal_update(
        set->device, set->token, strlen(set->token), set->now);

    if (status == KJWT_OK)
        return true;
    advice_format(status, advice);
    return error_set(error, EXIT_REFUSED,
                     "not made, a device would refuse this key set: %s",
                     advice);
}

/* ------------------------------------------------------------- command --- */

static bool collect(struct key_set *set, struct error *error)
{
    if (!options_given(set->options, "add"))
        return error_set(error, EXIT_USAGE,
                         "--add URI is required: a set without keys would "
                         "leave devices without any");
    set->revoked = json_array();
    set->device = keyset_rehearsal_new(&set->root.key);
    if (set->revoked == NULL || set->device == NULL)
        return out_of_memory(error);
    return load_previous(set, error) && get_version(set, error) &&
           revoke_all(set, error) &&
           key_collection_add(&set->keys, set->options, "add", error) &&
           check_keys(set, error) && build_claims(set, error);
}

static bool run_with(struct key_set *set, struct error *error)
{
    struct signer *root = &set->root;

    return options_now(set->options, &set->now, error) &&
           signer_open(set->options, root, error) &&
           members_set_string(&root->header, "typ", KJWT_TYP_KEYSET, error) &&
           collect(set, error) &&
           token_sign(root->holder, &root->header, &set->claims, &set->token,
                      error) &&
           signer_check_clock(root, set->options, set->now, error) &&
           check_token(set, error) &&
           token_output(set->options, &root->header, &set->claims, set->token,
                        error);
}

static bool run(const struct options *options, struct error *error)
{
    struct key_set set = {.options = options};
    bool done = run_with(&set, error);

    signer_close(&set.root);
    key_collection_close(&set.keys);
    json_decref(set.revoked);
    keyset_rehearsal_free(set.device);
    members_free(&set.claims);
    free(set.token);
    return done;
}

static const struct option_spec specs[] = {
    {"key", "URI", "the root key that signs; devices have it compiled in",
     '\0', false},
    {"add", "URI", "a key that verifies tokens from then on; may be repeated",
     '\0', true},
    {"revoke", "THUMBPRINT|URI", "a key that never does again; may be repeated",
     '\0', true},
    {"version", "N", "higher than that of any set before", '\0', false},
    {"previous", "FILE", "the last set: its version plus one, its revocations",
     '\0', false},
    {"exp", "T", "not accepted after: a NumericDate or RFC 3339; default: never "
     "expires", '\0', false},
    {"kid", "KID", "the root's kid instead of its thumbprint", '\0', false},
    {"no-kid", NULL, "no kid", '\0', false},
    {"now", "T", "the time for iat: a NumericDate or RFC 3339", '\0', false},
    {"output", "FILE", "write to FILE, mode 0600, without a newline", 'o',
     false},
    {"json", NULL, "the token with its header and claims as JSON", '\0', false},
    {"message-type", "TYPE", "awskms: RAW or DIGEST instead of by length", '\0',
     false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_key_set = {
    .name = "key-set",
    .summary = "Makes a key set: new keys and revoked ones for devices",
    .usage = "--key ROOT-URI --add URI [--add URI]... [OPTION]...",
    .details =
        "A device that accepts it (kjwt_keyset.h) verifies tokens with the "
        "--add keys alone\nfrom then on. It keeps the highest version that it "
        "has seen and refuses any lower\none. Revoked is a key by its "
        "thumbprint, whatever its kid, and for good.\n",
    .options = specs,
    .run = run,
};
