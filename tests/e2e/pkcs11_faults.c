/*
 * A PKCS#11 module for tests: SoftHSM, with what KJWT_PKCS11_FAULT names going
 * wrong, and logins and sessions written to the file KJWT_PKCS11_LOG.
 *
 *   locked, final-try, no-pin        flags of the token
 *   reader                   it asks for the PIN itself (KJWT_PKCS11_PIN)
 *   login=N, sign=N, generate=N      the call returns N
 *   no-hash, no-mechanism    what the token lacks
 *   no-exponent              the private key does not tell its numbers
 *   short                    signatures lack a byte
 *   always, extractable      what C_GenerateKeyPair makes of a private key
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <p11-kit/pkcs11.h>

#define MAX_TEMPLATE 32

static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST list;

static const char *fault(const char *name)
{
    const char *faults = getenv("KJWT_PKCS11_FAULT");
    const char *at = faults != NULL ? strstr(faults, name) : NULL;

    return at != NULL ? at + strlen(name) : NULL;
}

static CK_RV code(const char *name, CK_RV otherwise)
{
    const char *number = fault(name);

    return number != NULL ? strtoul(number, NULL, 0) : otherwise;
}

static void note(const char *call)
{
    const char *path = getenv("KJWT_PKCS11_LOG");
    FILE *file = path != NULL ? fopen(path, "a") : NULL;

    if (file == NULL)
        return;
    fprintf(file, "%s\n", call);
    fclose(file);
}

static CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
    CK_RV result = real->C_GetTokenInfo(slot, info);

    if (fault("locked"))
        info->flags |= CKF_USER_PIN_LOCKED;
    if (fault("final-try"))
        info->flags |= CKF_USER_PIN_FINAL_TRY;
    if (fault("reader"))
        info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    if (fault("no-pin"))
        info->flags &= ~(CK_FLAGS)CKF_USER_PIN_INITIALIZED;
    return result;
}

static CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *context,
                          CK_NOTIFY notify, CK_SESSION_HANDLE *session)
{
    note("session");
    return real->C_OpenSession(slot, flags, context, notify, session);
}

static CK_RV login(CK_SESSION_HANDLE session, CK_USER_TYPE user,
                   unsigned char *pin, CK_ULONG len)
{
    note(user == CKU_USER ? "login" : "login again");
    if (fault("reader")) {
        if (pin != NULL)
            return CKR_ARGUMENTS_BAD;
        pin = (unsigned char *)getenv("KJWT_PKCS11_PIN");
        len = strlen((char *)pin);
    }
    if (fault("login="))
        return code("login=", CKR_OK);
    return real->C_Login(session, user, pin, len);
}

static CK_RV get_mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type,
                                CK_MECHANISM_INFO *info)
{
    if (fault("no-mechanism") ||
        (fault("no-hash") && type == CKM_SHA256_RSA_PKCS))
        return CKR_MECHANISM_INVALID;
    return real->C_GetMechanismInfo(slot, type, info);
}

static CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                       CK_OBJECT_HANDLE key)
{
    if (fault("no-hash") && mechanism->mechanism == CKM_SHA256_RSA_PKCS)
        return CKR_MECHANISM_INVALID;
    return real->C_SignInit(session, mechanism, key);
}

static CK_RV sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len,
                  unsigned char *signature, CK_ULONG *signature_len)
{
    CK_RV result = real->C_Sign(session, data, len, signature, signature_len);

    if (fault("short"))
        --*signature_len;
    return code("sign=", result);
}

static CK_RV get_attribute_value(CK_SESSION_HANDLE session,
                                 CK_OBJECT_HANDLE object, CK_ATTRIBUTE *what,
                                 CK_ULONG count)
{
    CK_OBJECT_CLASS class = 0;
    CK_ATTRIBUTE attribute = {CKA_CLASS, &class, sizeof class};

    (void)real->C_GetAttributeValue(session, object, &attribute, 1);
    if (fault("no-exponent") && class == CKO_PRIVATE_KEY &&
        what[0].type == CKA_PUBLIC_EXPONENT) {
        what[0].ulValueLen = CK_UNAVAILABLE_INFORMATION;
        return CKR_ATTRIBUTE_TYPE_INVALID;
    }
    return real->C_GetAttributeValue(session, object, what, count);
}

static CK_RV generate(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
                      CK_ATTRIBUTE *public, CK_ULONG public_count,
                      CK_ATTRIBUTE *private, CK_ULONG private_count,
                      CK_OBJECT_HANDLE *public_key,
                      CK_OBJECT_HANDLE *private_key)
{
    static CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE template[MAX_TEMPLATE];

    note("generate");
    if (fault("generate="))
        return code("generate=", CKR_OK);
    memcpy(template, private, private_count * sizeof *private);
    for (CK_ULONG i = 0; i < private_count; i++)
        if (fault("extractable") && template[i].type == CKA_EXTRACTABLE)
            template[i].pValue = &yes;
    if (fault("always"))
        template[private_count++] =
            (CK_ATTRIBUTE){CKA_ALWAYS_AUTHENTICATE, &yes, sizeof yes};
    return real->C_GenerateKeyPair(session, mechanism, public, public_count,
                                   template, private_count, public_key,
                                   private_key);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **functions)
{
    void *module = dlopen(SOFTHSM, RTLD_NOW | RTLD_LOCAL);
    CK_C_GetFunctionList get = NULL;

    if (module != NULL)
        *(void **)&get = dlsym(module, "C_GetFunctionList");
    if (get == NULL || get(&real) != CKR_OK)
        return CKR_GENERAL_ERROR;
    list = *real;
    list.C_GetFunctionList = C_GetFunctionList;
    list.C_GetTokenInfo = get_token_info;
    list.C_OpenSession = open_session;
    list.C_Login = login;
    list.C_GetMechanismInfo = get_mechanism_info;
    list.C_SignInit = sign_init;
    list.C_Sign = sign;
    list.C_GetAttributeValue = get_attribute_value;
    list.C_GenerateKeyPair = generate;
    *functions = &list;
    return CKR_OK;
}
