/*
 * A flash memory as port/storage sees it: erased by the sector, programmed by
 * the unit, a unit once between two erases.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PORT_FLASH_H
#define PORT_FLASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PORT_FLASH_ERASED         0xffu
#define PORT_FLASH_WRITE_SIZE_MAX 32u

/*
 *   write_size   bytes programmed at once: 1, 2, 4, 8, 16 or 32
 *   sector_size  bytes erased at once, a multiple of write_size
 *   read         copies len bytes at address, any alignment
 *   write        programs len bytes at address, both multiples of write_size,
 *                unit by unit in ascending order; none was programmed since its
 *                sector was erased
 *   erase        erases the sector that begins at address: all bits 1
 *
 * Addresses are the port's own. All return whether it was done; write and erase
 * return when it is done.
 */
struct port_flash {
    uint32_t write_size;
    uint32_t sector_size;
    bool (*read)(void *context, uint32_t address, void *data, size_t len);
    bool (*write)(void *context, uint32_t address, const void *data,
                  size_t len);
    bool (*erase)(void *context, uint32_t address);
    void *context;
};

#endif
