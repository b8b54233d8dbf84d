/*
 * Records in flash (port/storage), for every content of a flash with two halves
 * of two slots, and every record of at most 4 bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whatever the flash holds, its checksums say and whichever operation fails: no
 * address is outside the record's own sectors, no unit is programmed that was
 * not erased, and until a new content is committed the newest one stays where
 * it is and counts.
 */
#include <records.c>

#include "proof.h"

#define SIZE   4u
#define UNIT   4u
#define SECTOR 64u
#define START  192u /* of the flash's addresses, which are the port's own */
#define SLOT   PORT_RECORD_SLOT(SIZE, UNIT)
#define SLOTS  (SECTOR / SLOT) /* of a half */

static uint8_t memory[2 * SECTOR];
static bool may_fail;

/* What a save found, and in which halves it has committed a content. */
static bool saving;
static struct found before;
static bool committed[2];

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

static void check_mark(uint32_t offset)
{
    const uint32_t in_slot = offset % SECTOR % SLOT;
    const uint32_t slot = offset / SECTOR * SLOTS + offset % SECTOR / SLOT;

    if (in_slot == SLOT - 2 * UNIT)
        committed[offset / SECTOR] = true;
    if (in_slot == SLOT - UNIT)
        prove(committed[0] || committed[1] || slot != before.newest,
              "the newest content counts until the next one does");
}

static void check_erase(uint32_t half)
{
    const bool counts = before.newest != NONE &&
                        before.newest / SLOTS == half;

    prove(committed[1 - half] || !counts, "the newest content stays");
    prove(committed[1 - half] || before.marked[1 - half] ||
              !before.marked[half],
          "a damaged record does not become a new one");
    committed[half] = false;
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
    if (saving)
        check_mark(address - START);
    return !fails();
}

static bool erase(void *context, uint32_t address)
{
    (void)context;
    prove(address == START || address == START + SECTOR, "a sector");
    if (saving)
        check_erase(address != START);
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
    status =
        port_records_load(&records, id, data + SIZE + 1 - size, size, &len);
    prove(len <= size, "within the memory");
    prove(status == KJWT_OK || len == 0, "nothing after a failure");
    prove(id == record.id || status == KJWT_ERR_STORE_READ, "no such record");
    end_of_proof();
}

/* ---------------------------------------------------------------- save --- */

static uint32_t word_at(uint32_t address)
{
    return get_word(memory + (address - START));
}

static uint32_t retire_at(uint32_t slot)
{
    return START + slot / SLOTS * SECTOR +
           slot % SLOTS * SLOT + SLOT - UNIT;
}

static bool can_be_retired(uint32_t slot)
{
    return slot < 2 * SLOTS && word_at(retire_at(slot)) == BLANK;
}

/* What scan() says of the memory: a slot that counts has no retire mark yet. */
static bool is_found(const struct found *found)
{
    return found->newest == NONE
               ? found->older == NONE
               : can_be_retired(found->newest) &&
                     found->marked[found->newest / SLOTS] &&
                     found->older != found->newest &&
                     (found->older == NONE || can_be_retired(found->older));
}

void proof_scan(void)
{
    struct layout layout;
    struct found found;

    __CPROVER_havoc_object(memory);
    may_fail = true;
    if (find_record(&layout, &records, record.id) && scan(&layout, &found))
        prove(is_found(&found), "what counts can be retired");
    end_of_proof();
}

/* In place of scan(). */
bool any_found(const struct layout *layout, struct found *found)
{
    (void)layout;
    found->newest = nondet_u32();
    found->older = nondet_u32();
    found->header.sequence = nondet_u32();
    found->marked[0] = nondet_bool();
    found->marked[1] = nondet_bool();
    assume(is_found(found));
    before = *found;
    return !fails();
}

/* In place of check_slot(). */
bool any_check(const struct layout *layout, uint32_t slot,
               struct header *header, bool *holds)
{
    prove(slot < 2 * layout->slots, "a slot");
    header->sequence = nondet_u32();
    *holds = nondet_bool();
    return !fails();
}

/* A save, whatever the flash holds. */
void proof_save(void)
{
    const size_t len = any_length(SIZE);
    const uint8_t bytes[SIZE];
    const uint8_t *const data = bytes + SIZE - len;
    kjwt_status status;

    __CPROVER_havoc_object(memory);
    may_fail = true;
    saving = true;
    status = port_records_save(&records, record.id, data, len);
    prove(status == KJWT_ERR_STORE_WRITE ||
              (status == KJWT_OK && (committed[0] || committed[1])),
          "what is said to be saved is committed");
    prove(status != KJWT_OK || before.newest == NONE ||
              word_at(retire_at(before.newest)) != BLANK,
          "what is said to be saved replaces the newest content");
    end_of_proof();
}
