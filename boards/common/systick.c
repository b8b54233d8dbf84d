/*
 * Counting instructions with SysTick (Armv7-M B3.3) under QEMU's -icount
 * shift=0, where an instruction takes one nanosecond. BOARD_SYSTICK_NS is the
 * length of a tick. It has 24 bits: at 40 ns it wraps after 671 million.
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
    return ((0u - SYSTICK->current) & MASK) * BOARD_SYSTICK_NS;
}
