/*
 * The console of the MPS2 boards; cmsdk_uart.c also is their board_get() and
 * board_put().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CMSDK_UART_H
#define CMSDK_UART_H

void cmsdk_uart_init(void);

#endif
