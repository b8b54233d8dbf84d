/*
 * A flash memory in a file (POSIX): for tests, and for the verify shell as a
 * process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PORT_FLASH_FILE_H
#define PORT_FLASH_FILE_H

#include "flash.h"

struct port_flash_file {
    int file; /* a descriptor open for reading and writing; the caller's */
    uint32_t size;
    uint32_t write_size; /* the same as of the struct port_flash */
    uint32_t sector_size;
};

/* Fills a file that is shorter than its size up with erased bytes. */
bool port_flash_file_grow(const struct port_flash_file *file);

/* struct port_flash's functions; context is a struct port_flash_file. What has
 * been written is on the disk when they return. They refuse what flash does not
 * do, as those of flash_ram.h. */
bool port_flash_file_read(void *context, uint32_t address, void *data,
                          size_t len);
bool port_flash_file_write(void *context, uint32_t address, const void *data,
                           size_t len);
bool port_flash_file_erase(void *context, uint32_t address);

#endif
