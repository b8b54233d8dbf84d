/*
 * RSASSA-PKCS1-v1_5 with SHA-256 in a PKCS#11 token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PKCS11_SIGN_H
#define PKCS11_SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "pkcs11_token.h"

/* How a private key object signs. */
struct pkcs11_signer {
    CK_OBJECT_HANDLE object;
    CK_MECHANISM_TYPE mechanism; /* CKM_SHA256_RSA_PKCS or CKM_RSA_PKCS */
    bool asks_always;            /* CKA_ALWAYS_AUTHENTICATE */
};

/* Finds out how. Whatever the result, the PIN is kept only for a key that wants
 * it with each signature. EXIT_REFUSED. */
bool pkcs11_signer_init(struct pkcs11_signer *signer,
                        struct pkcs11_token *token, CK_OBJECT_HANDLE object,
                        struct error *error);

/* signature has room for PUBLIC_KEY_MAX_BYTES. */
bool pkcs11_sign(const struct pkcs11_signer *signer, struct pkcs11_token *token,
                 const void *message, size_t message_len, uint8_t *signature,
                 size_t *signature_len, struct error *error);

#endif
