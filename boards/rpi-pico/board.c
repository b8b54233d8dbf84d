/*
 * Raspberry Pi Pico (RP2040 datasheet): the console on UART0, GP0 (TX) and GP1
 * (RX), by the crystal's 12 MHz, which all of the chip runs at.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

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
#define XOSC(offset)       REGISTER(0x40024000u, offset)
#define XOSC_CTRL          XOSC(0x0u)
#define XOSC_STATUS        XOSC(0x4u)
#define XOSC_STARTUP       XOSC(0xcu)
#define XOSC_1_15MHZ       0xaa0u
#define XOSC_ENABLE        (0xfabu << 12)
#define XOSC_STABLE        (1u << 31)
#define XOSC_MILLISECOND   47u /* 12 MHz / 256 / 1000 */

/* 2.15.7 */
#define CLOCKS(offset)    REGISTER(0x40008000u, offset)
#define CLK_REF_CTRL      CLOCKS(0x30u)
#define CLK_REF_SELECTED  CLOCKS(0x38u)
#define CLK_PERI_CTRL     CLOCKS(0x48u)
#define CLK_REF_XOSC      2u
#define CLK_PERI_ENABLE   (1u << 11)
#define CLK_PERI_XOSC     (4u << 5)

/* 2.19.6 */
#define GPIO_CTRL(pin) REGISTER(0x40014004u, 8u * (pin))
#define FUNCTION_UART  2u
#define TX             0u
#define RX             1u

/* 4.2.8: an Arm PrimeCell UART (PL011). */
#define UART(offset)     REGISTER(0x40034000u, offset)
#define UART_DATA        UART(0x00u)
#define UART_FLAGS       UART(0x18u)
#define UART_INTEGER     UART(0x24u)
#define UART_FRACTION    UART(0x28u)
#define UART_LINE        UART(0x2cu)
#define UART_CONTROL     UART(0x30u)
#define FLAG_RX_EMPTY    (1u << 4)
#define FLAG_TX_FULL     (1u << 5)
#define LINE_8_BITS      (3u << 5)
#define LINE_FIFOS       (1u << 4)
#define CONTROL_ENABLE   1u
#define CONTROL_TX       (1u << 8)
#define CONTROL_RX       (1u << 9)

/* In units of 1/64: 12 MHz / (16 * 115200). */
#define UART_DIVISOR ((12000000u * 4u + 115200u / 2u) / 115200u)

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
    UART_INTEGER = UART_DIVISOR / 64u;
    UART_FRACTION = UART_DIVISOR % 64u;
    UART_LINE = LINE_8_BITS | LINE_FIFOS;
    UART_CONTROL = CONTROL_ENABLE | CONTROL_TX | CONTROL_RX;
}

int board_get(void)
{
    while ((UART_FLAGS & FLAG_RX_EMPTY) != 0)
        ;
    return (int)(UART_DATA & 0xffu);
}

void board_put(char byte)
{
    while ((UART_FLAGS & FLAG_TX_FULL) != 0)
        ;
    UART_DATA = (unsigned char)byte;
}
