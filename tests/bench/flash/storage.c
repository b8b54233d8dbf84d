/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware.h"

#include "records.h"

/* port/storage alone, over some flash. */
static const struct port_flash *volatile some_flash;

static uint32_t rules(struct kjwt_admission *admission,
                      const struct kjwt_store *store)
{
    static const struct port_record layout[] = {
        {KJWT_RECORD_FLOOR, 0x3c000, 1, 16},
        {KJWT_RECORD_ONE_SHOT, 0x3c800, 1, 96},
    };
    const struct port_records records = {some_flash, layout, 2};
    uint8_t bytes[16];
    size_t len;

    (void)store;
    (void)admission;
    if (port_records_load((void *)&records, KJWT_RECORD_FLOOR, bytes,
                          sizeof bytes, &len) == KJWT_OK)
        port_records_save((void *)&records, KJWT_RECORD_FLOOR, bytes, len);
    return 0;
}
