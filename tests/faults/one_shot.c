/* SPDX-License-Identifier: Apache-2.0 */
#define RULE KJWT_RULE_ONE_SHOT
#include "rule.h"

static void start(void)
{
}

static void prepare(struct kjwt_policy *policy, int64_t *now)
{
    (void)policy;
    (void)now;
}

static kjwt_status rule(struct kjwt_admission *admission)
{
    const struct kjwt_one_shot one_shot = {
        .store = &store, .sequences = (void *)work, .issuers = ENTRIES};

    return kjwt_admit_one_shot(admission, &one_shot);
}
