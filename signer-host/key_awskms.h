/*
 * What the two halves of awskms: keys share: using a key and making one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEY_AWSKMS_H
#define KEY_AWSKMS_H

#include <stdbool.h>

#include "error.h"
#include "key_holder.h"

#define KEY_AWSKMS_ALGORITHM "RSASSA_PKCS1_V1_5_SHA_256"

/* key create --alias: CreateKey and CreateAlias. */
bool key_awskms_create(const struct key_request *request, char **name,
                       struct error *error);

#endif
