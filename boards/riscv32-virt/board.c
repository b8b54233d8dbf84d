/*
 * QEMU's RISC-V machine "virt": the console on its 16550, the exit through
 * SiFive's test device.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

struct uart_16550 {
    volatile uint8_t data;
    volatile uint8_t interrupt_enable;
    volatile uint8_t fifo_control;
    volatile uint8_t line_control;
    volatile uint8_t modem_control;
    volatile uint8_t line_status;
};

#define UART          ((struct uart_16550 *)0x10000000u)
#define FIFO_14_BYTES 0xc1u
#define DATA_READY    0x01u
#define TRANSMIT_FREE 0x20u

#define TEST_DEVICE ((volatile uint32_t *)0x100000u)
#define TEST_FAIL   0x3333u
#define TEST_PASS   0x5555u

void board_init(void)
{
    UART->fifo_control = FIFO_14_BYTES;
}

int board_get(void)
{
    while ((UART->line_status & DATA_READY) == 0)
        ;
    return UART->data;
}

void board_put(char byte)
{
    while ((UART->line_status & TRANSMIT_FREE) == 0)
        ;
    UART->data = (uint8_t)byte;
}

_Noreturn void board_exit(int status)
{
    *TEST_DEVICE = status == 0 ? TEST_PASS : (uint32_t)status << 16 | TEST_FAIL;
    for (;;)
        ;
}
