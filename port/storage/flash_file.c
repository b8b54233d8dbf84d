/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_file.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool lies_within(const struct port_flash_file *file, uint32_t address,
                        size_t len, uint32_t unit)
{
    return address <= file->size && len <= file->size - address &&
           address % unit == 0 && len % unit == 0;
}

bool port_flash_file_read(void *context, uint32_t address, void *data,
                          size_t len)
{
    const struct port_flash_file *file = context;

    return lies_within(file, address, len, 1) &&
           pread(file->file, data, len, (off_t)address) == (ssize_t)len;
}

static bool is_erased(const struct port_flash_file *file, uint32_t address,
                      size_t len)
{
    uint8_t byte;

    for (; len > 0; len--, address++)
        if (pread(file->file, &byte, 1, (off_t)address) != 1 ||
            byte != PORT_FLASH_ERASED)
            return false;
    return true;
}

bool port_flash_file_write(void *context, uint32_t address, const void *data,
                           size_t len)
{
    const struct port_flash_file *file = context;

    return lies_within(file, address, len, file->write_size) &&
           is_erased(file, address, len) &&
           pwrite(file->file, data, len, (off_t)address) == (ssize_t)len &&
           fdatasync(file->file) == 0;
}

static bool fill(const struct port_flash_file *file, off_t from, off_t to)
{
    uint8_t erased[256];

    memset(erased, PORT_FLASH_ERASED, sizeof erased);
    while (from < to) {
        const off_t left = to - from;
        const size_t len =
            left < (off_t)sizeof erased ? (size_t)left : sizeof erased;

        if (pwrite(file->file, erased, len, from) != (ssize_t)len)
            return false;
        from += (off_t)len;
    }
    return fdatasync(file->file) == 0;
}

bool port_flash_file_erase(void *context, uint32_t address)
{
    const struct port_flash_file *file = context;

    return lies_within(file, address, file->sector_size, file->sector_size) &&
           fill(file, (off_t)address,
                (off_t)address + (off_t)file->sector_size);
}

bool port_flash_file_grow(const struct port_flash_file *file)
{
    struct stat status;

    return fstat(file->file, &status) == 0 &&
           fill(file, status.st_size, (off_t)file->size);
}
