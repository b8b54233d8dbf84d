/*
 * Logging in to a PKCS#11 token: a wrong PIN uses up a try, and the last one
 * locks the token, so that each command tries once and tells what is left.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "pkcs11_error.h"
#include "pkcs11_token.h"

static CK_FLAGS flags_of(struct pkcs11_token *token)
{
    (void)token->module->C_GetTokenInfo(token->slot, &token->info);
    return token->info.flags;
}

static bool is_typed(const struct pkcs11_token *token)
{
    return p11_kit_uri_get_pin_source(token->uri) == NULL;
}

/* What the token's flags say before a try. A file that holds a wrong PIN would
 * be tried until the token is locked. */
static bool check_tries(const struct pkcs11_token *token, CK_FLAGS flags,
                        struct error *error)
{
    if (flags & CKF_USER_PIN_LOCKED)
        return pkcs11_failed(token->name, "logging in", CKR_PIN_LOCKED, error);
    if ((flags & CKF_USER_PIN_INITIALIZED) == 0)
        return pkcs11_failed(token->name, "logging in",
                             CKR_USER_PIN_NOT_INITIALIZED, error);
    if ((flags & CKF_USER_PIN_FINAL_TRY) == 0)
        return true;
    if (!is_typed(token))
        return error_set(error, EXIT_REFUSED,
                         "token %s: one try is left before its PIN is locked, "
                         "and that is not spent on a PIN file: run the command "
                         "once without pin-source and type the PIN",
                         token->name);
    (void)fprintf(stderr,
                  "signer-host: warning: this is the last try: a wrong PIN "
                  "locks the token %s\n",
                  token->name);
    return true;
}

static bool get_pin(struct pkcs11_token *token, CK_FLAGS flags,
                    struct error *error)
{
    if (flags & CKF_PROTECTED_AUTHENTICATION_PATH) {
        (void)fprintf(stderr,
                      "signer-host: enter the PIN of token %s on its reader\n",
                      token->name);
        return true;
    }
    return pkcs11_pin_get(p11_kit_uri_get_pin_source(token->uri), token->name,
                          &token->pin, error);
}

static CK_RV login(struct pkcs11_token *token, CK_USER_TYPE user)
{
    /* Without a PIN the token asks for it itself. */
    unsigned char *pin =
        token->pin.len > 0 ? (unsigned char *)token->pin.text : NULL;

    return token->module->C_Login(token->session, user, pin, token->pin.len);
}

static bool login_failed(struct pkcs11_token *token, CK_RV result,
                         struct error *error)
{
    CK_FLAGS flags = flags_of(token);
    const char *left = flags & CKF_USER_PIN_LOCKED
                           ? "; the PIN is locked now: the token's security "
                             "officer can unlock it"
                       : flags & CKF_USER_PIN_FINAL_TRY
                           ? "; one try is left before it is locked"
                       : flags & CKF_USER_PIN_COUNT_LOW
                           ? "; the token counts wrong PINs, and has counted "
                             "some since the last right one"
                           : "";
    char reason[sizeof error->text];

    (void)pkcs11_failed(token->name, "logging in", result, error);
    if (result != CKR_PIN_INCORRECT && result != CKR_PIN_INVALID)
        return false;
    memcpy(reason, error->text, sizeof reason);
    return error_set(error, error->status, "%.600s%s", reason, left);
}

bool pkcs11_token_login(struct pkcs11_token *token, struct error *error)
{
    CK_FLAGS flags = flags_of(token);
    CK_RV result;

    if ((flags & CKF_LOGIN_REQUIRED) == 0)
        return true;
    if (!check_tries(token, flags, error) || !get_pin(token, flags, error))
        return false;
    result = login(token, CKU_USER);
    return result == CKR_OK || result == CKR_USER_ALREADY_LOGGED_IN ||
           login_failed(token, result, error);
}

bool pkcs11_token_login_again(struct pkcs11_token *token, struct error *error)
{
    CK_RV result = login(token, CKU_CONTEXT_SPECIFIC);

    return result == CKR_OK || login_failed(token, result, error);
}

void pkcs11_token_forget_pin(struct pkcs11_token *token)
{
    pkcs11_pin_clear(&token->pin);
}
