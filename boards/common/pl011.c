/*
 * The console on an Arm PrimeCell UART (DDI 0183, PL011) at BOARD_UART, as many
 * chips have it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pl011.h"

#include "board.h"

#define UART(offset)   (*(volatile uint32_t *)(BOARD_UART + (offset)))
#define UART_DATA      UART(0x00u)
#define UART_FLAGS     UART(0x18u)
#define UART_INTEGER   UART(0x24u)
#define UART_FRACTION  UART(0x28u)
#define UART_LINE      UART(0x2cu)
#define UART_CONTROL   UART(0x30u)
#define FLAG_RX_EMPTY  (1u << 4)
#define FLAG_TX_FULL   (1u << 5)
#define LINE_8_BITS    (3u << 5)
#define LINE_FIFOS     (1u << 4)
#define CONTROL_ENABLE 1u
#define CONTROL_TX     (1u << 8)
#define CONTROL_RX     (1u << 9)

#define BAUD 115200u

/* The divisor is clock / (16 * baud), in units of 1/64. */
void pl011_init(uint32_t clock_hz)
{
    const uint32_t divisor = (clock_hz * 4u + BAUD / 2u) / BAUD;

    UART_INTEGER = divisor / 64u;
    UART_FRACTION = divisor % 64u;
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
