/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware.h"

static uint32_t rules(struct kjwt_admission *admission,
                      const struct kjwt_store *store)
{
    (void)store;
    kjwt_admit_claim(admission, "/device/id", "5a17000000000001");
    return KJWT_RULE_CLAIM;
}
