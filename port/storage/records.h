/*
 * Records in flash that a power cut leaves in the old or in the new state: a
 * struct kjwt_store (kjwt_device.h) over a struct port_flash.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A record owns two halves of `sectors` sectors each, cut into slots. A save
 * writes the next slot; where the half ends it erases the other one first. So
 * the newest content is never erased before the next one stands, and a half of
 * K slots is erased once in 2 K saves.
 *
 *   | half 0: slot 0 | slot 1 | ... | half 1: slot K | ... |
 *
 *   slot:  | id | sequence | length | CRC-32 | data ... | commit | retire |
 *          '------ header, 16 bytes ---------'
 *
 * A mark is 4 bytes, or a unit where that is more; header and data are filled
 * up to whole ones. All words are least significant byte first. CRC-32 (IEEE
 * 802.3) covers id, sequence, length and data.
 *
 *   1. header and data are written, read back and checked
 *   2. the commit mark: from here on the new content is read
 *   3. the retire mark of the slot before: from here on the old one is not
 *
 * A slot counts if its CRC holds, its commit mark is there and its retire mark
 * is not; of two (a cut between 2 and 3) the later sequence. If none counts,
 * but a mark is there, something was saved and is damaged: KJWT_ERR_STORE_READ.
 * An old content is never given instead, because an old sequence number would
 * let a token in twice. The first save is made twice, so that one damaged slot
 * is never taken for a new device.
 */
#ifndef PORT_RECORDS_H
#define PORT_RECORDS_H

#include "flash.h"
#include "kjwt_device.h"

struct port_record {
    uint32_t id;      /* KJWT_RECORD_... */
    uint32_t address; /* of its first sector */
    uint32_t sectors; /* of one half; the record takes twice as many */
    uint32_t size;    /* bytes of the content, at most */
};

/* All constant. `count` records, of which none overlaps another. */
struct port_records {
    const struct port_flash *flash;
    const struct port_record *records;
    size_t count;
};

/* A mark, and what header and data are filled up to. */
#define PORT_RECORD_MARK(write_size) ((write_size) < 4u ? 4u : (write_size))
#define PORT_RECORD_UP(bytes, write_size)                                      \
    (((bytes) + PORT_RECORD_MARK(write_size) - 1u) /                           \
     PORT_RECORD_MARK(write_size) * PORT_RECORD_MARK(write_size))

/* Bytes of a slot whose content has at most `size`. */
#define PORT_RECORD_SLOT(size, write_size)                                     \
    (PORT_RECORD_UP(16u, write_size) + PORT_RECORD_UP(size, write_size) +      \
     2u * PORT_RECORD_MARK(write_size))

/*
 * struct kjwt_store's functions; context is a struct port_records.
 *
 *     static const struct kjwt_store store = {
 *         port_records_load, port_records_save, (void *)&records,
 *     };
 *
 * The flash must be erased before the first use: what is neither erased nor
 * ours reads as damaged. KJWT_ERR_STORE_READ and _WRITE also for an id that
 * there is none of, for a content above its size, and for a half that holds no
 * slot.
 */
kjwt_status port_records_load(void *context, uint32_t record, void *data,
                              size_t size, size_t *len);
kjwt_status port_records_save(void *context, uint32_t record, const void *data,
                              size_t len);

/* Erases all records: a new device, in production. After a power cut within it
 * some may be damaged: it is called again. KJWT_OK or KJWT_ERR_STORE_WRITE. */
kjwt_status port_records_erase(const struct port_records *records);

#endif
