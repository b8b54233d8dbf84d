/*
 * The operator's rules for a caller's claims.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lambda_policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64url.h"
#include "mint_claims.h"
#include "random.h"
#include "time_text.h"

#define DEFAULT_TTL (INT64_C(24) * 60 * 60)

/* ---------------------------------------------------------- environment --- */

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

static bool load_duration(const char *name, int64_t *seconds,
                          struct error *error)
{
    const char *text = environment(name);

    return text == NULL || (duration_parse(text, seconds) && *seconds > 0) ||
           error_set(error, EXIT_USAGE,
                     "%s is \"%.64s\": write a duration like 30s, 15m, 24h or "
                     "7d",
                     name, text);
}

/* An empty item would be one comma too many: a name less than was meant. */
static bool check_list(const char *name, const char *list, struct error *error)
{
    bool empty = list != NULL && (*list == ',' || strstr(list, ",,") != NULL ||
                                  list[strlen(list) - 1] == ',');

    return !empty ||
           error_set(error, EXIT_USAGE,
                     "%s has an empty item: write A or A,B without more commas",
                     name);
}

static bool load_jti(struct lambda_policy *policy, struct error *error)
{
    const char *text = environment("KJWT_JTI");

    policy->jti = text != NULL;
    return text == NULL || strcmp(text, "auto") == 0 ||
           error_set(error, EXIT_USAGE, "KJWT_JTI is \"%.64s\": auto, or unset",
                     text);
}

bool lambda_policy_load(struct lambda_policy *policy, struct error *error)
{
    policy->iss = environment("KJWT_ISS");
    policy->sub = environment("KJWT_SUB");
    policy->aud = environment("KJWT_AUD");
    policy->claims = environment("KJWT_CLAIMS");
    policy->ttl = DEFAULT_TTL;
    if (!load_duration("KJWT_TTL", &policy->ttl, error))
        return false;
    policy->max_ttl = policy->ttl;
    return load_duration("KJWT_MAX_TTL", &policy->max_ttl, error) &&
           (policy->ttl <= policy->max_ttl ||
            error_set(error, EXIT_USAGE,
                      "KJWT_TTL is longer than KJWT_MAX_TTL")) &&
           check_list("KJWT_AUD", policy->aud, error) &&
           check_list("KJWT_CLAIMS", policy->claims, error) &&
           load_jti(policy, error);
}

/* ----------------------------------------------------------------- lists ---
 */

/* Whether `A,B,...` has the item. */
static bool has_item(const char *list, const char *item)
{
    size_t len = strlen(item);

    if (strchr(item, ',') != NULL)
        return false;
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, item, len) == 0 && (at[len] == ',' || at[len] == '\0'))
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- checks ---
 */

static enum lambda_outcome forbid(struct error *error, const char *claim,
                                  const char *why)
{
    (void)error_set(error, EXIT_REFUSED, "the claim %.128s %s", claim, why);
    return LAMBDA_FORBIDDEN;
}

static enum lambda_outcome mistake(struct error *error, const char *claim,
                                   const char *why)
{
    (void)error_set(error, EXIT_REFUSED, "the claim %.128s %s", claim, why);
    return LAMBDA_BAD_REQUEST;
}

/* iss, sub, iat, exp and nbf have checks of their own. */
static enum lambda_outcome check_names(const struct lambda_policy *policy,
                                       const struct members *claims,
                                       struct error *error)
{
    for (size_t i = 0; i < claims->count; i++) {
        const char *name = claims->list[i].name;

        if (strcmp(name, "jti") == 0 && !has_item(policy->claims, name))
            return forbid(error, name,
                          "is not the caller's to set, unless KJWT_CLAIMS "
                          "names it");
        if (policy->claims != NULL && !has_item(policy->claims, name))
            return forbid(error, name,
                          "is not among those that KJWT_CLAIMS lets a caller "
                          "set");
    }
    return LAMBDA_DONE;
}

/* A claim that the operator has set is that, whoever writes it; where the
 * operator has not, it is free or nobody's. */
static enum lambda_outcome check_fixed(const struct members *claims,
                                       const char *name, const char *fixed,
                                       bool is_free, struct error *error)
{
    json_t *value = members_value(claims, name);
    const char *text = json_string_value(value);
    enum lambda_outcome outcome = LAMBDA_DONE;

    if (value != NULL && text == NULL)
        outcome = mistake(error, name, "is no string");
    else if (text != NULL && fixed == NULL && !is_free)
        outcome = forbid(error, name, "is the operator's, who has set none");
    else if (text != NULL && fixed != NULL && strcmp(text, fixed) != 0)
        outcome = forbid(error, name, "is not the one that the operator set");
    json_decref(value);
    return outcome;
}

static enum lambda_outcome
check_one_audience(const struct lambda_policy *policy, const json_t *value,
                   struct error *error)
{
    const char *text = json_string_value(value);

    if (text == NULL)
        return mistake(error, "aud",
                       "is neither a string nor an array of strings");
    if (policy->aud != NULL && !has_item(policy->aud, text))
        return forbid(error, "aud", "names an audience that is not allowed");
    return LAMBDA_DONE;
}

static enum lambda_outcome check_audience(const struct lambda_policy *policy,
                                          const struct members *claims,
                                          struct error *error)
{
    json_t *value = members_value(claims, "aud");
    enum lambda_outcome outcome = LAMBDA_DONE;
    const json_t *one;
    size_t i;

    if (value == NULL && policy->aud != NULL && strchr(policy->aud, ','))
        return mistake(error, "aud", "is missing: name the audience");
    if (json_is_array(value) && json_array_size(value) == 0)
        outcome = mistake(error, "aud", "is empty");
    else if (value != NULL && !json_is_array(value))
        outcome = check_one_audience(policy, value, error);
    json_array_foreach(value, i, one)
    {
        if (outcome == LAMBDA_DONE)
            outcome = check_one_audience(policy, one, error);
    }
    json_decref(value);
    return outcome;
}

/* ----------------------------------------------------------------- times ---
 */

/* *date stays what it was where there is no such claim. */
static bool take_date(const struct members *claims, const char *name,
                      int64_t *date)
{
    int64_t taken;

    if (members_get(claims, name) == NULL)
        return true;
    if (!mint_date(claims, name, &taken))
        return false;
    *date = taken;
    return true;
}

static enum lambda_outcome check_times(const struct lambda_policy *policy,
                                       int64_t time,
                                       const struct members *claims,
                                       struct error *error)
{
    int64_t iat = time;
    int64_t nbf = time;
    int64_t exp = 0;

    if (!take_date(claims, "iat", &iat) || !take_date(claims, "nbf", &nbf) ||
        !take_date(claims, "exp", &exp)) {
        (void)error_set(error, EXIT_REFUSED,
                        "iat, nbf or exp is no NumericDate: write seconds "
                        "since 1970");
        return LAMBDA_BAD_REQUEST;
    }
    if (iat < time - LAMBDA_SKEW_S || iat > time + LAMBDA_SKEW_S)
        return forbid(error, "iat", "is not the present time");
    if (nbf < time - LAMBDA_SKEW_S)
        return forbid(error, "nbf", "is before the present time");
    /* A fraction that mint_date() has cut off counts for nothing here. */
    if (exp - iat > policy->max_ttl)
        return forbid(error, "exp",
                      "is later than KJWT_MAX_TTL (else KJWT_TTL) allows");
    return LAMBDA_DONE;
}

/* ------------------------------------------------------------ completing ---
 */

static bool set_if_open(struct members *claims, const char *name,
                        const char *value, struct error *error)
{
    return value == NULL || members_get(claims, name) != NULL ||
           members_set_string(claims, name, value, error);
}

static bool set_times(const struct lambda_policy *policy, int64_t time,
                      struct members *claims, struct error *error)
{
    int64_t iat = time;

    (void)take_date(claims, "iat", &iat);
    return (members_get(claims, "iat") != NULL ||
            members_set_integer(claims, "iat", iat, error)) &&
           (members_get(claims, "exp") != NULL ||
            members_set_integer(claims, "exp", iat + policy->ttl, error));
}

static bool set_jti(const struct lambda_policy *policy, const char *jti,
                    struct members *claims, struct error *error)
{
    char text[BASE64URL_LENGTH(16) + 1];
    uint8_t bytes[16];

    if (jti == NULL && policy->jti) {
        if (random_bytes(NULL, bytes, sizeof bytes) != 0)
            return error_set(error, EXIT_USAGE, "no randomness for jti");
        base64url_encode(bytes, sizeof bytes, text);
        jti = text;
    }
    return set_if_open(claims, "jti", jti, error);
}

static bool complete(const struct lambda_policy *policy, int64_t time,
                     const char *jti, struct members *claims,
                     struct error *error)
{
    bool one_audience = policy->aud != NULL && !strchr(policy->aud, ',');

    return set_if_open(claims, "iss", policy->iss, error) &&
           set_if_open(claims, "sub", policy->sub, error) &&
           set_if_open(claims, "aud", one_audience ? policy->aud : NULL,
                       error) &&
           set_times(policy, time, claims, error) &&
           set_jti(policy, jti, claims, error);
}

enum lambda_outcome lambda_policy_apply(const struct lambda_policy *policy,
                                        int64_t time, const char *jti,
                                        struct members *claims,
                                        struct error *error)
{
    enum lambda_outcome outcome = check_names(policy, claims, error);

    if (outcome == LAMBDA_DONE)
        outcome = check_fixed(claims, "iss", policy->iss, false, error);
    if (outcome == LAMBDA_DONE)
        outcome = check_fixed(claims, "sub", policy->sub, true, error);
    if (outcome == LAMBDA_DONE)
        outcome = check_audience(policy, claims, error);
    if (outcome == LAMBDA_DONE)
        outcome = check_times(policy, time, claims, error);
    if (outcome == LAMBDA_DONE && !complete(policy, time, jti, claims, error))
        outcome = LAMBDA_INTERNAL;
    return outcome;
}
