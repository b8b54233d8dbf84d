/*
 * The console on UART0 of an nRF51 or nRF52 (nRF51 Series Reference Manual 3.0,
 * 29; nRF52840 Product Specification, 6.33), on pins BOARD_PIN_TXD and
 * BOARD_PIN_RXD of port 0.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "nrf_uart.h"

#include "board.h"

/* A peripheral's registers by their offset. */
#define REGISTER(base, offset) (*(volatile uint32_t *)((base) + (offset)))
#define UART(offset)           REGISTER(0x40002000u, offset)
#define GPIO(offset)           REGISTER(0x50000000u, offset)

#define UART_STARTRX  UART(0x000u)
#define UART_STARTTX  UART(0x008u)
#define UART_RXDRDY   UART(0x108u)
#define UART_TXDRDY   UART(0x11cu)
#define UART_ENABLE   UART(0x500u)
#define UART_PSELTXD  UART(0x50cu)
#define UART_PSELRXD  UART(0x514u)
#define UART_RXD      UART(0x518u)
#define UART_TXD      UART(0x51cu)
#define UART_BAUDRATE UART(0x524u)

#define GPIO_OUTSET       GPIO(0x508u)
#define GPIO_DIRSET       GPIO(0x518u)
#define GPIO_PIN_CNF(pin) GPIO(0x700u + 4u * (pin))

#define UART_ENABLED    4u
#define UART_115200     0x01d7e000u
#define INPUT_PULLED_UP 0xcu

void nrf_uart_init(void)
{
    GPIO_OUTSET = 1u << BOARD_PIN_TXD;
    GPIO_DIRSET = 1u << BOARD_PIN_TXD;
    GPIO_PIN_CNF(BOARD_PIN_RXD) = INPUT_PULLED_UP;
    UART_PSELTXD = BOARD_PIN_TXD;
    UART_PSELRXD = BOARD_PIN_RXD;
    UART_BAUDRATE = UART_115200;
    UART_ENABLE = UART_ENABLED;
    UART_STARTTX = 1;
    UART_STARTRX = 1;
}

int board_get(void)
{
    while (UART_RXDRDY == 0)
        ;
    /* Before the read, which lets the next byte in and so sets it again. */
    UART_RXDRDY = 0;
    return (int)(UART_RXD & 0xffu);
}

void board_put(char byte)
{
    UART_TXDRDY = 0;
    UART_TXD = (unsigned char)byte;
    while (UART_TXDRDY == 0)
        ;
}
