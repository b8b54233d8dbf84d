/*
 * The next step for each refusal.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "advice.h"

#include <stdio.h>
#include <string.h>

static const struct {
    kjwt_status status;
    const char *advice;
} table[] = {
    {KJWT_ERR_LIMIT_TOKEN,
     "use fewer or shorter claims, or a key of fewer bits"},
    {KJWT_ERR_LIMIT_JSON_TOKENS, "use fewer claims, header parameters or "
                                 "array elements"},
    {KJWT_ERR_LIMIT_JSON_DEPTH, "nest the claims less deeply"},
    {KJWT_ERR_SERIALIZATION,
     "give the whole token and nothing else, without a prefix like Bearer"},
    {KJWT_ERR_BASE64URL,
     "check that the token was copied whole, without spaces or line breaks"},
    {KJWT_ERR_JSON, "have the issuer write valid JSON (RFC 8259)"},
    {KJWT_ERR_JSON_UTF8, "have the issuer write UTF-8"},
    {KJWT_ERR_JSON_SURROGATE,
     "have the issuer escape characters in whole surrogate pairs"},
    {KJWT_ERR_JSON_NUL, "leave U+0000 out of names and strings"},
    {KJWT_ERR_JSON_DUPLICATE, "have the issuer write each name once"},
    {KJWT_ERR_JSON_OBJECT, "have the issuer write a JSON object"},
    {KJWT_ERR_ALG, "have the issuer sign with RS256"},
    {KJWT_ERR_CRIT, "have the issuer leave crit out"},
    {KJWT_ERR_B64, "have the issuer leave b64 out"},
    {KJWT_ERR_TYP, "leave typ out or set it to JWT, or set the typ of the "
                   "device's policy; key sets and certificates are no device "
                   "tokens"},
    {KJWT_ERR_KID, "have the issuer write kid as a string or leave it out"},
    {KJWT_ERR_KEY_UNKNOWN,
     "check that --key holds the key that signed, and its kid"},
    {KJWT_ERR_KEY_AMBIGUOUS,
     "mint with a kid, and give each key a kid of its own"},
    {KJWT_ERR_SIGNATURE_LENGTH,
     "check that --key is the key that signed, and that the token is whole"},
    {KJWT_ERR_SIGNATURE_RANGE,
     "check that --key is the key that signed, and that the token is whole"},
    {KJWT_ERR_SIGNATURE,
     "the token was changed or signed with another key; check --key"},
    {KJWT_ERR_CLAIM_TYPE, "iss, sub and jti are strings, aud is a string or an "
                          "array of strings"},
    {KJWT_ERR_NUMERIC_DATE,
     "write seconds since 1970 as a number without exponent"},
    {KJWT_ERR_ISSUER, "check --iss, or mint for the expected issuer"},
    {KJWT_ERR_SUBJECT, "check --sub, or mint for the expected subject"},
    {KJWT_ERR_AUDIENCE, "name the device with --aud; a token with an aud is "
                        "refused where none is expected"},
    {KJWT_ERR_EXP_MISSING, "mint with --ttl or --exp"},
    {KJWT_ERR_EXPIRED, "mint a new one, and check the clock or --now"},
    {KJWT_ERR_NOT_YET_VALID, "wait, or check the clock, --now and --nbf"},
    {KJWT_ERR_TIME_UNKNOWN, "set the clock, or give the time as --now"},
    {KJWT_ERR_KEY, "export the key again"},
    {KJWT_ERR_KEYSET, "write version and keys with signer-host key-set"},
    {KJWT_ERR_KEYSET_VERSION, "give the set a higher --version"},
    {KJWT_ERR_KEYSET_SIZE, "put fewer keys into the set"},
    {KJWT_ERR_KEY_REVOKED, "use a new key; a revoked one stays revoked"},
    {KJWT_ERR_CERTIFICATE,
     "write the certificate with signer-host certificate"},
    {KJWT_ERR_DELEGATED_ISSUER, "mint with the certificate's mint.iss as --iss"},
    {KJWT_ERR_DELEGATED_AUDIENCE,
     "mint for audiences that begin with the certificate's mint.aud, up to a "
     "separator"},
    {KJWT_ERR_DELEGATED_TIME,
     "mint within the certificate's nbf and exp, with --ttl or --exp"},
};

void advice_format(kjwt_status status, char text[ADVICE_SIZE])
{
    const char *reason = kjwt_status_text(status);
    const char *advice = "see kjwt.h";

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].status == status)
            advice = table[i].advice;
    /* Without the full stop of the reason: the sentence goes on. */
    (void)snprintf(text, ADVICE_SIZE, "%s: %.*s; %s", kjwt_status_name(status),
                   (int)strlen(reason) - 1, reason, advice);
}
