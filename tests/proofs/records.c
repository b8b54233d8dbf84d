/*
 * Records in flash (port/storage), for every content of a flash with two halves
 * of two slots, and every record of at most 4 bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whatever the flash holds, its checksums say and whichever operation fails: no
 * address is outside the record's own sectors, and no unit is programmed that
 * was not erased.
 */
#include <records.c>

#include "proof.h"

#define SIZE   4u
#define UNIT   4u
#define SECTOR 64u
#define START  192u /* of the flash's addresses, which are the port's own */

static uint8_t memory[2 * SECTOR];
static bool may_fail;

/* In place of crc32(). */
uint32_t any_crc(uint32_t crc, const uint8_t *data, size_t len)
{
    (void)crc;
    prove(__CPROVER_r_ok(data, len), "bytes");
    return nondet_u32();
}

static bool fails(void)
{
    return may_fail && nondet_bool();
}

static bool read(void *context, uint32_t address, void *data, size_t len)
{
    (void)context;
    prove(address >= START && len <= sizeof memory &&
              address - START <= sizeof memory - len,
          "an address of the record");
    memcpy(data, memory + (address - START), len);
    return !fails();
}

static bool write(void *context, uint32_t address, const void *data, size_t len)
{
    const uint8_t *bytes = data;

    (void)context;
    prove(address >= START && len <= sizeof memory &&
              address - START <= sizeof memory - len && address % UNIT == 0 &&
              len % UNIT == 0,
          "units of the record");
    for (size_t i = 0; i < len; i++) {
        uint8_t *const at = &memory[address - START + i];

        prove(*at == PORT_FLASH_ERASED, "erased since it was programmed");
        *at = bytes[i];
    }
    return !fails();
}

static bool erase(void *context, uint32_t address)
{
    (void)context;
    prove(address == START || address == START + SECTOR, "a sector");
    memset(address == START ? memory : memory + SECTOR, PORT_FLASH_ERASED,
           SECTOR);
    return !fails();
}

static const struct port_flash flash = {UNIT, SECTOR, read, write, erase, NULL};
static const struct port_record record = {KJWT_RECORD_FLOOR, START, 1, SIZE};
static struct port_records records = {&flash, &record, 1};

void proof_load(void)
{
    const size_t size = any_length(SIZE + 1);
    const uint32_t id = nondet_u32();
    uint8_t data[SIZE + 1];
    size_t len = nondet_size();
    kjwt_status status;

    __CPROVER_havoc_object(memory);
    may_fail = true;
    status = port_records_load(&records, id, data + SIZE + 1 - size, size, &len);
    prove(len <= size, "within the memory");
    prove(status == KJWT_OK || len == 0, "nothing after a failure");
    prove(id == record.id || status == KJWT_ERR_STORE_READ, "no such record");
    end_of_proof();
}

/* Nothing that the flash may hold makes a save leave the record's own units. */
void proof_save(void)
{
    const size_t len = any_length(SIZE);
    const uint8_t bytes[SIZE];
    const uint8_t *const data = bytes + SIZE - len;
    kjwt_status status;

    __CPROVER_havoc_object(memory);
    may_fail = true;
    status = port_records_save(&records, record.id, data, len);
    prove(status == KJWT_OK || status == KJWT_ERR_STORE_WRITE, "the status");
    end_of_proof();
}
