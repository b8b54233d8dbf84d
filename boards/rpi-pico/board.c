/*
 * Raspberry Pi Pico (RP2040 datasheet): the console on UART0, GP0 (TX) and GP1
 * (RX), by the crystal's 12 MHz, which all of the chip runs at.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"
#include "pl011.h"

/* A peripheral's registers by their offset; 0x3000 further a write clears the
 * bits that are set (2.1.2). */
#define REGISTER(base, offset) (*(volatile uint32_t *)((base) + (offset)))
#define CLEAR                  0x3000u

/* 2.14.3 */
#define RESETS(offset)  REGISTER(0x4000c000u, offset)
#define RESET_DONE      RESETS(0x8u)
#define RESET_IO_BANK0  (1u << 5)
#define RESET_PADS      (1u << 8)
#define RESET_UART0     (1u << 22)
#define RESETS_OF_BOARD (RESET_IO_BANK0 | RESET_PADS | RESET_UART0)

/* 2.16.7 */
#define XOSC(offset)     REGISTER(0x40024000u, offset)
#define XOSC_CTRL        XOSC(0x0u)
#define XOSC_STATUS      XOSC(0x4u)
#define XOSC_STARTUP     XOSC(0xcu)
#define XOSC_1_15MHZ     0xaa0u
#define XOSC_ENABLE      (0xfabu << 12)
#define XOSC_STABLE      (1u << 31)
#define XOSC_MILLISECOND 47u /* 12 MHz / 256 / 1000 */

/* 2.15.7 */
#define CLOCKS(offset)   REGISTER(0x40008000u, offset)
#define CLK_REF_CTRL     CLOCKS(0x30u)
#define CLK_REF_SELECTED CLOCKS(0x38u)
#define CLK_PERI_CTRL    CLOCKS(0x48u)
#define CLK_REF_XOSC     2u
#define CLK_PERI_ENABLE  (1u << 11)
#define CLK_PERI_XOSC    (4u << 5)

/* 2.19.6 */
#define GPIO_CTRL(pin) REGISTER(0x40014004u, 8u * (pin))
#define FUNCTION_UART  2u
#define TX             0u
#define RX             1u

#define CRYSTAL_HZ 12000000u

/* After a reset the system's clock is the reference's. */
static void run_by_the_crystal(void)
{
    XOSC_STARTUP = XOSC_MILLISECOND;
    XOSC_CTRL = XOSC_ENABLE | XOSC_1_15MHZ;
    while ((XOSC_STATUS & XOSC_STABLE) == 0)
        ;
    CLK_REF_CTRL = CLK_REF_XOSC;
    while ((CLK_REF_SELECTED & (1u << CLK_REF_XOSC)) == 0)
        ;
    CLK_PERI_CTRL = CLK_PERI_ENABLE | CLK_PERI_XOSC;
}

void board_init(void)
{
    run_by_the_crystal();
    RESETS(CLEAR) = RESETS_OF_BOARD;
    while ((RESET_DONE & RESETS_OF_BOARD) != RESETS_OF_BOARD)
        ;
    GPIO_CTRL(TX) = FUNCTION_UART;
    GPIO_CTRL(RX) = FUNCTION_UART;
    pl011_init(CRYSTAL_HZ);
}
