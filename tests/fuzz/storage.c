/*
 * Records in flash, whatever the flash holds: what was saved is read again, and
 * nothing is written beyond the reader's room.
 *
 *     a byte that chooses the flash, a byte for each step (its length), the
 *     flash's content
 * SPDX-License-Identifier: Apache-2.0
 */
#include "flash_ram.h"
#include "fuzz.h"
#include "records.h"

#define RECORD      KJWT_RECORD_ONE_SHOT
#define RECORD_SIZE 24u
#define SECTOR      128u
#define SECTORS     2u
#define FLASH       (2 * SECTORS * SECTOR)

static void check_load(struct port_records *records, const uint8_t *expected,
                       size_t expected_len)
{
    uint8_t *data = malloc(RECORD_SIZE);
    size_t len = 0;
    kjwt_status status =
        port_records_load(records, RECORD, data, RECORD_SIZE, &len);

    if (expected != NULL)
        must(status == KJWT_OK && len == expected_len &&
                 memcmp(data, expected, len) == 0,
             "what was saved is read again");
    else
        must(status != KJWT_OK || len <= RECORD_SIZE, "a record has its size");
    free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t write_sizes[] = {1, 2, 4, 8, 16, 32};
    uint8_t memory[FLASH];
    struct fuzz_input input = {data, size};
    const uint8_t choice = fuzz_byte(&input);
    const uint32_t write_size = write_sizes[choice % 6];
    struct port_flash_ram ram = {memory, FLASH, write_size, SECTOR};
    const struct port_flash flash = {write_size,           SECTOR,
                                     port_flash_ram_read,  port_flash_ram_write,
                                     port_flash_ram_erase, &ram};
    const struct port_record record = {RECORD, 0, SECTORS, RECORD_SIZE};
    struct port_records records = {&flash, &record, 1};
    uint8_t lengths[4];

    for (size_t i = 0; i < sizeof lengths; i++)
        lengths[i] = fuzz_byte(&input) % (RECORD_SIZE + 2);
    memset(memory, 0xff, sizeof memory);
    for (size_t i = 0; input.len > 0 && i < FLASH; i++)
        memory[i] = fuzz_byte(&input);
    check_load(&records, NULL, 0);
    for (size_t i = 0; i < sizeof lengths; i++) {
        uint8_t content[RECORD_SIZE + 2];

        memset(content, (int)(i + 1), sizeof content);
        if (port_records_save(&records, RECORD, content, lengths[i]) == KJWT_OK)
            check_load(&records, content, lengths[i]);
    }
    return 0;
}
