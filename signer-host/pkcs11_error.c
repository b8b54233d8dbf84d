/*
 * PKCS#11's return values in words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pkcs11_error.h"

#include <stddef.h>

#include <p11-kit/p11-kit.h>

#define PIN_IS_WRONG    "the PIN is wrong"
#define TRY_PIN         "check it, each wrong one uses up a try"
#define TOKEN_IS_GONE   "the token is gone"
#define INSERT_TOKEN    "insert it and run the command again"
#define SESSION_IS_GONE "the session with the token has ended"
#define RUN_AGAIN       "was the token taken out, or its PIN changed? run again"

static const struct {
    CK_RV result;
    enum exit_status status;
    const char *reason;
    const char *advice;
} meanings[] = {
    {CKR_PIN_INCORRECT, EXIT_REFUSED, PIN_IS_WRONG, TRY_PIN},
    {CKR_PIN_INVALID, EXIT_REFUSED, PIN_IS_WRONG, TRY_PIN},
    {CKR_PIN_LEN_RANGE, EXIT_REFUSED,
     "the PIN is shorter or longer than the token's PINs are",
     "check the PIN file's end, or type it again"},
    {CKR_PIN_EXPIRED, EXIT_REFUSED, "the PIN has expired",
     "set a new one with the token's own tool"},
    {CKR_PIN_LOCKED, EXIT_REFUSED, "the PIN is locked",
     "the token's security officer can unlock it; do not try again"},
    {CKR_USER_PIN_NOT_INITIALIZED, EXIT_REFUSED, "the token has no user PIN",
     "set one with the token's own tool"},
    {CKR_USER_NOT_LOGGED_IN, EXIT_REFUSED, "the token wants another login",
     "does it let its user do this? the token's own tool may serve"},
    {CKR_USER_TYPE_INVALID, EXIT_REFUSED, "the token takes no such login",
     "check that the token is initialised for a user"},
    {CKR_USER_ANOTHER_ALREADY_LOGGED_IN, EXIT_USAGE,
     "somebody else is logged in", "end the other program first"},
    {CKR_FUNCTION_CANCELED, EXIT_REFUSED, "it was cancelled on the token",
     "run the command again and confirm"},
    {CKR_FUNCTION_REJECTED, EXIT_REFUSED, "it was rejected on the token",
     "run the command again and confirm"},
    {CKR_DEVICE_REMOVED, EXIT_USAGE, TOKEN_IS_GONE, INSERT_TOKEN},
    {CKR_TOKEN_NOT_PRESENT, EXIT_USAGE, TOKEN_IS_GONE, INSERT_TOKEN},
    {CKR_SLOT_ID_INVALID, EXIT_USAGE, TOKEN_IS_GONE, INSERT_TOKEN},
    {CKR_SESSION_HANDLE_INVALID, EXIT_USAGE, SESSION_IS_GONE, RUN_AGAIN},
    {CKR_SESSION_CLOSED, EXIT_USAGE, SESSION_IS_GONE, RUN_AGAIN},
    {CKR_TOKEN_WRITE_PROTECTED, EXIT_REFUSED, "the token is write-protected",
     "make the key with the token's own tool"},
    {CKR_SESSION_COUNT, EXIT_USAGE, "the token serves no more sessions",
     "end other programs that use it"},
    {CKR_DEVICE_MEMORY, EXIT_REFUSED, "the token is full",
     "delete a key that is not needed, or use another token"},
    {CKR_DEVICE_ERROR, EXIT_USAGE, "the token reports a fault",
     "take it out and in again; look into the driver's log"},
    {CKR_MECHANISM_INVALID, EXIT_REFUSED, "the token cannot do it",
     "use a token with RSA keys of 2048 bits or more"},
    {CKR_KEY_SIZE_RANGE, EXIT_REFUSED, "the token has no keys of that size",
     "choose another --spec"},
    {CKR_ATTRIBUTE_VALUE_INVALID, EXIT_REFUSED,
     "the token refuses a property of the key",
     "choose another --spec, or make the key with the token's own tool"},
    {CKR_TEMPLATE_INCONSISTENT, EXIT_REFUSED,
     "the token refuses a property of the key",
     "make the key with the token's own tool"},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, EXIT_REFUSED,
     "the key is not allowed to sign", "use a key that was made for signing"},
};

bool pkcs11_failed(const char *token, const char *what, CK_RV result,
                   struct error *error)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].result == result)
            return error_set(error, meanings[i].status,
                             "token %s: %s failed: %s: %s", token, what,
                             meanings[i].reason, meanings[i].advice);
    return error_set(error, EXIT_USAGE,
                     "token %s: %s failed: %s (PKCS#11 error 0x%lx): check the "
                     "token and its driver with p11-kit list-modules",
                     token, what, p11_kit_strerror(result), result);
}
