/*
 * Delegation: a certificate's signature, the token's signature by the key that
 * it names, and the token against what the certificate allows.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   certificate   | header . payload . signature |
 *                 |          Claims Set | target |   once it is verified
 *
 * The key's n is decoded where it stands in the Claims Set.
 */
#include <string.h>

#include "jwk.h"
#include "keyset_record.h"
#include "proof.h"
#include "rsa_key.h"

struct allowed {
    struct kjwt_json_value issuer;
    struct kjwt_json_value audience;
    struct kjwt_numeric_date nbf;
    struct kjwt_numeric_date exp;
};

static struct kjwt_json_value claim(const struct kjwt_claims *claims,
                                    const char *path)
{
    struct kjwt_json_value value = {NULL, 0};

    (void)kjwt_claims_span(claims, path, &value.text, &value.len);
    return value;
}

static kjwt_status read_date(const struct kjwt_claims *claims,
                             const char *name, struct kjwt_numeric_date *date)
{
    const struct kjwt_json_value value = claim(claims, name);

    return value.text != NULL ? kjwt_numeric_date(value, date)
                              : KJWT_ERR_CLAIM_MISSING;
}

/* Verified by one of policy->keys, whatever else that expects of a device
 * token. */
static kjwt_status verify_certificate(const struct kjwt_policy *policy,
                                      void *work, size_t work_size,
                                      const struct kjwt_certificate *certificate,
                                      int64_t now, struct kjwt_claims *claims)
{
    const struct kjwt_policy signer = {
        .keys = policy->keys,
        .key_count = policy->key_count,
        .typ = KJWT_TYP_CERTIFICATE,
        .earliest = policy->earliest,
        .leeway_s = policy->leeway_s,
        .options = policy->options & ~KJWT_EXP_OPTIONAL,
    };
    kjwt_status status =
        kjwt_verify(&signer, work, work_size, certificate->token,
                    certificate->len, now, claims);

    if (status == KJWT_OK)
        status = -(kjwt_status)!kjwt_claims_verified(claims) &
                 KJWT_ERR_UNVERIFIED;
    return status;
}

static bool read_allowed(const struct kjwt_claims *claims,
                         struct allowed *allowed)
{
    allowed->issuer = claim(claims, "/mint/iss");
    allowed->audience = claim(claims, "/mint/aud");
    return kjwt_json_is_string(allowed->issuer) &&
           kjwt_json_is_string(allowed->audience) &&
           !kjwt_json_string_is(allowed->audience, "") &&
           (read_date(claims, "nbf", &allowed->nbf) |
            read_date(claims, "exp", &allowed->exp)) == KJWT_OK;
}

/* n0inv and target. The target goes behind the Claims Set, aligned, and fits:
 * n takes 4 / 3 of its size there, the Claims Set 4 / 3 of its own as base64url,
 * and the signature behind it no less than 342 characters. */
_Static_assert(4096 / 8 + 7 <= 4096 / 8 * 4 / 9 + 342, "the largest n");

static kjwt_status complete_key(struct kjwt_certificate *certificate,
                                const struct kjwt_claims *claims,
                                struct kjwt_jwk *jwk, void *work,
                                size_t work_size)
{
    uintptr_t target = (uintptr_t)(claims->json + claims->json_len);

    target += (0 - target) & 7;
    if (work_size < KJWT_WORK_SIZE(jwk->key.bits))
        return KJWT_ERR_WORK_SIZE;
    kjwt_rsa_target(&jwk->key, work, (uint32_t *)target);
    certificate->key = jwk->key;
    certificate->key.target = (const uint32_t *)target;
    return KJWT_OK;
}

static kjwt_status check_revoked(const struct kjwt_keyset *keyset,
                                 const struct kjwt_key *key, void *work)
{
    uint8_t thumbprint[KJWT_THUMBPRINT_SIZE];
    kjwt_status status = KJWT_OK;

    if (keyset == NULL)
        return KJWT_OK;
    status = kjwt_key_thumbprint(key, work, thumbprint);
    if (status == KJWT_OK && kjwt_keyset_has(keyset->revoked,
                                             keyset->revoked_count, thumbprint))
        status = KJWT_ERR_KEY_REVOKED;
    return status;
}

/* The delegated key, and what it may do. */
static kjwt_status read_certificate(const struct kjwt_policy *policy,
                                    const struct kjwt_keyset *keyset,
                                    void *work, size_t work_size, int64_t now,
                                    struct kjwt_certificate *certificate,
                                    struct allowed *allowed)
{
    struct kjwt_claims claims;
    struct kjwt_jwk jwk;
    kjwt_status status = verify_certificate(policy, work, work_size,
                                            certificate, now, &claims);

    if (status != KJWT_OK)
        return status;
    if (!read_allowed(&claims, allowed))
        return KJWT_ERR_CERTIFICATE;
    status = kjwt_jwk_read(claim(&claims, "/cnf/jwk"), &jwk);
    if (status == KJWT_OK)
        status = check_revoked(keyset, &jwk.key, work);
    if (status == KJWT_OK)
        status = complete_key(certificate, &claims, &jwk, work, work_size);
    return status;
}

static bool is_separator(uint8_t byte)
{
    return byte == '-' || byte == '.' || byte == '/' || byte == ':' ||
           byte == '_';
}

/* Whether the string is the prefix, or goes on behind a separator. */
static bool covers(struct kjwt_json_value prefix, struct kjwt_json_value value)
{
    struct kjwt_json_string expected = kjwt_json_string(prefix);
    struct kjwt_json_string string = kjwt_json_string(value);
    uint8_t before = 0;
    uint8_t byte;

    while ((byte = kjwt_json_string_next(&expected)) != 0) {
        if (kjwt_json_string_next(&string) != byte)
            return false;
        before = byte;
    }
    byte = kjwt_json_string_next(&string);
    return byte == 0 || is_separator(before) || is_separator(byte);
}

static kjwt_status check_audience(const struct kjwt_claims *claims,
                                  const struct allowed *allowed)
{
    /* A string or strings, as kjwt_verify() has checked. */
    const struct kjwt_json_value aud = claim(claims, "aud");
    struct kjwt_json_scan scan = {aud.text, aud.text + aud.len, false};
    struct kjwt_json_value name, value;
    kjwt_status status = KJWT_ERR_DELEGATED_AUDIENCE;

    if (*aud.text == '[')
        scan = kjwt_json_scan(aud);
    while (kjwt_json_scan_next(&scan, &name, &value)) {
        if (!covers(allowed->audience, value))
            return KJWT_ERR_DELEGATED_AUDIENCE;
        status = KJWT_OK;
    }
    return status;
}

static kjwt_status check_issuer(const struct kjwt_claims *claims,
                                const struct allowed *allowed)
{
    const struct kjwt_json_value iss = claim(claims, "iss");
    struct kjwt_json_string string, expected;
    uint8_t byte;

    if (!kjwt_json_is_string(iss))
        return KJWT_ERR_DELEGATED_ISSUER;
    string = kjwt_json_string(iss);
    expected = kjwt_json_string(allowed->issuer);
    do {
        byte = kjwt_json_string_next(&string);
        if (byte != kjwt_json_string_next(&expected))
            return KJWT_ERR_DELEGATED_ISSUER;
    } while (byte != 0);
    return KJWT_OK;
}

/* A fraction counts to the strict side. */
static kjwt_status check_times(const struct kjwt_claims *claims,
                               const struct allowed *allowed)
{
    const int64_t begin = allowed->nbf.seconds + allowed->nbf.fraction;
    struct kjwt_numeric_date exp, nbf, iat;
    const bool has_nbf = read_date(claims, "nbf", &nbf) == KJWT_OK;
    const bool has_iat = read_date(claims, "iat", &iat) == KJWT_OK;

    if (read_date(claims, "exp", &exp) != KJWT_OK ||
        exp.seconds + exp.fraction > allowed->exp.seconds)
        return KJWT_ERR_DELEGATED_TIME;
    if ((!has_nbf && !has_iat) || (has_nbf && nbf.seconds < begin) ||
        (has_iat && iat.seconds < begin))
        return KJWT_ERR_DELEGATED_TIME;
    return KJWT_OK;
}

/* The checks' results are part of the proof. */
static kjwt_status check_token(const struct allowed *allowed,
                               struct kjwt_claims *claims)
{
    const kjwt_status issuer = check_issuer(claims, allowed);
    const kjwt_status audience = check_audience(claims, allowed);
    const kjwt_status times = check_times(claims, allowed);

    claims->proof += kjwt_opaque((uint32_t)(issuer | audience | times));
    if (issuer != KJWT_OK)
        return issuer;
    return audience != KJWT_OK ? audience : times;
}

kjwt_status kjwt_verify_delegated(const struct kjwt_policy *policy,
                                  const struct kjwt_keyset *keyset, void *work,
                                  size_t work_size,
                                  struct kjwt_certificate *certificate,
                                  char *token, size_t token_len, int64_t now,
                                  struct kjwt_claims *claims)
{
    struct kjwt_policy delegated;
    struct allowed allowed;
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (claims == NULL)
        return KJWT_ERR_ARGUMENT;
    memset(claims, 0, sizeof *claims);
    if (policy == NULL || work == NULL || certificate == NULL || token == NULL)
        return KJWT_ERR_ARGUMENT;
    memset(&certificate->key, 0, sizeof certificate->key);
    if (policy->audience == NULL)
        return KJWT_ERR_POLICY;
    status = read_certificate(policy, keyset, work, work_size, now,
                              certificate, &allowed);
    if (status != KJWT_OK)
        return status;
    delegated = *policy;
    delegated.keys = &certificate->key;
    delegated.key_count = 1;
    status = kjwt_verify(&delegated, work, work_size, token, token_len, now,
                         claims);
    if (status == KJWT_OK)
        status = check_token(&allowed, claims);
    if (status != KJWT_OK)
        memset(claims, 0, sizeof *claims);
    return status;
}
