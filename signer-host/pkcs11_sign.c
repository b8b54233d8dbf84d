/*
 * Signing in a token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pkcs11_sign.h"

#include <string.h>

#include <mbedtls/sha256.h>

#include "pkcs11_error.h"
#include "pkcs11_object.h"

#define DIGEST_SIZE 32

/* DigestInfo of SHA-256 up to the digest, RFC 8017 9.2 note 1: what
 * CKM_RSA_PKCS leaves to the caller. */
static const uint8_t prefix[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                 0x01, 0x05, 0x00, 0x04, 0x20};

/* --------------------------------------------------------------- set-up --- */

static bool has_mechanism(const struct pkcs11_token *token,
                          CK_MECHANISM_TYPE type)
{
    CK_MECHANISM_INFO info;

    return token->module->C_GetMechanismInfo(token->slot, type, &info) ==
               CKR_OK &&
           (info.flags & CKF_SIGN) != 0;
}

bool pkcs11_signer_init(struct pkcs11_signer *signer,
                        struct pkcs11_token *token, CK_OBJECT_HANDLE object,
                        struct error *error)
{
    signer->object = object;
    signer->asks_always =
        pkcs11_object_flag(token, object, CKA_ALWAYS_AUTHENTICATE) == 1;
    if (!signer->asks_always)
        pkcs11_token_forget_pin(token);
    if (pkcs11_object_flag(token, object, CKA_SIGN) == 0)
        return pkcs11_failed(token->name, "using the key",
                             CKR_KEY_FUNCTION_NOT_PERMITTED, error);
    signer->mechanism = has_mechanism(token, CKM_SHA256_RSA_PKCS)
                            ? CKM_SHA256_RSA_PKCS
                            : CKM_RSA_PKCS;
    return signer->mechanism == CKM_SHA256_RSA_PKCS ||
           has_mechanism(token, CKM_RSA_PKCS) ||
           error_set(error, EXIT_REFUSED,
                     "token %s signs neither by CKM_SHA256_RSA_PKCS nor by "
                     "CKM_RSA_PKCS, one of which RS256 needs: use another "
                     "token",
                     token->name);
}

/* ----------------------------------------------------------------- sign --- */

static bool start(const struct pkcs11_signer *signer,
                  struct pkcs11_token *token, struct error *error)
{
    CK_MECHANISM mechanism = {signer->mechanism, NULL, 0};
    CK_RV result =
        token->module->C_SignInit(token->session, &mechanism, signer->object);

    if (result != CKR_OK)
        return pkcs11_failed(token->name, "signing", result, error);
    return !signer->asks_always || pkcs11_token_login_again(token, error);
}

bool pkcs11_sign(const struct pkcs11_signer *signer, struct pkcs11_token *token,
                 const void *message, size_t message_len, uint8_t *signature,
                 size_t *signature_len, struct error *error)
{
    uint8_t info[sizeof prefix + DIGEST_SIZE];
    /* Cryptoki knows no const. */
    uint8_t *data = (uint8_t *)(uintptr_t)message;
    CK_ULONG len = PUBLIC_KEY_MAX_BYTES;
    CK_RV result;

    if (!start(signer, token, error))
        return false;
    if (signer->mechanism == CKM_RSA_PKCS) {
        memcpy(info, prefix, sizeof prefix);
        (void)mbedtls_sha256(message, message_len, info + sizeof prefix, 0);
        data = info;
        message_len = sizeof info;
    }
    result = token->module->C_Sign(token->session, data, message_len, signature,
                                   &len);
    *signature_len = len;
    return result == CKR_OK ||
           pkcs11_failed(token->name, "signing", result, error);
}
