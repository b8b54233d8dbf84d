/*
 * An image with a rule of kjwt_device.h under attack, from the end of the
 * verification on: what the caller does, word for word as kjwt_device.h shows
 * it. Each of the images that include this defines RULE, start(), prepare() and
 * rule().
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "firmware.h"
#include "flash_ram.h"
#include "kjwt_device.h"
#include "records.h"

#define WRITE   4u
#define SECTOR  128u
#define ENTRIES 4u /* issuers, and those of the ring */

/* Apart from RAM, as flash is: campaign.c has memory there. */
static struct port_flash_ram ram = {(uint8_t *)0x30000000, 8 * SECTOR, WRITE,
                                    SECTOR};
static const struct port_flash flash = {
    WRITE, SECTOR, port_flash_ram_read, port_flash_ram_write,
    port_flash_ram_erase, &ram,
};
static const struct port_record layout[] = {
    {KJWT_RECORD_FLOOR, 0 * SECTOR, 1, 16},
    {KJWT_RECORD_NONCE, 2 * SECTOR, 1, sizeof(struct kjwt_nonce)},
    {KJWT_RECORD_ONE_SHOT, 4 * SECTOR, 1,
     ENTRIES * sizeof(struct kjwt_sequence)},
    {KJWT_RECORD_JTI, 6 * SECTOR, 1, 8 + ENTRIES * sizeof(struct kjwt_jti)},
};
static const struct port_records records = {&flash, layout,
                                            sizeof layout / sizeof layout[0]};
static const struct kjwt_store store = {port_records_load, port_records_save,
                                        (void *)&records};

/* With the first token: what a device does when it is made. */
static void start(void);
/* What the rule wants done before a token is verified. */
static void prepare(struct kjwt_policy *policy, int64_t *now);
static kjwt_status rule(struct kjwt_admission *admission);

int handle_token(void)
{
    static bool started;
    struct kjwt_policy policy = device_policy;
    int64_t now = port_time_now();
    struct kjwt_claims claims = {0};
    struct kjwt_admission admission;
    kjwt_status status;

    if (!started) {
        memset(ram.memory, PORT_FLASH_ERASED, ram.size);
        start();
        started = true;
    }
    prepare(&policy, &now);
    status = kjwt_verify(&policy, work, sizeof work, token, token_len, now,
                         &claims);
    verified();
    kjwt_admit_begin(&admission, status, &policy, now, &claims, work);
    status = rule(&admission);
    last_status = status;
    if (status != KJWT_OK || !kjwt_admitted(&admission, RULE))
        return refuse(status);
    return act_on(&claims);
}
