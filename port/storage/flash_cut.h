/*
 * A flash memory whose power is cut: passes everything on to another one until
 * the write or the erase that was chosen, and does only a part of that.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PORT_FLASH_CUT_H
#define PORT_FLASH_CUT_H

#include "flash.h"

/* What the cut leaves of the unit or the sector that it hit. */
enum port_flash_cut_kind {
    PORT_FLASH_CUT_BEFORE,  /* as it was */
    PORT_FLASH_CUT_PARTLY,  /* of a unit some bits; of a sector its first half
                               erased */
    PORT_FLASH_CUT_GARBAGE, /* of a unit some bits; of a sector any bits */
    PORT_FLASH_CUT_AFTER,   /* all of it */
    PORT_FLASH_CUT_KINDS
};

/*
 *   flash      what it passes on to
 *   left       the left-th unit written or sector erased from now on is the
 *              one; 0: none is. Counts down
 *   kind, random
 *              what becomes of it; random is the state of a generator
 *   sector     sector_size bytes for PORT_FLASH_CUT_PARTLY; NULL: a sector is
 *              left as garbage
 *   power_off  called then. If it returns, everything is refused until `off` is
 *              reset
 *   units, sectors
 *              written and erased since these were reset
 */
struct port_flash_cut {
    const struct port_flash *flash;
    uint32_t left;
    enum port_flash_cut_kind kind;
    uint32_t random;
    uint8_t *sector;
    void (*power_off)(void);
    bool off;
    uint32_t units;
    uint32_t sectors;
};

/* struct port_flash's functions; context is a struct port_flash_cut. */
bool port_flash_cut_read(void *context, uint32_t address, void *data,
                         size_t len);
bool port_flash_cut_write(void *context, uint32_t address, const void *data,
                          size_t len);
bool port_flash_cut_erase(void *context, uint32_t address);

#endif
