/*
 * The console of the nRF boards; nrf_uart.c also is their board_get() and
 * board_put().
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef NRF_UART_H
#define NRF_UART_H

void nrf_uart_init(void);

#endif
