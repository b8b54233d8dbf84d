/*
 * A token's PIN: from a file, or typed on the terminal. It is never shown,
 * never part of an error, and cleared after use.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PKCS11_PIN_H
#define PKCS11_PIN_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

#define PKCS11_PIN_MAX 255

struct pkcs11_pin {
    char text[PKCS11_PIN_MAX + 1];
    size_t len;
};

/* From the file of a pin-source (file:PATH or /PATH), less a line end; source
 * NULL: asks on the terminal for the PIN of the token. */
bool pkcs11_pin_get(const char *source, const char *token,
                    struct pkcs11_pin *pin, struct error *error);

void pkcs11_pin_clear(struct pkcs11_pin *pin);

#endif
