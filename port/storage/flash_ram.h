/*
 * A flash memory in RAM: for tests, and for boards whose flash QEMU does not
 * have, where it lies in memory that a restart leaves alone.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PORT_FLASH_RAM_H
#define PORT_FLASH_RAM_H

#include "flash.h"

struct port_flash_ram {
    uint8_t *memory; /* erased: all 0xff */
    uint32_t size;
    uint32_t write_size; /* the same as of the struct port_flash */
    uint32_t sector_size;
};

/* struct port_flash's functions; context is a struct port_flash_ram. They
 * refuse what flash does not do: an address or a length between two units, a
 * unit that is not erased, an address beyond the end. */
bool port_flash_ram_read(void *context, uint32_t address, void *data,
                         size_t len);
bool port_flash_ram_write(void *context, uint32_t address, const void *data,
                          size_t len);
bool port_flash_ram_erase(void *context, uint32_t address);

#endif
