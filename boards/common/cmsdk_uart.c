/*
 * The console on a UART of Arm's Cortex-M System Design Kit (DDI 0479, 4.3) at
 * BOARD_UART.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cmsdk_uart.h"

#include "board.h"

struct cmsdk_uart {
    volatile uint32_t data;
    volatile uint32_t state;
    volatile uint32_t control;
    volatile uint32_t interrupt;
    volatile uint32_t divisor;
};

#define UART              ((struct cmsdk_uart *)BOARD_UART)
#define STATE_TX_FULL     1u
#define STATE_RX_FULL     2u
#define CONTROL_TX_ENABLE 1u
#define CONTROL_RX_ENABLE 2u
#define DIVISOR_LEAST     16u

void cmsdk_uart_init(void)
{
    /* After a restart a byte may wait, which is not to be lost. */
    if (UART->control == (CONTROL_TX_ENABLE | CONTROL_RX_ENABLE))
        return;
    UART->divisor = DIVISOR_LEAST;
    UART->control = CONTROL_TX_ENABLE | CONTROL_RX_ENABLE;
    /* Empties the receiver, which QEMU takes as a request for input: else it
     * looks for some only once a second until the first byte has come. */
    (void)UART->data;
}

int board_get(void)
{
    while ((UART->state & STATE_RX_FULL) == 0)
        ;
    return (int)(UART->data & 0xffu);
}

void board_put(char byte)
{
    while ((UART->state & STATE_TX_FULL) != 0)
        ;
    UART->data = (unsigned char)byte;
}
