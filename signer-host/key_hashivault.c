/*
 * hashivault:// keys, which sign in the transit engine of HashiCorp Vault (or
 * OpenBao) and stay there.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/sha256.h>

#include "base64.h"
#include "hashivault_uri.h"
#include "key_holder.h"
#include "vault_client.h"

#define DIGEST_SIZE 32

struct key_hashivault {
    struct key_holder holder;
    struct vault_client *vault;
    char key[HASHIVAULT_KEY_SIZE];
    unsigned long version; /* 0: the latest, until it is known */
    char name[HASHIVAULT_KEY_SIZE + 64];
    json_t *facts;
    struct public_key public;
};

/* ---------------------------------------------------------- public key --- */

/* The sizes are public_key.c's business. */
static bool check_type(const struct key_hashivault *key, const json_t *data,
                       struct error *error)
{
    const char *type = json_string_value(json_object_get(data, "type"));

    if (type == NULL)
        type = "unknown";
    return strncmp(type, "rsa-", 4) == 0 ||
           error_set(error, EXIT_REFUSED,
                     "%s is of type %.64s, and RS256 needs rsa-2048, rsa-3072 "
                     "or rsa-4096: use another key",
                     key->name, type);
}

/* One version for the whole run, so that every token is signed with the key
 * that was exported and checked. */
static bool take_version(struct key_hashivault *key, const json_t *data,
                         struct error *error)
{
    json_int_t latest =
        json_integer_value(json_object_get(data, "latest_version"));

    if (key->version == 0)
        key->version = (unsigned long)latest;
    (void)snprintf(key->name, sizeof key->name,
                   HASHIVAULT_SCHEME "%s?version=%lu", key->key, key->version);
    return latest > 0 ||
           vault_unexpected(key->vault, "no latest_version", error);
}

static bool take_public_key(struct key_hashivault *key, const json_t *data,
                            struct error *error)
{
    char number[24];
    const json_t *one;
    const char *pem;

    (void)snprintf(number, sizeof number, "%lu", key->version);
    one = json_object_get(json_object_get(data, "keys"), number);
    if (one == NULL)
        return error_set(
            error, EXIT_REFUSED,
            "Vault's key %s has no version %s (any more): the "
            "latest is %" JSON_INTEGER_FORMAT,
            key->key, number,
            json_integer_value(json_object_get(data, "latest_version")));
    pem = json_string_value(json_object_get(one, "public_key"));
    if (pem == NULL)
        return vault_unexpected(key->vault, "no public_key", error);
    return public_key_from_pem(pem, &key->public, error) ||
           error_in(error, key->name);
}

static const char *yes_or_no(const json_t *data, const char *name)
{
    return json_is_true(json_object_get(data, name)) ? "yes" : "no";
}

static bool take_facts(struct key_hashivault *key, const json_t *data,
                       struct error *error)
{
    key->facts = json_pack("{s:s, s:s, s:s, s:s, s:s}", "uri", key->name,
                           "server", vault_host(key->vault), "engine",
                           vault_engine(key->vault), "exportable",
                           yes_or_no(data, "exportable"), "plaintext backup",
                           yes_or_no(data, "allow_plaintext_backup"));
    return key->facts != NULL || out_of_memory(error);
}

static bool get_key(struct key_hashivault *key, struct error *error)
{
    json_t *data = vault_get_key(key->vault, key->key, error);
    bool done = data != NULL && take_version(key, data, error) &&
                check_type(key, data, error) &&
                take_public_key(key, data, error) &&
                take_facts(key, data, error);

    json_decref(data);
    return done;
}

static bool public_keys(struct key_holder *holder, struct public_key **keys,
                        size_t *count, struct error *error)
{
    return key_holder_one_key(&((struct key_hashivault *)holder)->public, keys,
                              count, error);
}

static json_t *describe(struct key_holder *holder, struct error *error)
{
    (void)error;
    return json_incref(((struct key_hashivault *)holder)->facts);
}

/* ---------------------------------------------------------------- sign --- */

/* "vault:v3:BASE64" */
static bool take_signature(const struct key_hashivault *key, const char *text,
                           uint8_t *signature, size_t *signature_len,
                           struct error *error)
{
    char prefix[40];

    (void)snprintf(prefix, sizeof prefix, "vault:v%lu:", key->version);
    if (strncmp(text, prefix, strlen(prefix)) != 0)
        return vault_unexpected(key->vault,
                                "a signature of another key version", error);
    if (!base64_decode(text + strlen(prefix), strlen(text + strlen(prefix)),
                       signature, PUBLIC_KEY_MAX_BYTES, signature_len) ||
        *signature_len != key->public.bits / 8)
        return vault_unexpected(
            key->vault, "a signature that is not as long as the key", error);
    return true;
}

static bool sign(struct key_holder *holder, const void *message,
                 size_t message_len, uint8_t *signature, size_t *signature_len,
                 struct error *error)
{
    struct key_hashivault *key = (struct key_hashivault *)holder;
    uint8_t digest[DIGEST_SIZE];
    json_t *parameters;
    json_t *data;
    const char *text;
    bool done;

    (void)mbedtls_sha256(message, message_len, digest, 0);
    /* Without signature_algorithm it would be PSS. */
    parameters = json_pack("{s:o, s:b, s:s, s:I}", "input",
                           base64_json(digest, sizeof digest), "prehashed", 1,
                           "signature_algorithm", "pkcs1v15", "key_version",
                           (json_int_t)key->version);
    if (parameters == NULL)
        return out_of_memory(error);
    data = vault_sign(key->vault, key->key, parameters, error);
    text = json_string_value(json_object_get(data, "signature"));
    done = text != NULL &&
           take_signature(key, text, signature, signature_len, error);
    if (data != NULL && text == NULL)
        (void)vault_unexpected(key->vault, "no signature", error);
    json_decref(data);
    json_decref(parameters);
    return done;
}

/* -------------------------------------------------------------- holder ---
 */

static bool clock_offset(struct key_holder *holder, int64_t *seconds)
{
    return vault_clock_offset(((struct key_hashivault *)holder)->vault,
                              seconds);
}

static void close_hashivault(struct key_holder *holder)
{
    struct key_hashivault *key = (struct key_hashivault *)holder;

    vault_close(key->vault);
    json_decref(key->facts);
    free(key);
}

static struct key_holder *open_hashivault(const char *uri,
                                          const struct key_options *options,
                                          struct error *error)
{
    struct key_hashivault *key = calloc(1, sizeof *key);

    if (key == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    key->holder.class = &key_hashivault_class;
    key->holder.name = key->name;
    if (key_options_check_awskms(options, HASHIVAULT_SCHEME, error) &&
        hashivault_uri_parse(uri, key->key, &key->version, error)) {
        key->vault = vault_open(options->verbose, error);
        if (key->vault != NULL && get_key(key, error))
            return &key->holder;
    }
    close_hashivault(&key->holder);
    return NULL;
}

const struct key_holder_class key_hashivault_class = {
    .scheme = HASHIVAULT_SCHEME,
    .open = open_hashivault,
    .public_keys = public_keys,
    .sign = sign,
    .describe = describe,
    .clock_offset = clock_offset,
    .close = close_hashivault,
};
