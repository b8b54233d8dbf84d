/* SPDX-License-Identifier: Apache-2.0 */
#include "records.h"

#include <string.h>

#define HEADER_SIZE 16u
/* Two zero bits a byte. A mark whose writing was cut off has some of them, what
 * an erase was cut off in has ones and zeros anywhere. */
#define MARK  0xdbb7ed7eu
#define BLANK 0xffffffffu
#define NONE  UINT32_MAX

/* Where a record's slots lie. */
struct layout {
    const struct port_flash *flash;
    const struct port_record *record;
    uint32_t data;  /* offset of the data in a slot */
    uint32_t mark;  /* bytes of a mark */
    uint32_t slot;  /* bytes of a slot */
    uint32_t half;  /* bytes of a half */
    uint32_t slots; /* of a half */
};

struct header {
    uint32_t id;
    uint32_t sequence;
    uint32_t len;
    uint32_t crc;
};

/* What is in the flash. */
struct found {
    uint32_t newest;      /* the slot that counts, or NONE */
    struct header header; /* of that */
    uint32_t older;       /* one that was not retired, or NONE */
    bool marked[2];       /* a half holds a mark */
};

static uint32_t crc32(uint32_t crc, const uint8_t *data, size_t len)
{
    for (; len > 0; len--) {
        crc ^= *data++;
        for (uint32_t bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
    }
    return crc;
}

static void put_word(uint8_t *bytes, uint32_t word)
{
    for (uint32_t i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(word >> 8 * i);
}

static uint32_t get_word(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static bool find_record(struct layout *layout, const void *context, uint32_t id)
{
    const struct port_records *records = context;
    const uint32_t unit = records->flash->write_size;
    const struct port_record *record = records->records;

    while (record->id != id)
        if (++record == records->records + records->count)
            return false;
    layout->flash = records->flash;
    layout->record = record;
    layout->data = PORT_RECORD_UP(HEADER_SIZE, unit);
    layout->mark = PORT_RECORD_MARK(unit);
    layout->slot = PORT_RECORD_SLOT(record->size, unit);
    layout->half = record->sectors * records->flash->sector_size;
    layout->slots = layout->half / layout->slot;
    return layout->slots > 0;
}

static uint32_t slot_address(const struct layout *layout, uint32_t slot)
{
    const uint32_t half = slot >= layout->slots;

    return layout->record->address + half * layout->half +
           (slot - half * layout->slots) * layout->slot;
}

static uint32_t commit_address(const struct layout *layout, uint32_t slot)
{
    return slot_address(layout, slot) + layout->slot - 2 * layout->mark;
}

static uint32_t retire_address(const struct layout *layout, uint32_t slot)
{
    return slot_address(layout, slot) + layout->slot - layout->mark;
}

static bool read_words(const struct port_flash *flash, uint32_t address,
                       uint32_t *words, size_t count)
{
    uint8_t bytes[HEADER_SIZE];

    if (!flash->read(flash->context, address, bytes, 4 * count))
        return false;
    for (size_t i = 0; i < count; i++)
        words[i] = get_word(bytes + 4 * i);
    return true;
}

static uint32_t start_crc(const struct header *header)
{
    uint8_t bytes[12];

    put_word(bytes, header->id);
    put_word(bytes + 4, header->sequence);
    put_word(bytes + 8, header->len);
    return crc32(UINT32_MAX, bytes, sizeof bytes);
}

/* Whether a slot's header and data are whole, if they can be read: one that
 * cannot may be the newest, and an older one must not pass for it. */
static bool check_slot(const struct layout *layout, uint32_t slot,
                       struct header *header, bool *holds)
{
    const struct port_flash *flash = layout->flash;
    const uint32_t address = slot_address(layout, slot);
    uint8_t bytes[32];
    uint32_t words[4];
    uint32_t crc;

    if (!read_words(flash, address, words, 4))
        return false;
    *header = (struct header){words[0], words[1], words[2], words[3]};
    *holds = header->id == layout->record->id &&
             header->len <= layout->record->size;
    if (!*holds)
        return true;
    crc = start_crc(header);
    for (uint32_t at = 0; at < header->len; at += sizeof bytes) {
        const uint32_t left = header->len - at;
        const size_t len = left < sizeof bytes ? left : sizeof bytes;

        if (!flash->read(flash->context, address + layout->data + at, bytes,
                         len))
            return false;
        crc = crc32(crc, bytes, len);
    }
    *holds = crc == header->crc;
    return true;
}

/* Whether a mark was written, if only in part. */
static bool is_mark(uint32_t word)
{
    return word != BLANK && (word & MARK) == MARK;
}

static void take(struct found *found, uint32_t slot,
                 const struct header *header)
{
    if (found->newest != NONE && header->sequence < found->header.sequence) {
        found->older = slot;
        return;
    }
    found->older = found->newest;
    found->newest = slot;
    found->header = *header;
}

static bool scan(const struct layout *layout, struct found *found)
{
    struct header header;
    uint32_t commit;
    uint32_t retire;
    bool holds;

    *found = (struct found){.newest = NONE, .older = NONE};
    for (uint32_t slot = 0; slot < 2 * layout->slots; slot++) {
        if (!read_words(layout->flash, commit_address(layout, slot), &commit,
                        1) ||
            !read_words(layout->flash, retire_address(layout, slot), &retire,
                        1))
            return false;
        if (is_mark(commit) || is_mark(retire))
            found->marked[slot >= layout->slots] = true;
        if (!is_mark(commit) || retire != BLANK)
            continue;
        if (!check_slot(layout, slot, &header, &holds))
            return false;
        if (holds)
            take(found, slot, &header);
    }
    return true;
}

kjwt_status port_records_load(void *context, uint32_t record, void *data,
                              size_t size, size_t *len)
{
    struct layout layout;
    struct found found;

    *len = 0;
    if (!find_record(&layout, context, record) || !scan(&layout, &found))
        return KJWT_ERR_STORE_READ;
    if (found.newest == NONE)
        return found.marked[0] || found.marked[1] ? KJWT_ERR_STORE_READ
                                                  : KJWT_ERR_STORE_EMPTY;
    if (found.header.len > size ||
        !layout.flash->read(layout.flash->context,
                            slot_address(&layout, found.newest) + layout.data,
                            data, found.header.len) ||
        crc32(start_crc(&found.header), data, found.header.len) !=
            found.header.crc)
        return KJWT_ERR_STORE_READ;
    *len = found.header.len;
    return KJWT_OK;
}

static bool is_blank(const struct layout *layout, uint32_t slot)
{
    const uint32_t address = slot_address(layout, slot);
    uint32_t word;

    for (uint32_t at = 0; at < layout->slot; at += sizeof word)
        if (!read_words(layout->flash, address + at, &word, 1) || word != BLANK)
            return false;
    return true;
}

static bool erase_half(const struct layout *layout, uint32_t half)
{
    const struct port_flash *flash = layout->flash;
    const uint32_t from = layout->record->address + half * layout->half;

    for (uint32_t at = 0; at < layout->half; at += flash->sector_size)
        if (!flash->erase(flash->context, from + at))
            return false;
    return true;
}

/* Writes len bytes, filled up to whole units with ones. */
static bool write_filled(const struct port_flash *flash, uint32_t address,
                         const uint8_t *data, size_t len)
{
    uint8_t units[PORT_FLASH_WRITE_SIZE_MAX];

    while (len > 0) {
        const size_t part = len < sizeof units ? len : sizeof units;

        memset(units, PORT_FLASH_ERASED, sizeof units);
        memcpy(units, data, part);
        if (!flash->write(flash->context, address, units,
                          PORT_RECORD_UP(part, flash->write_size)))
            return false;
        address += (uint32_t)part;
        data += part;
        len -= part;
    }
    return true;
}

static bool write_mark(const struct layout *layout, uint32_t address)
{
    uint8_t bytes[4];
    uint32_t word = BLANK;

    put_word(bytes, MARK);
    return write_filled(layout->flash, address, bytes, sizeof bytes) &&
           read_words(layout->flash, address, &word, 1) && word == MARK;
}

/* The first slot at or behind this one that can be written. A half is erased
 * when it is begun. */
static bool free_slot(const struct layout *layout, uint32_t *slot)
{
    for (; *slot % layout->slots != 0; ++*slot)
        if (is_blank(layout, *slot))
            return true;
    /* Here from the last slot of the other half, or from its own start. */
    *slot = *slot / layout->slots % 2 * layout->slots;
    return erase_half(layout, *slot / layout->slots) && is_blank(layout, *slot);
}

/* Steps 1 and 2 of records.h. */
static bool append(const struct layout *layout, uint32_t *slot,
                   uint32_t sequence, const void *data, size_t len)
{
    struct header header = {layout->record->id, sequence, (uint32_t)len, 0};
    uint8_t bytes[HEADER_SIZE];
    uint32_t address;
    bool holds;

    if (!free_slot(layout, slot))
        return false;
    address = slot_address(layout, *slot);
    header.crc = crc32(start_crc(&header), data, len);
    put_word(bytes, header.id);
    put_word(bytes + 4, header.sequence);
    put_word(bytes + 8, header.len);
    put_word(bytes + 12, header.crc);
    return write_filled(layout->flash, address, bytes, sizeof bytes) &&
           write_filled(layout->flash, address + layout->data, data, len) &&
           check_slot(layout, *slot, &header, &holds) && holds &&
           header.sequence == sequence &&
           write_mark(layout, commit_address(layout, *slot));
}

/* Appends behind a slot and retires that. */
static bool replace(const struct layout *layout, uint32_t old,
                    uint32_t sequence, const void *data, size_t len)
{
    uint32_t slot = old + 1;

    return append(layout, &slot, sequence, data, len) &&
           write_mark(layout, retire_address(layout, old));
}

/* Where nothing counts. The half that is begun is erased, so it must not be the
 * only one with a mark: a damaged record never turns into a new one. */
static bool begin(const struct layout *layout, const struct found *found,
                  const void *data, size_t len)
{
    const uint32_t half = found->marked[0] && !found->marked[1];
    uint32_t slot = half * layout->slots;

    if (!append(layout, &slot, 1, data, len))
        return false;
    /* What is damaged there must not come back. */
    if (found->marked[1 - half] && !erase_half(layout, 1 - half))
        return false;
    return replace(layout, slot, 2, data, len);
}

kjwt_status port_records_save(void *context, uint32_t record, const void *data,
                              size_t len)
{
    struct layout layout;
    struct found found;
    bool saved;

    if (!find_record(&layout, context, record) || len > layout.record->size ||
        !scan(&layout, &found))
        return KJWT_ERR_STORE_WRITE;
    if (found.newest == NONE)
        saved = begin(&layout, &found, data, len);
    else if (found.older != NONE &&
             !write_mark(&layout, retire_address(&layout, found.older)))
        saved = false;
    else
        saved = replace(&layout, found.newest, found.header.sequence + 1, data,
                        len);
    return saved ? KJWT_OK : KJWT_ERR_STORE_WRITE;
}

kjwt_status port_records_erase(const struct port_records *records)
{
    struct layout layout;

    for (size_t i = 0; i < records->count; i++)
        if (!find_record(&layout, records, records->records[i].id) ||
            !erase_half(&layout, 0) || !erase_half(&layout, 1))
            return KJWT_ERR_STORE_WRITE;
    return KJWT_OK;
}
