/*
 * Building tokens, and holding them against the verifier that devices run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "base64url.h"
#include "kjwt_keyset.h"
#include "mint_claims.h"
#include "time_text.h"

/* ------------------------------------------------------------- lifetime --- */

bool token_check_exp(const struct members *claims, int64_t now,
                     struct error *error)
{
    static const char *const starts[] = {"iat", "nbf"};
    char exp_text[TIME_TEXT_SIZE];
    char other_text[TIME_TEXT_SIZE];
    int64_t exp;
    int64_t start;

    if (!mint_date(claims, "exp", &exp))
        return true;
    time_format(exp, exp_text);
    time_format(now, other_text);
    if (exp <= now)
        return error_set(error, EXIT_REFUSED,
                         "exp %s is not after the present time %s: choose a "
                         "later --exp or --ttl",
                         exp_text, other_text);
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (!mint_date(claims, starts[i], &start) || exp > start)
            continue;
        time_format(start, other_text);
        return error_set(error, EXIT_REFUSED,
                         "exp %s is not after %s %s, so the token would never "
                         "be valid: choose a later --exp or --ttl",
                         exp_text, starts[i], other_text);
    }
    return true;
}

/* -------------------------------------------------------------- signing --- */

static char *encode(const struct members *members)
{
    char *json = members_dump(members);
    char *text =
        json != NULL ? malloc(BASE64URL_LENGTH(strlen(json)) + 1) : NULL;

    if (text != NULL)
        base64url_encode(json, strlen(json), text);
    free(json);
    return text;
}

/* first.second */
static char *join(const char *first, const char *second)
{
    char *joined = NULL;

    if (first == NULL || second == NULL ||
        asprintf(&joined, "%s.%s", first, second) < 0)
        return NULL;
    return joined;
}

bool token_signing_input(const struct members *header,
                         const struct members *claims, char **signing_input,
                         struct error *error)
{
    char *first = encode(header);
    char *second = encode(claims);

    *signing_input = join(first, second);
    free(first);
    free(second);
    return *signing_input != NULL || out_of_memory(error);
}

bool token_assemble(const char *signing_input, const uint8_t *signature,
                    size_t signature_len, char **token, struct error *error)
{
    char text[BASE64URL_LENGTH(PUBLIC_KEY_MAX_BYTES) + 1];

    base64url_encode(signature, signature_len, text);
    *token = join(signing_input, text);
    return *token != NULL || out_of_memory(error);
}

bool token_sign(struct key_holder *holder, const struct members *header,
                const struct members *claims, char **token, struct error *error)
{
    uint8_t signature[PUBLIC_KEY_MAX_BYTES];
    char *signing_input;
    size_t len = 0;
    bool done;

    if (!token_signing_input(header, claims, &signing_input, error))
        return false;
    done = holder->class->sign(holder, signing_input, strlen(signing_input),
                               signature, &len, error) &&
           token_assemble(signing_input, signature, len, token, error);
    free(signing_input);
    return done;
}

/* ------------------------------------------------------------ verifying --- */

kjwt_status token_verify(const struct kjwt_policy *policy, const char *token,
                         size_t len, int64_t now,
                         char scratch[KJWT_MAX_TOKEN_LENGTH],
                         struct kjwt_claims *claims)
{
    KJWT_WORK(work, PUBLIC_KEY_MAX_BITS);
    kjwt_status status;

    memset(claims, 0, sizeof *claims);
    status = kjwt_verify_const(policy, work, sizeof work, token, len, scratch,
                               KJWT_MAX_TOKEN_LENGTH, now, claims);
    if (status == KJWT_OK && !kjwt_claims_verified(claims))
        status = KJWT_ERR_UNVERIFIED;
    return status;
}

kjwt_status token_verify_delegated(const struct kjwt_policy *policy,
                                   const struct token_certificate *certificate,
                                   const char *token, size_t len, int64_t now,
                                   char scratch[KJWT_MAX_TOKEN_LENGTH],
                                   struct kjwt_claims *claims,
                                   bool *of_certificate)
{
    KJWT_WORK(work, PUBLIC_KEY_MAX_BITS);
    char copy[KJWT_MAX_TOKEN_LENGTH];
    struct kjwt_certificate device = {.token = copy, .len = certificate->len};
    struct kjwt_policy signers = *policy;
    kjwt_status status;

    memset(claims, 0, sizeof *claims);
    *of_certificate = true;
    if (certificate->len > sizeof copy)
        return KJWT_ERR_LIMIT_TOKEN;
    *of_certificate = false;
    if (len > KJWT_MAX_TOKEN_LENGTH)
        return KJWT_ERR_LIMIT_TOKEN;
    memcpy(copy, certificate->text, certificate->len);
    memcpy(scratch, token, len);
    signers.keys = certificate->keys;
    signers.key_count = certificate->key_count;
    status = kjwt_verify_delegated(&signers, NULL, work, sizeof work, &device,
                                   scratch, len, now, claims);
    if (status == KJWT_OK && !kjwt_claims_verified(claims))
        status = KJWT_ERR_UNVERIFIED;
    *of_certificate = device.key.n == NULL;
    return status;
}

static bool accepted(const struct kjwt_policy *policy,
                     const struct token_certificate *certificate,
                     const char *token, int64_t at, struct error *error)
{
    struct kjwt_claims claims;
    char scratch[KJWT_MAX_TOKEN_LENGTH];
    char advice[ADVICE_SIZE];
    bool of_certificate = false;
    kjwt_status status =
        certificate == NULL
            ? token_verify(policy, token, strlen(token), at, scratch, &claims)
            : token_verify_delegated(policy, certificate, token, strlen(token),
                                     at, scratch, &claims, &of_certificate);

    if (status == KJWT_OK)
        return true;
    advice_format(status, advice);
    return error_set(error, EXIT_REFUSED,
                     "not minted, a device would refuse this %s: %s",
                     of_certificate ? "certificate" : "token", advice);
}

/* A date in the token's future, whose fraction would count. */
static int64_t rounded_up(const struct members *claims, const char *name)
{
    const char *text = members_get(claims, name);
    int64_t date;

    (void)mint_date(claims, name, &date);
    return date + (text != NULL && strchr(text, '.') != NULL);
}

/* What the token itself says, as the expected values; ill-typed ones are left
 * to the verifier. The strings belong to own. */
enum { TYP, ISS, SUB, AUD, OWN_COUNT };

static void expect(const struct members *header, const struct members *claims,
                   json_t *own[OWN_COUNT], struct kjwt_policy *policy)
{
    own[TYP] = members_value(header, "typ");
    own[ISS] = members_value(claims, "iss");
    own[SUB] = members_value(claims, "sub");
    own[AUD] = members_value(claims, "aud");
    policy->typ = json_string_value(own[TYP]);
    policy->issuer = json_string_value(own[ISS]);
    policy->subject = json_string_value(own[SUB]);
    policy->audience = json_string_value(
        json_is_array(own[AUD]) ? json_array_get(own[AUD], 0) : own[AUD]);
}

/* Against policy's keys, or those that sign the certificate. */
static bool check(struct kjwt_policy policy,
                  const struct token_certificate *certificate,
                  const struct members *header, const struct members *claims,
                  const char *token, struct error *error)
{
    int64_t iat = rounded_up(claims, "iat");
    int64_t nbf = rounded_up(claims, "nbf");
    int64_t at = iat > nbf ? iat : nbf;
    json_t *own[OWN_COUNT];
    bool done;

    if (members_get(claims, "exp") == NULL)
        policy.options = KJWT_EXP_OPTIONAL;
    expect(header, claims, own, &policy);
    /* 1970-01-01T00:00:00Z is what a device without a clock says. */
    done = accepted(&policy, certificate, token, at > 0 ? at : 1, error);
    for (size_t i = 0; i < OWN_COUNT; i++)
        json_decref(own[i]);
    return done;
}

bool token_check(const struct public_key *key, const struct members *header,
                 const struct members *claims, const char *token,
                 struct error *error)
{
    struct kjwt_key view = public_key_view(key);
    struct kjwt_policy policy = {.keys = &view, .key_count = 1};

    return check(policy, NULL, header, claims, token, error);
}

bool token_check_delegated(const struct token_certificate *certificate,
                           const struct members *header,
                           const struct members *claims, const char *token,
                           struct error *error)
{
    struct kjwt_policy policy = {.key_count = 0};

    if (members_get(claims, "aud") == NULL)
        return error_set(error, EXIT_REFUSED,
                         "a token under a certificate needs an --aud that the "
                         "certificate's mint.aud covers");
    return check(policy, certificate, header, claims, token, error);
}
