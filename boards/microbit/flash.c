/*
 * The last pages of the flash for the device's records.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "flash_nrf51.h"

#include "board.h"

#define SIZE  (16u * PORT_FLASH_NRF51_SECTOR)
#define FIRST (256u * 1024u - SIZE)

const struct port_flash *board_flash(uint32_t *address, uint32_t *size)
{
    static const struct port_flash flash = {
        PORT_FLASH_NRF51_WRITE, PORT_FLASH_NRF51_SECTOR, port_flash_nrf51_read,
        port_flash_nrf51_write, port_flash_nrf51_erase,  NULL};

    *address = FIRST;
    *size = SIZE;
    return &flash;
}
