/* SPDX-License-Identifier: Apache-2.0 */
#define RULE KJWT_RULE_CLAIM
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
    return kjwt_admit_claim(admission, "chip", "5a17000000000001");
}
