/*
 * pkcs11: keys, which sign in a token (HSM, smart card, YubiKey) and stay
 * there. One session and one login serve all signatures of a run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_pkcs11.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pkcs11_object.h"
#include "pkcs11_sign.h"
#include "pkcs11_token.h"
#include "pkcs11_uri.h"

struct key_pkcs11 {
    struct key_holder holder;
    struct pkcs11_token token;
    CK_OBJECT_HANDLE object;
    char *name;
    struct public_key key;
    bool is_public; /* type=public: it only verifies */
    struct pkcs11_signer signer;
};

static bool sign(struct key_holder *holder, const void *message,
                 size_t message_len, uint8_t *signature, size_t *signature_len,
                 struct error *error)
{
    struct key_pkcs11 *key = (struct key_pkcs11 *)holder;

    if (key->is_public)
        return error_set(error, EXIT_REFUSED,
                         "%.400s is a public key, which verifies but cannot "
                         "sign: leave type=public out",
                         key->name);
    if (!pkcs11_sign(&key->signer, &key->token, message, message_len, signature,
                     signature_len, error))
        return false;
    return *signature_len == key->key.bits / 8 ||
           error_set(error, EXIT_USAGE,
                     "token %s made a signature that is not as long as the "
                     "key: check its driver",
                     key->token.name);
}

/* --------------------------------------------------------------- facts --- */

static bool public_keys(struct key_holder *holder, struct public_key **keys,
                        size_t *count, struct error *error)
{
    return key_holder_one_key(&((struct key_pkcs11 *)holder)->key, keys, count,
                              error);
}

static void add_padded(json_t *facts, const char *name,
                       const unsigned char *text, size_t size)
{
    char *value = p11_kit_space_strdup(text, size);

    if (value != NULL)
        (void)json_object_set_new(facts, name, json_string(value));
    free(value);
}

static void add_id(json_t *facts, const struct key_pkcs11 *key)
{
    unsigned char id[128];
    char text[2 * sizeof id + 1] = "";
    long len =
        pkcs11_object_get(&key->token, key->object, CKA_ID, id, sizeof id);

    for (long i = 0; i < len; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", id[i]);
    (void)json_object_set_new(facts, "id", json_string(text));
}

static void add_flags(json_t *facts, const struct key_pkcs11 *key)
{
    static const struct {
        const char *name;
        CK_ATTRIBUTE_TYPE type;
    } flags[] = {{"sensitive", CKA_SENSITIVE},
                 {"extractable", CKA_EXTRACTABLE},
                 {"always authenticate", CKA_ALWAYS_AUTHENTICATE}};

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        int flag = pkcs11_object_flag(&key->token, key->object, flags[i].type);

        (void)json_object_set_new(facts, flags[i].name,
                                  json_string(flag < 0   ? "not told"
                                              : flag > 0 ? "yes"
                                                         : "no"));
    }
}

static json_t *describe(struct key_holder *holder, struct error *error)
{
    const struct key_pkcs11 *key = (const struct key_pkcs11 *)holder;
    const CK_TOKEN_INFO *info = &key->token.info;
    json_t *facts = json_pack("{s:s}", "uri", key->name);

    if (facts == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    add_padded(facts, "token", info->label, sizeof info->label);
    add_padded(facts, "manufacturer", info->manufacturerID,
               sizeof info->manufacturerID);
    add_padded(facts, "model", info->model, sizeof info->model);
    add_padded(facts, "serial", info->serialNumber, sizeof info->serialNumber);
    add_id(facts, key);
    if (!key->is_public)
        add_flags(facts, key);
    return facts;
}

/* -------------------------------------------------------------- holder --- */

static void close_pkcs11(struct key_holder *holder)
{
    struct key_pkcs11 *key = (struct key_pkcs11 *)holder;

    pkcs11_token_close(&key->token);
    free(key->name);
    free(key);
}

static bool open_key(struct key_pkcs11 *key, const char *uri,
                     const struct key_options *options, struct error *error)
{
    struct pkcs11_token *token = &key->token;

    if (!key_options_check_awskms(options, PKCS11_SCHEME, error) ||
        !pkcs11_token_open(uri, false, options->verbose, token, error))
        return false;
    key->is_public = pkcs11_uri_is_public(token->uri);
    if ((!key->is_public && !pkcs11_token_login(token, error)) ||
        !pkcs11_object_find(token,
                            key->is_public ? CKO_PUBLIC_KEY : CKO_PRIVATE_KEY,
                            &key->object, error) ||
        !pkcs11_object_public_key(token, key->object, &key->key, error))
        return false;
    key->name = pkcs11_object_uri(token, key->object);
    if (key->name == NULL)
        return out_of_memory(error);
    key->holder.name = key->name;
    return key->is_public ||
           pkcs11_signer_init(&key->signer, token, key->object, error);
}

static struct key_holder *open_pkcs11(const char *uri,
                                      const struct key_options *options,
                                      struct error *error)
{
    struct key_pkcs11 *key = calloc(1, sizeof *key);

    if (key == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    key->holder.class = &key_pkcs11_class;
    if (open_key(key, uri, options, error))
        return &key->holder;
    close_pkcs11(&key->holder);
    return NULL;
}

const struct key_holder_class key_pkcs11_class = {
    .scheme = PKCS11_SCHEME,
    .open = open_pkcs11,
    .public_keys = public_keys,
    .sign = sign,
    .describe = describe,
    .close = close_pkcs11,
    .create = key_pkcs11_create,
};
