/*
 * Nordic's nRF52840 DK: the console is UART0 on the pins that its debugger
 * passes on over USB.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"
#include "nrf_uart.h"

void board_init(void)
{
    nrf_uart_init();
}
