/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_ram.h"

#include <string.h>

static bool lies_within(const struct port_flash_ram *ram, uint32_t address,
                        size_t len, uint32_t unit)
{
    return address <= ram->size && len <= ram->size - address &&
           address % unit == 0 && len % unit == 0;
}

bool port_flash_ram_read(void *context, uint32_t address, void *data,
                         size_t len)
{
    const struct port_flash_ram *ram = context;

    if (!lies_within(ram, address, len, 1))
        return false;
    memcpy(data, ram->memory + address, len);
    return true;
}

bool port_flash_ram_write(void *context, uint32_t address, const void *data,
                          size_t len)
{
    const struct port_flash_ram *ram = context;

    if (!lies_within(ram, address, len, ram->write_size))
        return false;
    for (size_t i = 0; i < len; i++)
        if (ram->memory[address + i] != PORT_FLASH_ERASED)
            return false;
    memcpy(ram->memory + address, data, len);
    return true;
}

bool port_flash_ram_erase(void *context, uint32_t address)
{
    const struct port_flash_ram *ram = context;

    if (!lies_within(ram, address, ram->sector_size, ram->sector_size))
        return false;
    memset(ram->memory + address, PORT_FLASH_ERASED, ram->sector_size);
    return true;
}
