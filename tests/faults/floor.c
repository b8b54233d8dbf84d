/* SPDX-License-Identifier: Apache-2.0 */
#define RULE KJWT_RULE_FLOOR
#include "rule.h"

static struct kjwt_floor time_floor = {
    .store = &store, .built = 1700000000, .step_s = 10 * 365 * 86400u,
    .write_step_s = 3600, .now = KJWT_NOW_FLOOR,
};

static void start(void)
{
    (void)kjwt_floor_load(&time_floor);
}

static void prepare(struct kjwt_policy *policy, int64_t *now)
{
    kjwt_floor_policy(&time_floor, policy, now);
}

static kjwt_status rule(struct kjwt_admission *admission)
{
    return kjwt_admit_floor(admission, &time_floor);
}
