/*
 * The policy, for every Claims Set of at most TOKENS JSON tokens, whatever the
 * look-up finds in it, every policy, and every `now` of an int64_t.
 * SPDX-License-Identifier: Apache-2.0
 *
 * times: no sum overflows, and the verdict is that of integers without bounds.
 */
#include <policy.c>

#include "json_contracts.h"

typedef __int128 integer;

static struct kjwt_policy any_policy(void)
{
    struct kjwt_policy policy;

    __CPROVER_havoc_object(&policy);
    policy.issuer = nondet_bool() ? NULL : "iss";
    policy.subject = nondet_bool() ? NULL : "sub";
    policy.audience = nondet_bool() ? NULL : "aud";
    return policy;
}

void proof_check(void)
{
    const struct kjwt_policy policy = any_policy();
    const struct kjwt_json_object claims = {text, NULL, nondet_u32()};
    const int64_t now = nondet_i64();
    uint32_t time_checked = 2;
    uint32_t proof = 0;
    kjwt_status status;

    __CPROVER_havoc_object(text);
    assume(claims.count >= 1 && claims.count <= TOKENS);
    status = kjwt_policy_check(&policy, &claims, now, &time_checked, &proof);
    if (status == KJWT_OK) {
        prove(time_checked == (now > 0 && now >= policy.earliest),
              "whether the time was known");
        end_of_proof();
    }
}

static struct date any_date(void)
{
    struct date date = {{nondet_i64(), nondet_bool()}, nondet_bool()};

    assume(date.at.seconds >= 0 && date.at.seconds <= INT64_C(253402300799));
    return date;
}

void proof_times(void)
{
    const struct kjwt_policy policy = any_policy();
    const struct times times = {any_date(), any_date(), any_date()};
    const int64_t now = nondet_i64();
    const integer leeway = policy.leeway_s;
    const integer age = (integer)now - times.iat.at.seconds;
    bool is_valid = true;
    kjwt_status status;

    assume(now > 0);
    if (times.exp.present)
        is_valid = is_valid && now - leeway < times.exp.at.seconds;
    if (times.nbf.present)
        is_valid = is_valid &&
                   now + leeway >= (integer)times.nbf.at.seconds +
                                       times.nbf.at.fraction;
    if (policy.max_age_s != 0)
        is_valid = is_valid && times.iat.present && age <= policy.max_age_s + leeway
                   && -age + times.iat.at.fraction <= leeway;
    status = compare_times(&policy, &times, now);
    prove((status == KJWT_OK) == is_valid, "valid now, and not otherwise");
    end_of_proof();
}
