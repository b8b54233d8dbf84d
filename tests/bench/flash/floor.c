/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware.h"

static uint32_t rules(struct kjwt_admission *admission,
                      const struct kjwt_store *store)
{
    static struct kjwt_floor floor = {.built = 1700000000,
                                      .step_s = 31536000,
                                      .write_step_s = 86400,
                                      .now = KJWT_NOW_CLOCK | KJWT_NOW_FLOOR};

    floor.store = store;
    kjwt_floor_load(&floor);
    kjwt_admit_floor(admission, &floor);
    return KJWT_RULE_FLOOR;
}
