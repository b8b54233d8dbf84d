/*
 * What the two halves of pkcs11: keys share: using a key and making one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEY_PKCS11_H
#define KEY_PKCS11_H

#include <stdbool.h>

#include "error.h"
#include "key_holder.h"

/* key create --key pkcs11:...: C_GenerateKeyPair. */
bool key_pkcs11_create(const struct key_request *request, char **name,
                       struct error *error);

#endif
