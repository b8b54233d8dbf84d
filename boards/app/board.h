/*
 * What the verify shell asks of a board: a console, an exit, the bounds of the
 * stack and a counter of instructions. boards/<board>/board.c and the files of
 * boards/common that its board.cmake names provide it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flash.h"

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

/* --- for the commands of app/device.c --- */

/* A variable that board_restart() leaves alone, as it leaves the flash. */
#define BOARD_NOINIT __attribute__((section(".noinit")))

/* Begins the program anew, with all RAM as after a reset but BOARD_NOINIT. The
 * console goes on: no byte of it is lost. */
_Noreturn void board_restart(void);

/* Flash for the device's records, ready for use: *address is that of its first
 * sector, *size its bytes. */
const struct port_flash *board_flash(uint32_t *address, uint32_t *size);

/* Random bytes; false where there is no generator. */
bool board_random(void *context, void *data, size_t len);

/* The chip's own number; returns its bytes, at most BOARD_ID_SIZE. */
#define BOARD_ID_SIZE 16
size_t board_id(uint8_t id[BOARD_ID_SIZE]);

#endif
