/*
 * Flash where a board has none that this project writes: memory that a restart
 * leaves alone, and that behaves as flash does. It does not outlive the power.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "board.h"
#include "flash_ram.h"

#define SECTOR 512u
#define UNIT   4u
#define SIZE   (32u * SECTOR)
#define MADE   0x3c6ef35fu

static BOARD_NOINIT uint8_t memory[SIZE];
static BOARD_NOINIT uint32_t made;

static struct port_flash_ram ram = {memory, SIZE, UNIT, SECTOR};
static const struct port_flash flash = {UNIT,
                                        SECTOR,
                                        port_flash_ram_read,
                                        port_flash_ram_write,
                                        port_flash_ram_erase,
                                        &ram};

const struct port_flash *board_flash(uint32_t *address, uint32_t *size)
{
    /* Whatever memory holds when the power comes. */
    if (made != MADE)
        memset(memory, PORT_FLASH_ERASED, sizeof memory);
    made = MADE;
    *address = 0;
    *size = SIZE;
    return &flash;
}
