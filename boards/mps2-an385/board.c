/*
 * MPS2 with a Cortex-M3, M4 or M7 image (AN385, AN386, AN500).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"
#include "cmsdk_uart.h"

/* Armv7-M B3.5: the memory protection unit of PMSAv7. */
struct mpu {
    volatile uint32_t type;
    volatile uint32_t control;
    volatile uint32_t region_number;
    volatile uint32_t region_base;
    volatile uint32_t region_attributes;
};

#define MPU              ((struct mpu *)0xe000ed90u)
#define CONTROL_ENABLE   1u
#define CONTROL_DEFAULTS 4u /* elsewhere the default memory map */
#define BASE_VALID       0x10u
#define REGION_ENABLE    1u
#define REGION_SIZE(log) ((log)*2u - 2u)
#define NO_ACCESS        (0u << 24)
#define READ_ONLY        (6u << 24)

/* QEMU answers below the RAM, where the stack ends, and the program lies in RAM
 * too: without this an overflow of the stack would go unseen. */
static void protect_memory(void)
{
    MPU->region_base = 0x00000000u | BASE_VALID | 0u;
    MPU->region_attributes = READ_ONLY | REGION_SIZE(18u) | REGION_ENABLE;
    MPU->region_base = 0x1ff00000u | BASE_VALID | 1u;
    MPU->region_attributes = NO_ACCESS | REGION_SIZE(20u) | REGION_ENABLE;
    MPU->control = CONTROL_DEFAULTS | CONTROL_ENABLE;
    __asm__ volatile("dsb\n isb" ::: "memory");
}

void board_init(void)
{
    protect_memory();
    cmsdk_uart_init();
}
