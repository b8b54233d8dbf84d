/*
 * What the verify shell asks of a board: a console, an exit, the bounds of the
 * stack and a counter of instructions. boards/<board>/board.c and the files of
 * boards/common that its board.cmake names provide it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

/* Called once, before anything else. */
void board_init(void);

/* The next byte of the console, 0 .. 255; waits for it. BOARD_END where the
 * console has an end that is no byte. */
int board_get(void);
#define BOARD_END (-1)

void board_put(char byte);

/* Ends the run with this exit status. */
_Noreturn void board_exit(int status);

/* The caller's stack pointer, and the lowest address of its stack. Nobody else
 * writes between the two while the shell measures. */
void *board_stack_pointer(void);
void *board_stack_limit(void);

/* The instructions executed between the two calls, give or take the tick of
 * the board's timer; 0 where the board cannot count. */
void board_count_start(void);
uint32_t board_count_stop(void);

#endif
