/*
 * One PKCS#11 token: found through p11-kit's modules, with one session.
 *
 *   pkcs11_token_open() -> pkcs11_token_login() -> ... -> pkcs11_token_close()
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PKCS11_TOKEN_H
#define PKCS11_TOKEN_H

#include <stdbool.h>

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

#include "error.h"
#include "pkcs11_pin.h"

struct pkcs11_token {
    P11KitUri *uri;
    CK_FUNCTION_LIST **modules; /* NULL-terminated; NULL: none loaded */
    bool own_module;            /* modules[0] is the URI's module-path */
    CK_FUNCTION_LIST *module;   /* the token's */
    CK_SLOT_ID slot;
    CK_TOKEN_INFO info;
    char name[33]; /* the token's label, for messages */
    CK_SESSION_HANDLE session;
    bool has_session;
    struct pkcs11_pin pin; /* from the login on, until forgotten */
};

/* Finds the one token that the key URI describes and opens a session, which
 * can write if asked for. *token must be zero; close it in any case. */
bool pkcs11_token_open(const char *uri, bool writable, bool verbose,
                       struct pkcs11_token *token, struct error *error);

/* Logs its user in, where it wants that. One wrong PIN is one try. */
bool pkcs11_token_login(struct pkcs11_token *token, struct error *error);

/* The login before each use of a key that is CKA_ALWAYS_AUTHENTICATE, with the
 * same PIN. */
bool pkcs11_token_login_again(struct pkcs11_token *token, struct error *error);

/* The PIN is not needed any more. */
void pkcs11_token_forget_pin(struct pkcs11_token *token);

void pkcs11_token_close(struct pkcs11_token *token);

#endif
