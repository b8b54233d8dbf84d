/*
 * Names and texts of the statuses. Two tables, so that a device that shows
 * names only does not carry the texts.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kjwt.h"

struct entry {
    kjwt_status status;
    const char *string;
};

static const char *find(const struct entry *entry, size_t count,
                        kjwt_status status, const char *otherwise)
{
    for (; count > 0; count--, entry++)
        if (entry->status == status)
            return entry->string;
    return otherwise;
}

#define NAME(status) {status, #status}

const char *kjwt_status_name(kjwt_status status)
{
    static const struct entry names[] = {
        NAME(KJWT_OK),
        NAME(KJWT_ERR_ARGUMENT),
        NAME(KJWT_ERR_WORK_SIZE),
        NAME(KJWT_ERR_WORK_ALIGNMENT),
        NAME(KJWT_ERR_SCRATCH_SIZE),
        NAME(KJWT_ERR_POLICY),
        NAME(KJWT_ERR_KEY),
        NAME(KJWT_ERR_CRYPTO),
        NAME(KJWT_ERR_UNVERIFIED),
        NAME(KJWT_ERR_LIMIT_KEYS),
        NAME(KJWT_ERR_LIMIT_TOKEN),
        NAME(KJWT_ERR_LIMIT_JSON_TOKENS),
        NAME(KJWT_ERR_LIMIT_JSON_DEPTH),
        NAME(KJWT_ERR_SERIALIZATION),
        NAME(KJWT_ERR_BASE64URL),
        NAME(KJWT_ERR_JSON),
        NAME(KJWT_ERR_JSON_UTF8),
        NAME(KJWT_ERR_JSON_SURROGATE),
        NAME(KJWT_ERR_JSON_NUL),
        NAME(KJWT_ERR_JSON_DUPLICATE),
        NAME(KJWT_ERR_JSON_OBJECT),
        NAME(KJWT_ERR_ALG),
        NAME(KJWT_ERR_CRIT),
        NAME(KJWT_ERR_B64),
        NAME(KJWT_ERR_TYP),
        NAME(KJWT_ERR_KID),
        NAME(KJWT_ERR_KEY_UNKNOWN),
        NAME(KJWT_ERR_KEY_AMBIGUOUS),
        NAME(KJWT_ERR_SIGNATURE_LENGTH),
        NAME(KJWT_ERR_SIGNATURE_RANGE),
        NAME(KJWT_ERR_SIGNATURE),
        NAME(KJWT_ERR_CLAIM_TYPE),
        NAME(KJWT_ERR_NUMERIC_DATE),
        NAME(KJWT_ERR_ISSUER),
        NAME(KJWT_ERR_SUBJECT),
        NAME(KJWT_ERR_AUDIENCE),
        NAME(KJWT_ERR_EXP_MISSING),
        NAME(KJWT_ERR_EXPIRED),
        NAME(KJWT_ERR_NOT_YET_VALID),
        NAME(KJWT_ERR_IAT_MISSING),
        NAME(KJWT_ERR_IAT_FUTURE),
        NAME(KJWT_ERR_TOO_OLD),
        NAME(KJWT_ERR_TIME_UNKNOWN),
        NAME(KJWT_ERR_CLAIM_MISSING),
        NAME(KJWT_ERR_CLAIM_RANGE),
        NAME(KJWT_ERR_BUFFER_SIZE),
        NAME(KJWT_ERR_STORE_EMPTY),
        NAME(KJWT_ERR_STORE_READ),
        NAME(KJWT_ERR_STORE_WRITE),
        NAME(KJWT_ERR_KEYSET),
        NAME(KJWT_ERR_KEYSET_VERSION),
        NAME(KJWT_ERR_KEYSET_SIZE),
        NAME(KJWT_ERR_KEY_REVOKED),
        NAME(KJWT_ERR_CERTIFICATE),
        NAME(KJWT_ERR_DELEGATED_ISSUER),
        NAME(KJWT_ERR_DELEGATED_AUDIENCE),
        NAME(KJWT_ERR_DELEGATED_TIME),
    };

    return find(names, sizeof names / sizeof names[0], status, "KJWT_ERR_?");
}

const char *kjwt_status_text(kjwt_status status)
{
    static const struct entry texts[] = {
        {KJWT_OK, "The token is genuine, meant for this device and valid now."},
        {KJWT_ERR_ARGUMENT, "A required argument is NULL."},
        {KJWT_ERR_WORK_SIZE, "The work memory is smaller than the keys need."},
        {KJWT_ERR_WORK_ALIGNMENT, "The work memory is not aligned to 8 bytes."},
        {KJWT_ERR_SCRATCH_SIZE,
         "The scratch memory is smaller than the token."},
        {KJWT_ERR_POLICY,
         "The policy has no keys, an unknown option, or several keys of "
         "which one has no kid."},
        {KJWT_ERR_KEY,
         "A key of the policy is damaged or not of 2048, 3072 or 4096 bits."},
        {KJWT_ERR_CRYPTO, "The hash function of this platform failed."},
        {KJWT_ERR_UNVERIFIED,
         "These claims were not made by a successful verification."},
        {KJWT_ERR_LIMIT_KEYS,
         "The policy has more keys than this build allows."},
        {KJWT_ERR_LIMIT_TOKEN, "The token is longer than this build allows."},
        {KJWT_ERR_LIMIT_JSON_TOKENS,
         "The header or the Claims Set has more JSON tokens than this "
         "build allows."},
        {KJWT_ERR_LIMIT_JSON_DEPTH,
         "The header or the Claims Set is nested deeper than this build "
         "allows."},
        {KJWT_ERR_SERIALIZATION,
         "The token is not three non-empty parts separated by two dots."},
        {KJWT_ERR_BASE64URL,
         "A part of the token is not exact base64url without padding."},
        {KJWT_ERR_JSON, "The header or the Claims Set is not a JSON text."},
        {KJWT_ERR_JSON_UTF8,
         "The header or the Claims Set is not valid UTF-8."},
        {KJWT_ERR_JSON_SURROGATE,
         "A string of the header or the Claims Set has an unpaired surrogate."},
        {KJWT_ERR_JSON_NUL,
         "A string of the header or the Claims Set contains U+0000."},
        {KJWT_ERR_JSON_DUPLICATE,
         "An object of the header or the Claims Set has two members of "
         "one name."},
        {KJWT_ERR_JSON_OBJECT,
         "The header or the Claims Set is not a JSON object."},
        {KJWT_ERR_ALG, "The header's alg is not RS256."},
        {KJWT_ERR_CRIT,
         "The header has a crit parameter, and no extension is understood."},
        {KJWT_ERR_B64,
         "The header has a b64 parameter, which a JWT must not have."},
        {KJWT_ERR_TYP, "The header's typ is not the expected one."},
        {KJWT_ERR_KID, "The header's kid is not a string."},
        {KJWT_ERR_KEY_UNKNOWN, "No key has the header's kid."},
        {KJWT_ERR_KEY_AMBIGUOUS,
         "There are several keys and the header's kid does not select one."},
        {KJWT_ERR_SIGNATURE_LENGTH,
         "The signature is not as long as the key's modulus."},
        {KJWT_ERR_SIGNATURE_RANGE,
         "The signature is not below the key's modulus."},
        {KJWT_ERR_SIGNATURE, "The signature does not match."},
        {KJWT_ERR_CLAIM_TYPE, "A claim is not of the type that it must have."},
        {KJWT_ERR_NUMERIC_DATE,
         "exp, nbf or iat is not a NumericDate between 1970 and 9999."},
        {KJWT_ERR_ISSUER, "iss is not the expected issuer."},
        {KJWT_ERR_SUBJECT, "sub is not the expected subject."},
        {KJWT_ERR_AUDIENCE, "aud does not name this device."},
        {KJWT_ERR_EXP_MISSING, "The token has no exp."},
        {KJWT_ERR_EXPIRED, "The token has expired."},
        {KJWT_ERR_NOT_YET_VALID, "The token is not valid yet."},
        {KJWT_ERR_IAT_MISSING,
         "The token has no iat, which a maximum age needs."},
        {KJWT_ERR_IAT_FUTURE, "The token was issued in the future."},
        {KJWT_ERR_TOO_OLD, "The token is older than the maximum age."},
        {KJWT_ERR_TIME_UNKNOWN,
         "The token is limited in time, and the time is not known."},
        {KJWT_ERR_CLAIM_MISSING, "The Claims Set has nothing at this path."},
        {KJWT_ERR_CLAIM_RANGE, "The integer does not fit into 64 bits."},
        {KJWT_ERR_BUFFER_SIZE, "The value does not fit into the buffer."},
        {KJWT_ERR_STORE_EMPTY, "Nothing has been stored under this record."},
        {KJWT_ERR_STORE_READ, "What was stored cannot be read."},
        {KJWT_ERR_STORE_WRITE, "The state of the device was not stored."},
        {KJWT_ERR_KEYSET, "The Claims Set is no key set."},
        {KJWT_ERR_KEYSET_VERSION,
         "The key set is older than the stored one, or another of its version."},
        {KJWT_ERR_KEYSET_SIZE, "The key set does not fit into the memory."},
        {KJWT_ERR_KEY_REVOKED, "The key has been revoked."},
        {KJWT_ERR_CERTIFICATE, "The Claims Set is no certificate."},
        {KJWT_ERR_DELEGATED_ISSUER,
         "The certificate does not allow this `iss`."},
        {KJWT_ERR_DELEGATED_AUDIENCE,
         "The certificate does not allow this `aud`."},
        {KJWT_ERR_DELEGATED_TIME,
         "The token is valid before or after its certificate."},
    };

    return find(texts, sizeof texts / sizeof texts[0], status,
                "This is not a status of kjwt.");
}
