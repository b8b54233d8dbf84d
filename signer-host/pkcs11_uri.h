/*
 * pkcs11: key URIs (RFC 7512) as this program takes them.
 *
 *     pkcs11:token=bench;object=device-signing?pin-source=file:/etc/bench.pin
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PKCS11_URI_H
#define PKCS11_URI_H

#include <stdbool.h>
#include <stddef.h>

#include <p11-kit/uri.h>

#include "error.h"

#define PKCS11_SCHEME "pkcs11:"

/* NULL with *error filled (EXIT_USAGE): not a URI, attributes that mean
 * nothing here, or a PIN, which must not stand on a command line. A failure's
 * text never holds the query. */
P11KitUri *pkcs11_uri_parse(const char *text, struct error *error);

/* type=public: the public key object, which needs no PIN. */
bool pkcs11_uri_is_public(P11KitUri *uri);

/* What a person gives to --key: the token's label and serial number, count
 * attributes of an object, and the module attributes of like. For a list of
 * candidates, like is NULL: no module, and no serial number of an object's
 * token. NULL: memory is short. Free it with free(). */
char *pkcs11_uri_format(const P11KitUri *like, const CK_TOKEN_INFO *token,
                        CK_ATTRIBUTE *attributes, CK_ULONG count);

/* Appends a URI to a list of candidates, or dots where there is no room. */
void pkcs11_uri_append(char *list, size_t size, const char *uri);

#endif
