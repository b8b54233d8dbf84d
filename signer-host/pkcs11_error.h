/*
 * What a PKCS#11 module answers, in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PKCS11_ERROR_H
#define PKCS11_ERROR_H

#include <stdbool.h>

#include <p11-kit/pkcs11.h>

#include "error.h"

/* Fills *error with what went wrong while doing `what` to the token, and what
 * to do next. Returns false. */
bool pkcs11_failed(const char *token, const char *what, CK_RV result,
                   struct error *error);

#endif
