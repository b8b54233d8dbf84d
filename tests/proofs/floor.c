/*
 * The time floor, for every token, setting and clock, over a record that a
 * floor has left: its times are dates.
 * SPDX-License-Identifier: Apache-2.0
 *
 * It never goes down; a token raises it to its `iat` or `nbf` at most, by step_s
 * at most, and what is stored follows within write_step_s. A token that has
 * expired by it is refused. No sum overflows.
 */
#define decide decide_claim /* one of the same name follows */
#include <admit.c>
#undef decide
#include <floor.c>

#include "device_contracts.h"

static struct record stored;

static kjwt_status load(void *context, uint32_t record, void *data, size_t size,
                        size_t *len)
{
    (void)context;
    prove(record == KJWT_RECORD_FLOOR && size == sizeof stored, "the record");
    *len = any_length(size);
    __CPROVER_havoc_slice(data, size);
    if (nondet_bool())
        return any_load_failure();
    if (*len == 0) {
        stored = (struct record){0, 0};
        return KJWT_ERR_STORE_EMPTY;
    }
    memcpy(data, &stored, sizeof stored);
    return KJWT_OK;
}

static bool is_record(const struct record *record)
{
    return record->time >= 0 && record->time <= LAST_DATE && record->far >= 0 &&
           record->far <= LAST_DATE;
}

static kjwt_status save(void *context, uint32_t record, const void *data,
                        size_t len)
{
    const struct record *content = data;
    const kjwt_status status = any_save(context, record, data, len);

    prove(record == KJWT_RECORD_FLOOR && len == sizeof *content, "the record");
    prove(is_record(content), "dates");
    prove(content->time > stored.time, "later than what is stored");
    if (status == KJWT_OK)
        stored = *content;
    return status;
}

static const struct kjwt_store store = {load, save, NULL};

static struct kjwt_floor any_settings(void)
{
    struct kjwt_floor floor = {.store = &store,
                               .built = nondet_i64(),
                               .step_s = nondet_u32(),
                               .write_step_s = nondet_u32(),
                               .now = nondet_u32()};

    assume(floor.built <= LAST_DATE);
    __CPROVER_havoc_object(&stored);
    assume(is_record(&stored));
    return floor;
}

/* What loading leaves, and admitting keeps. */
static bool is_floor(const struct kjwt_floor *floor)
{
    return floor->time > 0 && floor->time <= LAST_DATE &&
           floor->time >= floor->built && floor->stored >= floor->built &&
           floor->stored >= stored.time && floor->stored <= floor->time &&
           floor->time - floor->stored <= (int64_t)floor->write_step_s &&
           floor->far >= 0 && floor->far <= LAST_DATE;
}

void proof_load(void)
{
    struct kjwt_floor floor = any_settings();
    const kjwt_status status = kjwt_floor_load(&floor);

    prove(status == KJWT_OK ? is_floor(&floor) && floor.time >= stored.time
                            : floor.time == 0,
          "a floor, or none");
    prove(status != KJWT_OK || makes_sense(&floor), "of settings that do");
    if (status == KJWT_OK)
        end_of_proof();
}

static struct kjwt_floor any_floor(void)
{
    struct kjwt_floor floor = any_settings();

    floor.time = nondet_i64();
    floor.stored = nondet_i64();
    floor.far = nondet_i64();
    assume(makes_sense(&floor) && is_floor(&floor));
    return floor;
}

void proof_policy(void)
{
    const struct kjwt_floor floor = any_floor();
    int64_t now = nondet_i64();
    const int64_t clock = now;
    struct kjwt_policy changed;

    __CPROVER_havoc_object(&policy);
    changed = policy;
    kjwt_floor_policy(&floor, &changed, &now);
    prove(changed.earliest >= policy.earliest &&
              changed.earliest >= floor.time - (int64_t)policy.leeway_s,
          "a clock before the floor is unknown");
    prove(now == clock || now == KJWT_TIME_UNKNOWN, "the clock, or none");
    prove((changed.options & KJWT_TIME_UNKNOWN_OK) == 0 ||
              (floor.now & KJWT_NOW_FLOOR) != 0,
          "without a time only where the floor suffices");
    end_of_proof();
}

void proof_admit(void)
{
    struct kjwt_floor floor = any_floor();
    const struct kjwt_floor before = floor;
    struct kjwt_admission admission = any_admission();
    const uint32_t proof = admission.proof;
    const kjwt_status earlier = admission.status;
    const kjwt_status status = kjwt_admit_floor(&admission, &floor);

    prove(is_floor(&floor), "still a floor");
    prove(floor.time >= before.time, "not lower");
    prove(floor.time - before.time <= (int64_t)before.step_s, "by a step");
    prove(floor.time == before.time || floor.time <= iat_date ||
              floor.time <= nbf_date,
          "no later than the token says");
    prove(floor.time == before.time || earlier == KJWT_OK, "a genuine token");
    prove(admission.known >= floor.time, "that time has come");
    prove(status == admission.status, "the admission's status");
    if (status != KJWT_OK)
        return;
    prove(exp_date == NO_DATE ||
              before.time < exp_date + (int64_t)policy.leeway_s,
          "not expired");
    prove(admission.proof == proof + KJWT_RULE_FLOOR, "in the proof");
    end_of_proof();
}
