/*
 * The console on an Arm PrimeCell UART; pl011.c also is the board's board_get()
 * and board_put().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PL011_H
#define PL011_H

#include <stdint.h>

/* 115200 baud, 8 bits. The UART has its clock, and its pins. */
void pl011_init(uint32_t clock_hz);

#endif
