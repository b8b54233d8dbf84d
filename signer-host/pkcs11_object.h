/*
 * Key objects on a PKCS#11 token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PKCS11_OBJECT_H
#define PKCS11_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "pkcs11_token.h"
#include "public_key.h"

/* Handles of the objects of a class that have the label and id of the
 * token's key URI, or all of the class. False with *error filled. */
bool pkcs11_object_search(struct pkcs11_token *token, CK_OBJECT_CLASS class,
                          bool all, CK_OBJECT_HANDLE *handles, CK_ULONG size,
                          CK_ULONG *count, struct error *error);

/* The one object of a class that the key URI describes; none and several are
 * errors that list what there is (EXIT_REFUSED). */
bool pkcs11_object_find(struct pkcs11_token *token, CK_OBJECT_CLASS class,
                        CK_OBJECT_HANDLE *object, struct error *error);

/* The length of an attribute, written to value[size]; -1: the object has none
 * or does not tell it, or there is no room. */
long pkcs11_object_get(const struct pkcs11_token *token,
                       CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                       void *value, size_t size);

/* An attribute that is a truth value: 1, 0, or -1 where it is not told. */
int pkcs11_object_flag(const struct pkcs11_token *token,
                       CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);

/* The public half of a private or public RSA key object. */
bool pkcs11_object_public_key(struct pkcs11_token *token,
                              CK_OBJECT_HANDLE object, struct public_key *key,
                              struct error *error);

/* Its key URI, without a PIN source; NULL: memory is short. */
char *pkcs11_object_uri(const struct pkcs11_token *token,
                        CK_OBJECT_HANDLE object);

#endif
