/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_nrf51.h"

#include <string.h>

#define NVMC(offset)   (*(volatile uint32_t *)(0x4001e000u + (offset)))
#define NVMC_READY     NVMC(0x400u)
#define NVMC_CONFIG    NVMC(0x504u)
#define NVMC_ERASEPAGE NVMC(0x508u)

#define CONFIG_READ  0u
#define CONFIG_WRITE 1u
#define CONFIG_ERASE 2u

static void wait(void)
{
    while ((NVMC_READY & 1u) == 0)
        ;
}

bool port_flash_nrf51_read(void *context, uint32_t address, void *data,
                           size_t len)
{
    (void)context;
    memcpy(data, (const void *)(uintptr_t)address, len);
    return true;
}

bool port_flash_nrf51_write(void *context, uint32_t address, const void *data,
                            size_t len)
{
    volatile uint32_t *to = (volatile uint32_t *)(uintptr_t)address;
    const uint8_t *from = data;
    uint32_t word;

    (void)context;
    if (address % sizeof word != 0 || len % sizeof word != 0)
        return false;
    NVMC_CONFIG = CONFIG_WRITE;
    for (; len > 0; len -= sizeof word, from += sizeof word) {
        memcpy(&word, from, sizeof word);
        wait();
        *to++ = word;
    }
    wait();
    NVMC_CONFIG = CONFIG_READ;
    return true;
}

bool port_flash_nrf51_erase(void *context, uint32_t address)
{
    (void)context;
    if (address % PORT_FLASH_NRF51_SECTOR != 0)
        return false;
    NVMC_CONFIG = CONFIG_ERASE;
    wait();
    NVMC_ERASEPAGE = address;
    wait();
    NVMC_CONFIG = CONFIG_READ;
    return true;
}
