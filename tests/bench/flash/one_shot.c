/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware.h"

static uint32_t rules(struct kjwt_admission *admission,
                      const struct kjwt_store *store)
{
    const struct kjwt_one_shot one_shot = {.store = store,
                                           .sequences =
                                               (struct kjwt_sequence *)work,
                                           .issuers = 4};

    kjwt_admit_one_shot(admission, &one_shot);
    return KJWT_RULE_ONE_SHOT;
}
