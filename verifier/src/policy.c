/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"
#include "proof.h"

/* A claim that is missing, or a string; and if expected is given, that one. */
static kjwt_status check_string(const struct kjwt_json_object *claims,
                                const char *name, const char *expected,
                                kjwt_status mismatch)
{
    struct kjwt_json_value value = kjwt_json_member(claims, name);

    if (value.text != NULL && !kjwt_json_is_string(value))
        return KJWT_ERR_CLAIM_TYPE;
    if (expected != NULL && !kjwt_json_string_is(value, expected))
        return mismatch;
    return KJWT_OK;
}

/* RFC 7519 4.1.3: a string, or an array of strings of which one is us. An
 * `aud` without us in it must be refused, so also where we have no name. */
static kjwt_status check_audience(const struct kjwt_json_object *claims,
                                  const char *audience)
{
    const struct kjwt_json_value aud = kjwt_json_member(claims, "aud");
    bool found = false;

    if (aud.text == NULL)
        return audience == NULL ? KJWT_OK : KJWT_ERR_AUDIENCE;
    /* Of the text's tokens those that lie in `aud`: itself, or what the array
     * holds. */
    for (uint32_t i = 0; i < claims->count; i++) {
        struct kjwt_json_value token = kjwt_json_token(claims, i);
        size_t offset = (uintptr_t)token.text - (uintptr_t)aud.text;

        if (offset >= aud.len || (offset == 0 && *aud.text == '['))
            continue;
        if (!kjwt_json_is_string(token))
            return KJWT_ERR_CLAIM_TYPE;
        if (audience != NULL && kjwt_json_string_is(token, audience))
            found = true;
    }
    return found ? KJWT_OK : KJWT_ERR_AUDIENCE;
}

struct date {
    struct kjwt_numeric_date at;
    bool present;
};

struct times {
    struct date exp, nbf, iat;
};

static kjwt_status read_date(const struct kjwt_json_object *claims,
                             const char *name, struct date *date)
{
    struct kjwt_json_value value = kjwt_json_member(claims, name);

    date->present = value.text != NULL;
    return date->present ? kjwt_numeric_date(value, &date->at) : KJWT_OK;
}

/* All that can be wrong with one of them is KJWT_ERR_NUMERIC_DATE. */
static kjwt_status read_times(const struct kjwt_json_object *claims,
                              struct times *times)
{
    return read_date(claims, "exp", &times->exp) |
           read_date(claims, "nbf", &times->nbf) |
           read_date(claims, "iat", &times->iat);
}

/*
 * A fraction counts to the strict side: `exp` is rounded down, `nbf` up, and
 * `iat` either way. Dates end with the year 9999 and spans with 2^32, so sums
 * of them do not overflow; now, which may be anything, is never added to.
 */
static kjwt_status compare_times(const struct kjwt_policy *policy,
                                 const struct times *times, int64_t now)
{
    const int64_t leeway = policy->leeway_s;

    if (times->exp.present && now >= times->exp.at.seconds + leeway)
        return KJWT_ERR_EXPIRED;
    if (times->nbf.present &&
        times->nbf.at.seconds + times->nbf.at.fraction - leeway > now)
        return KJWT_ERR_NOT_YET_VALID;
    if (policy->max_age_s == 0)
        return KJWT_OK;
    if (!times->iat.present)
        return KJWT_ERR_IAT_MISSING;
    if (times->iat.at.seconds + times->iat.at.fraction - leeway > now)
        return KJWT_ERR_IAT_FUTURE;
    if (now - times->iat.at.seconds > (int64_t)policy->max_age_s + leeway)
        return KJWT_ERR_TOO_OLD;
    return KJWT_OK;
}

static kjwt_status check_times(const struct kjwt_policy *policy,
                               const struct kjwt_json_object *claims,
                               int64_t now, uint32_t *time_checked)
{
    struct times times;
    kjwt_status status = read_times(claims, &times);

    if (status != KJWT_OK)
        return status;
    if (!times.exp.present && (policy->options & KJWT_EXP_OPTIONAL) == 0)
        return KJWT_ERR_EXP_MISSING;
    if (now > 0 && now >= policy->earliest) {
        *time_checked = 1;
        return compare_times(policy, &times, now);
    }
    *time_checked = 0;
    if ((policy->options & KJWT_TIME_UNKNOWN_OK) == 0 &&
        (times.exp.present || times.nbf.present || policy->max_age_s != 0))
        return KJWT_ERR_TIME_UNKNOWN;
    return KJWT_OK;
}

/* Not inline, so that both times it is the same code, and run from its
 * beginning. */
KJWT_NOINLINE static kjwt_status check_once(
    const struct kjwt_policy *policy, const struct kjwt_json_object *claims,
    int64_t now, uint32_t *time_checked)
{
    kjwt_status status =
        check_string(claims, "iss", policy->issuer, KJWT_ERR_ISSUER);

    if (status == KJWT_OK)
        status = check_string(claims, "sub", policy->subject,
                              KJWT_ERR_SUBJECT);
    if (status == KJWT_OK)
        status = check_string(claims, "jti", NULL, KJWT_ERR_CLAIM_TYPE);
    if (status == KJWT_OK)
        status = check_audience(claims, policy->audience);
    if (status == KJWT_OK)
        status = check_times(policy, claims, now, time_checked);
    return status;
}

/* Twice, as a glitch hits but one of the two. */
kjwt_status kjwt_policy_check(const struct kjwt_policy *policy,
                              const struct kjwt_json_object *claims,
                              int64_t now, uint32_t *time_checked,
                              uint32_t *proof)
{
    kjwt_status first;
    kjwt_status second;

    first = check_once(policy, claims, now, time_checked);
    *proof += KJWT_PROOF_POLICY + kjwt_opaque((uint32_t)first);
    second = check_once(policy, kjwt_opaque_pointer(claims), now,
                        time_checked);
    *proof += kjwt_opaque((uint32_t)second);
    return first | second;
}
