/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware.h"

static uint32_t rules(struct kjwt_admission *admission,
                      const struct kjwt_store *store)
{
    const struct kjwt_jti_ring ring = {
        .store = store, .memory = work, .entries = 16};

    kjwt_admit_jti(admission, &ring);
    return KJWT_RULE_JTI;
}
