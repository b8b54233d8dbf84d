/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware.h"

#include "records.h"

/* The floor, one-shot tokens and port/storage together. */
static const struct port_flash *volatile some_flash;

static uint32_t rules(struct kjwt_admission *admission,
                      const struct kjwt_store *store)
{
    static const struct port_record layout[] = {
        {KJWT_RECORD_FLOOR, 0x3c000, 1, 16},
        {KJWT_RECORD_ONE_SHOT, 0x3c800, 1, 96},
    };
    static struct port_records records = {NULL, layout, 2};
    static const struct kjwt_store flash = {port_records_load,
                                            port_records_save, &records};
    static struct kjwt_floor floor = {.store = &flash,
                                      .built = 1700000000,
                                      .step_s = 31536000,
                                      .write_step_s = 86400,
                                      .now = KJWT_NOW_CLOCK | KJWT_NOW_FLOOR};
    const struct kjwt_one_shot one_shot = {.store = &flash,
                                           .sequences =
                                               (struct kjwt_sequence *)work,
                                           .issuers = 4};

    (void)store;
    records.flash = some_flash;
    kjwt_floor_load(&floor);
    kjwt_admit_floor(admission, &floor);
    kjwt_admit_one_shot(admission, &one_shot);
    return KJWT_RULE_FLOOR + KJWT_RULE_ONE_SHOT;
}
