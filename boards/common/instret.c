/*
 * Counting instructions with RISC-V's own counter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

static uint32_t count_at_start;

static uint32_t retired(void)
{
    uint32_t count;

    __asm__ volatile("rdinstret %0" : "=r"(count)::"memory");
    return count;
}

void board_count_start(void)
{
    count_at_start = retired();
}

uint32_t board_count_stop(void)
{
    return retired() - count_at_start;
}
