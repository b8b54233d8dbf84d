/*
 * Counting instructions with SysTick (Armv7-M B3.3) under QEMU's -icount
 * shift=0, where an instruction takes one nanosecond. BOARD_SYSTICK_TICKS of
 * them take BOARD_SYSTICK_NS. It has 24 bits: at 40 ns it wraps after 671
 * million.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

struct systick {
    volatile uint32_t control;
    volatile uint32_t reload;
    volatile uint32_t current;
};

#define SYSTICK         ((struct systick *)0xe000e010u)
#define ENABLE          1u
#define PROCESSOR_CLOCK 4u
#define MASK            0xffffffu

#ifndef BOARD_SYSTICK_TICKS
#define BOARD_SYSTICK_TICKS 1u
#endif

/* Started anew each time, so that the ticks begin with the measurement. */
void board_count_start(void)
{
    SYSTICK->control = 0;
    SYSTICK->reload = MASK;
    SYSTICK->current = 0;
    SYSTICK->control = PROCESSOR_CLOCK | ENABLE;
}

uint32_t board_count_stop(void)
{
    const uint32_t ticks = (0u - SYSTICK->current) & MASK;

    return ticks * BOARD_SYSTICK_NS / BOARD_SYSTICK_TICKS;
}
