/*
 * The BBC micro:bit with its nRF51 (nRF51 Series Reference Manual 3.0): the
 * console on UART0, instructions by TIMER0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

/* A peripheral's registers by their offset. */
#define REGISTER(base, offset) (*(volatile uint32_t *)((base) + (offset)))
#define UART(offset)           REGISTER(0x40002000u, offset)
#define TIMER(offset)          REGISTER(0x40008000u, offset)

#define UART_STARTRX  UART(0x000u)
#define UART_STARTTX  UART(0x008u)
#define UART_RXDRDY   UART(0x108u)
#define UART_TXDRDY   UART(0x11cu)
#define UART_ENABLE   UART(0x500u)
#define UART_PSELTXD  UART(0x50cu)
#define UART_PSELRXD  UART(0x514u)
#define UART_RXD      UART(0x518u)
#define UART_TXD      UART(0x51cu)
#define UART_BAUDRATE UART(0x524u)

#define UART_ENABLED    4u
#define UART_115200     0x01d7e000u
#define PIN_CONSOLE_TXD 24u
#define PIN_CONSOLE_RXD 25u

#define TIMER_START     TIMER(0x000u)
#define TIMER_STOP      TIMER(0x004u)
#define TIMER_CLEAR     TIMER(0x00cu)
#define TIMER_CAPTURE0  TIMER(0x040u)
#define TIMER_BITMODE   TIMER(0x508u)
#define TIMER_PRESCALER TIMER(0x510u)
#define TIMER_CC0       TIMER(0x540u)

#define TIMER_32_BIT 3u
/* A tick at 16 MHz takes 62.5 ns. */
#define TWICE_NS_PER_TICK 125u

void board_init(void)
{
    UART_PSELTXD = PIN_CONSOLE_TXD;
    UART_PSELRXD = PIN_CONSOLE_RXD;
    UART_BAUDRATE = UART_115200;
    UART_ENABLE = UART_ENABLED;
    UART_STARTTX = 1;
    UART_STARTRX = 1;
    TIMER_BITMODE = TIMER_32_BIT;
    TIMER_PRESCALER = 0;
}

int board_get(void)
{
    while (UART_RXDRDY == 0)
        ;
    /* Before the read, which lets the next byte in and so sets it again. */
    UART_RXDRDY = 0;
    return (int)(UART_RXD & 0xffu);
}

void board_put(char byte)
{
    UART_TXDRDY = 0;
    UART_TXD = (unsigned char)byte;
    while (UART_TXDRDY == 0)
        ;
}

/* From a standstill, so that the ticks begin with the measurement. */
void board_count_start(void)
{
    TIMER_STOP = 1;
    TIMER_CLEAR = 1;
    TIMER_START = 1;
}

uint32_t board_count_stop(void)
{
    TIMER_CAPTURE0 = 1;
    return (uint32_t)((uint64_t)TIMER_CC0 * TWICE_NS_PER_TICK / 2u);
}
