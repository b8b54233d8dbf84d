/*
 * MPS2 with a Cortex-M33 image (AN505).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"
#include "cmsdk_uart.h"

void board_init(void)
{
    cmsdk_uart_init();
}
