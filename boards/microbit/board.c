/*
 * The BBC micro:bit with its nRF51 (nRF51 Series Reference Manual 3.0):
 * instructions by TIMER0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"
#include "nrf_uart.h"

/* A register by its offset. */
#define TIMER(offset) (*(volatile uint32_t *)(0x40008000u + (offset)))

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
    nrf_uart_init();
    TIMER_BITMODE = TIMER_32_BIT;
    TIMER_PRESCALER = 0;
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
