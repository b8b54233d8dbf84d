/*
 * A lower bound of the time.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "admit.h"

/* After every date, and no sum with a span overflows. */
#define NEVER (INT64_MAX / 2)

/* As it is stored. */
struct record {
    int64_t time;
    int64_t far;
};

static bool makes_sense(const struct kjwt_floor *floor)
{
    return floor->built > 0 && floor->step_s > 0 &&
           floor->write_step_s <= floor->step_s && floor->now != 0 &&
           (floor->now & ~(KJWT_NOW_CLOCK | KJWT_NOW_FLOOR)) == 0;
}

kjwt_status kjwt_floor_load(struct kjwt_floor *floor)
{
    struct record record;
    kjwt_status status = KJWT_ERR_STORE_READ;
    size_t len;

    if (floor == NULL || floor->store == NULL)
        return KJWT_ERR_ARGUMENT;
    floor->time = 0;
    if (!makes_sense(floor))
        return KJWT_ERR_POLICY;
    status = kjwt_store_load(floor->store, KJWT_RECORD_FLOOR, &record,
                             sizeof record, &len);
    if (status != KJWT_OK)
        return status;
    if (len != 0 && len != sizeof record)
        return KJWT_ERR_STORE_READ;
    /* A new build may be later than what the one before had seen. */
    floor->stored = record.time > floor->built ? record.time : floor->built;
    floor->far = record.far;
    floor->time = floor->stored;
    return KJWT_OK;
}

void kjwt_floor_policy(const struct kjwt_floor *floor,
                       struct kjwt_policy *policy, int64_t *now)
{
    const int64_t earliest = floor->time - (int64_t)policy->leeway_s;

    if (policy->earliest < earliest)
        policy->earliest = earliest;
    policy->options &= ~KJWT_TIME_UNKNOWN_OK;
    if ((floor->now & KJWT_NOW_FLOOR) != 0)
        policy->options |= KJWT_TIME_UNKNOWN_OK;
    if ((floor->now & KJWT_NOW_CLOCK) == 0)
        *now = KJWT_TIME_UNKNOWN;
}

/* The token's own evidence of the time, and whether the floor refutes it. Dates
 * end with the year 9999 and spans with 2^32, so sums of them do not overflow.
 */
static kjwt_status check(const struct kjwt_admission *admission,
                         const struct kjwt_floor *floor, int64_t *evidence)
{
    const struct kjwt_policy *policy = admission->policy;
    const int64_t leeway = policy->leeway_s;
    int64_t exp;
    int64_t nbf;
    int64_t iat;
    kjwt_status status = KJWT_ERR_STORE_READ;

    if (floor->time <= 0)
        return KJWT_ERR_STORE_READ;
    status = kjwt_admit_date(admission, "exp", NEVER, &exp);
    if (status == KJWT_OK)
        status = kjwt_admit_date(admission, "nbf", 0, &nbf);
    if (status == KJWT_OK)
        status = kjwt_admit_date(admission, "iat", 0, &iat);
    if (status != KJWT_OK)
        return status;
    *evidence = iat > nbf ? iat : nbf;
    /* RFC 7519 4.1.4. Without `exp`: the policy let it pass. */
    if (floor->time >= exp + leeway || *evidence >= exp + leeway)
        return KJWT_ERR_EXPIRED;
    if (policy->max_age_s == 0)
        return KJWT_OK;
    if (iat == 0)
        return KJWT_ERR_IAT_MISSING;
    return floor->time - iat > (int64_t)policy->max_age_s + leeway
               ? KJWT_ERR_TOO_OLD
               : KJWT_OK;
}

KJWT_NOINLINE static kjwt_status decide(struct kjwt_admission *admission,
                                        const struct kjwt_floor *floor,
                                        int64_t *evidence)
{
    return kjwt_admit_decided(admission, check(admission, floor, evidence));
}

static kjwt_status raise(struct kjwt_floor *floor, int64_t evidence)
{
    const int64_t highest = floor->time + (int64_t)floor->step_s;
    struct record record = {evidence, floor->far};
    kjwt_status status = KJWT_OK;

    if (evidence <= floor->time)
        return KJWT_OK;
    if (evidence > highest) {
        /* The same token again, or an older one of the same bench. */
        if (evidence <= floor->far)
            return KJWT_OK;
        record = (struct record){highest, evidence};
    }
    if (record.time - floor->stored >= (int64_t)floor->write_step_s) {
        status = kjwt_store_save(floor->store, KJWT_RECORD_FLOOR, &record,
                                 sizeof record);
        if (status != KJWT_OK)
            return status;
        floor->stored = record.time;
    }
    floor->time = record.time;
    floor->far = record.far;
    return KJWT_OK;
}

kjwt_status kjwt_admit_floor(struct kjwt_admission *admission,
                             struct kjwt_floor *floor)
{
    kjwt_status status = KJWT_ERR_ARGUMENT;
    int64_t evidence = 0;

    if (admission == NULL || floor == NULL)
        return KJWT_ERR_ARGUMENT;
    status = admission->status;
    if (status == KJWT_OK)
        status = decide(admission, floor, &evidence);
    if (status == KJWT_OK)
        status = decide(admission, floor, &evidence);
    /* A clock that is trusted knows better than a bench. */
    if (admission->known != 0 && evidence > admission->known)
        evidence = admission->known;
    if (status == KJWT_OK)
        status = raise(floor, evidence);
    if (admission->known < floor->time)
        admission->known = floor->time;
    return kjwt_admit_rule(admission, status, KJWT_RULE_FLOOR,
                           2 * KJWT_DECISION);
}
