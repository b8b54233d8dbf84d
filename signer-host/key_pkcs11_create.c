/*
 * key create --key pkcs11:...: a key pair that is made in the token and whose
 * private half never leaves it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_pkcs11.h"

#include <stdlib.h>
#include <string.h>

#include "pkcs11_error.h"
#include "pkcs11_object.h"
#include "pkcs11_token.h"
#include "pkcs11_uri.h"
#include "random.h"

#define NEW_ID_SIZE 8

/* A key's name for this token: the URI's label, and its id or a random one. */
struct identity {
    CK_ATTRIBUTE label;
    CK_ATTRIBUTE id;
    unsigned char new_id[NEW_ID_SIZE];
};

static bool get_identity(P11KitUri *uri, struct identity *identity,
                         struct error *error)
{
    const CK_ATTRIBUTE *label = p11_kit_uri_get_attribute(uri, CKA_LABEL);
    const CK_ATTRIBUTE *id = p11_kit_uri_get_attribute(uri, CKA_ID);

    if (label == NULL || label->ulValueLen == 0)
        return error_set(error, EXIT_USAGE,
                         "the key URI gives the new key no label: write "
                         "pkcs11:token=LABEL;object=LABEL");
    if (pkcs11_uri_is_public(uri))
        return error_set(error, EXIT_USAGE,
                         "the key URI says type=public, and a key pair is to "
                         "be made: leave it out");
    identity->label = *label;
    identity->id =
        (CK_ATTRIBUTE){CKA_ID, identity->new_id, sizeof identity->new_id};
    if (id != NULL)
        identity->id = *id;
    return random_bytes(NULL, identity->new_id, sizeof identity->new_id) == 0 ||
           error_set(error, EXIT_USAGE, "no random numbers");
}

/* PKCS#11 lets objects share a label, and a key URI that describes two of them
 * serves nobody. */
static bool check_free(struct pkcs11_token *token, struct error *error)
{
    static const CK_OBJECT_CLASS classes[] = {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
    CK_OBJECT_HANDLE found;
    CK_ULONG count;
    char *uri;

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        count = 0;
        if (!pkcs11_object_search(token, classes[i], false, &found, 1, &count,
                                  error))
            return false;
        if (count == 0)
            continue;
        uri = pkcs11_object_uri(token, found);
        (void)error_set(error, EXIT_REFUSED,
                        "token %s has such a key already, and it is not "
                        "touched: %.400s: choose another label",
                        token->name, uri != NULL ? uri : "");
        free(uri);
        return false;
    }
    return true;
}

static CK_RV generate(struct pkcs11_token *token,
                      const struct identity *identity, CK_ULONG bits,
                      CK_OBJECT_HANDLE *object)
{
    CK_MECHANISM mechanism = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    unsigned char exponent[] = {1, 0, 1};
    CK_ATTRIBUTE public[] = {identity->label,
                             identity->id,
                             {CKA_TOKEN, &yes, sizeof yes},
                             {CKA_PRIVATE, &no, sizeof no},
                             {CKA_VERIFY, &yes, sizeof yes},
                             {CKA_ENCRYPT, &no, sizeof no},
                             {CKA_WRAP, &no, sizeof no},
                             {CKA_MODULUS_BITS, &bits, sizeof bits},
                             {CKA_PUBLIC_EXPONENT, exponent, sizeof exponent}};
    CK_ATTRIBUTE private[] = {identity->label,
                              identity->id,
                              {CKA_TOKEN, &yes, sizeof yes},
                              {CKA_PRIVATE, &yes, sizeof yes},
                              {CKA_SENSITIVE, &yes, sizeof yes},
                              {CKA_EXTRACTABLE, &no, sizeof no},
                              {CKA_SIGN, &yes, sizeof yes},
                              {CKA_DECRYPT, &no, sizeof no},
                              {CKA_UNWRAP, &no, sizeof no}};
    CK_OBJECT_HANDLE other;

    return token->module->C_GenerateKeyPair(
        token->session, &mechanism, public, sizeof public / sizeof public[0],
        private, sizeof private / sizeof private[0], &other, object);
}

/* What the token made is what was asked for. */
static bool check_made(struct pkcs11_token *token, CK_OBJECT_HANDLE object,
                       CK_ULONG bits, const char *name, struct error *error)
{
    struct public_key key;

    if (!pkcs11_object_public_key(token, object, &key, error))
        return error_in(error, name);
    return (key.bits == bits &&
            pkcs11_object_flag(token, object, CKA_SENSITIVE) != 0 &&
            pkcs11_object_flag(token, object, CKA_EXTRACTABLE) != 1) ||
           error_set(error, EXIT_REFUSED,
                     "the token made %.600s, which has another size or can be "
                     "read out: delete it and make it with the token's own "
                     "tool",
                     name);
}

static bool make(struct pkcs11_token *token, const struct key_request *request,
                 char **name, struct error *error)
{
    /* get_spec() of the command left "RSA_" and the bits. */
    CK_ULONG bits = strtoul(request->spec + 4, NULL, 10);
    struct identity identity;
    CK_OBJECT_HANDLE object;
    CK_RV result;

    if (!get_identity(token->uri, &identity, error) ||
        !pkcs11_token_login(token, error))
        return false;
    pkcs11_token_forget_pin(token);
    if (!check_free(token, error))
        return false;
    result = generate(token, &identity, bits, &object);
    if (result != CKR_OK)
        return pkcs11_failed(token->name, "making the key", result, error);
    *name = pkcs11_object_uri(token, object);
    return *name != NULL ? check_made(token, object, bits, *name, error)
                         : out_of_memory(error);
}

bool key_pkcs11_create(const struct key_request *request, char **name,
                       struct error *error)
{
    struct pkcs11_token token = {.uri = NULL};
    bool done = key_request_check_awskms(request, PKCS11_SCHEME, error) &&
                pkcs11_token_open(request->uri, true, request->options.verbose,
                                  &token, error) &&
                make(&token, request, name, error);

    pkcs11_token_close(&token);
    return done;
}
