/*
 * The flash of an nRF51 by its NVMC (nRF51 Series Reference Manual 3.0, 6): as
 * on the micro:bit, real or in QEMU.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PORT_FLASH_NRF51_H
#define PORT_FLASH_NRF51_H

#include "flash.h"

/* A page and a word. 20,000 erases a page. */
#define PORT_FLASH_NRF51_SECTOR 1024u
#define PORT_FLASH_NRF51_WRITE  4u

/* struct port_flash's functions; context is not used, addresses are the
 * processor's. The processor stands still meanwhile: 46 us a word, 21 ms a
 * page. */
bool port_flash_nrf51_read(void *context, uint32_t address, void *data,
                           size_t len);
bool port_flash_nrf51_write(void *context, uint32_t address, const void *data,
                            size_t len);
bool port_flash_nrf51_erase(void *context, uint32_t address);

#endif
