/* SPDX-License-Identifier: Apache-2.0 */
#define RULE KJWT_RULE_JTI
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
    const struct kjwt_jti_ring ring = {
        .store = &store, .memory = work, .entries = ENTRIES};

    return kjwt_admit_jti(admission, &ring);
}
