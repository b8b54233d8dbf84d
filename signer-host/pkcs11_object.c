/*
 * Finding and reading key objects.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pkcs11_object.h"

#include <stdlib.h>
#include <string.h>

#include "pkcs11_error.h"
#include "pkcs11_uri.h"

#define MAX_FOUND   8
#define MAX_TEXT    256 /* of a label or an id */
#define LIST_SIZE   600 /* of candidates, in an error */
#define MAX_NUMBER  (PUBLIC_KEY_MAX_BYTES + 1)
#define MAX_FILTERS 4

/* ---------------------------------------------------------- attributes --- */

long pkcs11_object_get(const struct pkcs11_token *token,
                       CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                       void *value, size_t size)
{
    CK_ATTRIBUTE attribute = {type, value, size};

    if (token->module->C_GetAttributeValue(token->session, object, &attribute,
                                           1) != CKR_OK ||
        attribute.ulValueLen > size) /* or CK_UNAVAILABLE_INFORMATION */
        return -1;
    return (long)attribute.ulValueLen;
}

int pkcs11_object_flag(const struct pkcs11_token *token,
                       CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_BBOOL flag = CK_FALSE;

    if (pkcs11_object_get(token, object, type, &flag, sizeof flag) !=
        (long)sizeof flag)
        return -1;
    return flag != CK_FALSE;
}

static char *uri_of(const struct pkcs11_token *token, CK_OBJECT_HANDLE object,
                    const P11KitUri *like)
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_LABEL, CKA_ID};
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    unsigned char values[2][MAX_TEXT];
    CK_ATTRIBUTE attributes[3];
    CK_ULONG count = 0;

    for (size_t i = 0; i < 2; i++) {
        long len = pkcs11_object_get(token, object, types[i], values[i],
                                     sizeof values[i]);

        if (len > 0)
            attributes[count++] =
                (CK_ATTRIBUTE){types[i], values[i], (CK_ULONG)len};
    }
    /* A private key is what a key URI means by itself. */
    if (pkcs11_object_get(token, object, CKA_CLASS, &class, sizeof class) ==
            (long)sizeof class &&
        class == CKO_PUBLIC_KEY)
        attributes[count++] = (CK_ATTRIBUTE){CKA_CLASS, &class, sizeof class};
    return pkcs11_uri_format(like, &token->info, attributes, count);
}

char *pkcs11_object_uri(const struct pkcs11_token *token,
                        CK_OBJECT_HANDLE object)
{
    return uri_of(token, object, token->uri);
}

/* -------------------------------------------------------------- search --- */

bool pkcs11_object_search(struct pkcs11_token *token, CK_OBJECT_CLASS class,
                          bool all, CK_OBJECT_HANDLE *handles, CK_ULONG size,
                          CK_ULONG *count, struct error *error)
{
    static const CK_ATTRIBUTE_TYPE types[] = {CKA_LABEL, CKA_ID};
    CK_FUNCTION_LIST *module = token->module;
    CK_ATTRIBUTE filters[MAX_FILTERS] = {{CKA_CLASS, &class, sizeof class}};
    CK_ULONG filter_count = 1;
    CK_RV result;

    for (size_t i = 0; !all && i < sizeof types / sizeof types[0]; i++) {
        const CK_ATTRIBUTE *wanted =
            p11_kit_uri_get_attribute(token->uri, types[i]);

        if (wanted != NULL)
            filters[filter_count++] = *wanted;
    }
    result = module->C_FindObjectsInit(token->session, filters, filter_count);
    if (result == CKR_OK) {
        result = module->C_FindObjects(token->session, handles, size, count);
        (void)module->C_FindObjectsFinal(token->session);
    }
    if (result == CKR_OK && *count > size) /* a broken driver */
        result = CKR_GENERAL_ERROR;
    return result == CKR_OK ||
           pkcs11_failed(token->name, "looking for keys", result, error);
}

static void list(const struct pkcs11_token *token,
                 const CK_OBJECT_HANDLE *handles, CK_ULONG count,
                 char text[LIST_SIZE])
{
    text[0] = '\0';
    for (CK_ULONG i = 0; i < count; i++) {
        char *uri = uri_of(token, handles[i], NULL);

        pkcs11_uri_append(text, LIST_SIZE, uri);
        free(uri);
    }
}

static bool none_found(struct pkcs11_token *token, CK_OBJECT_CLASS class,
                       struct error *error)
{
    const char *kind = class == CKO_PUBLIC_KEY ? "public" : "private";
    CK_OBJECT_HANDLE handles[MAX_FOUND];
    CK_ULONG count = 0;
    char text[LIST_SIZE];

    if (!pkcs11_object_search(token, class, true, handles, MAX_FOUND, &count,
                              error))
        return false;
    if (count == 0)
        return error_set(error, EXIT_REFUSED,
                         "token %s holds no %s key: make one with key create "
                         "--key 'pkcs11:token=...;object=...'",
                         token->name, kind);
    list(token, handles, count, text);
    return error_set(error, EXIT_REFUSED,
                     "token %s holds no %s key as the key URI describes it; "
                     "there is %s",
                     token->name, kind, text);
}

bool pkcs11_object_find(struct pkcs11_token *token, CK_OBJECT_CLASS class,
                        CK_OBJECT_HANDLE *object, struct error *error)
{
    CK_OBJECT_HANDLE handles[MAX_FOUND];
    CK_ULONG count = 0;
    char text[LIST_SIZE];

    if (!pkcs11_object_search(token, class, false, handles, MAX_FOUND, &count,
                              error))
        return false;
    if (count == 0)
        return none_found(token, class, error);
    *object = handles[0];
    if (count == 1)
        return true;
    list(token, handles, count, text);
    return error_set(error, EXIT_REFUSED,
                     "the key URI describes %lu%s keys on token %s: give one "
                     "of %s",
                     count, count == MAX_FOUND ? " or more" : "", token->name,
                     text);
}

/* ---------------------------------------------------------- public key --- */

/* The public key object with the same CKA_ID; there may be none. */
static bool find_public(struct pkcs11_token *token, CK_OBJECT_HANDLE object,
                        CK_OBJECT_HANDLE *other)
{
    CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
    unsigned char id[MAX_TEXT];
    long len = pkcs11_object_get(token, object, CKA_ID, id, sizeof id);
    CK_ATTRIBUTE filters[] = {{CKA_CLASS, &class, sizeof class},
                              {CKA_ID, id, len > 0 ? (CK_ULONG)len : 0}};
    CK_OBJECT_HANDLE handles[2];
    CK_ULONG count = 0;

    if (len <= 0 ||
        token->module->C_FindObjectsInit(token->session, filters, 2) != CKR_OK)
        return false;
    if (token->module->C_FindObjects(token->session, handles, 2, &count) !=
        CKR_OK)
        count = 0;
    (void)token->module->C_FindObjectsFinal(token->session);
    *other = handles[0];
    return count == 1;
}

static bool read_numbers(const struct pkcs11_token *token,
                         CK_OBJECT_HANDLE object, struct public_key *key,
                         bool *told, struct error *error)
{
    uint8_t modulus[MAX_NUMBER];
    uint8_t exponent[MAX_NUMBER];
    long modulus_len =
        pkcs11_object_get(token, object, CKA_MODULUS, modulus, sizeof modulus);
    long exponent_len = pkcs11_object_get(token, object, CKA_PUBLIC_EXPONENT,
                                          exponent, sizeof exponent);

    *told = modulus_len > 0 && exponent_len > 0;
    return *told &&
           public_key_from_modulus(modulus, (size_t)modulus_len, exponent,
                                   (size_t)exponent_len, key, error);
}

/* The private key object itself is asked first: nobody without its PIN can
 * have put another key in its place. */
bool pkcs11_object_public_key(struct pkcs11_token *token,
                              CK_OBJECT_HANDLE object, struct public_key *key,
                              struct error *error)
{
    CK_KEY_TYPE type = CKK_RSA;
    CK_OBJECT_HANDLE other;
    bool told;

    (void)pkcs11_object_get(token, object, CKA_KEY_TYPE, &type, sizeof type);
    if (type != CKK_RSA)
        return error_set(error, EXIT_REFUSED,
                         "the key on token %s is no RSA key, which RS256 "
                         "needs: use another, or make one with key create",
                         token->name);
    if (read_numbers(token, object, key, &told, error))
        return true;
    if (!told && find_public(token, object, &other) &&
        read_numbers(token, other, key, &told, error))
        return true;
    return told ? error_in(error, token->name)
                : error_set(error, EXIT_REFUSED,
                            "token %s does not tell the key's modulus and "
                            "exponent, and holds no public key object with "
                            "the same id: put one there",
                            token->name);
}
