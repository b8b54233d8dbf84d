/*
 * STM32F4 (RM0090): the console on USART1, pins PA9 (TX) and PA10 (RX), which
 * are also those of the chip's own boot loader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

/* A peripheral's registers by their offset. */
#define REGISTER(base, offset) (*(volatile uint32_t *)((base) + (offset)))
#define RCC(offset)            REGISTER(0x40023800u, offset)
#define GPIOA(offset)          REGISTER(0x40020000u, offset)
#define USART1(offset)         REGISTER(0x40011000u, offset)

#define RCC_AHB1ENR        RCC(0x30u)
#define RCC_APB2ENR        RCC(0x44u)
#define AHB1_GPIOA_ENABLE  1u
#define APB2_USART1_ENABLE (1u << 4)

#define GPIO_MODE      GPIOA(0x00u)
#define GPIO_PULL      GPIOA(0x0cu)
#define GPIO_AFRH      GPIOA(0x24u)
#define TX             9u
#define RX             10u
#define TWO_BITS(pin)  (3u << 2u * (pin))
#define ALTERNATE(pin) (2u << 2u * (pin))
#define PULL_UP(pin)   (1u << 2u * (pin))
#define AF7(pin)       (7u << 4u * ((pin)-8u))
#define AF_BITS(pin)   (15u << 4u * ((pin)-8u))

#define USART_STATUS      USART1(0x00u)
#define USART_DATA        USART1(0x04u)
#define USART_BAUD        USART1(0x08u)
#define USART_CONTROL     USART1(0x0cu)
#define STATUS_RX_READY   (1u << 5)
#define STATUS_TX_EMPTY   (1u << 7)
#define CONTROL_ENABLE    (1u << 13)
#define CONTROL_TX_ENABLE (1u << 3)
#define CONTROL_RX_ENABLE (1u << 2)

/* After a reset the bus runs at the 16 MHz of the internal oscillator. */
#define BUS_HZ 16000000u
#define BAUD   115200u

void board_init(void)
{
    RCC_AHB1ENR |= AHB1_GPIOA_ENABLE;
    RCC_APB2ENR |= APB2_USART1_ENABLE;
    GPIO_AFRH = (GPIO_AFRH & ~(AF_BITS(TX) | AF_BITS(RX))) | AF7(TX) | AF7(RX);
    GPIO_PULL = (GPIO_PULL & ~TWO_BITS(RX)) | PULL_UP(RX);
    GPIO_MODE = (GPIO_MODE & ~(TWO_BITS(TX) | TWO_BITS(RX))) | ALTERNATE(TX) |
                ALTERNATE(RX);
    USART_BAUD = (BUS_HZ + BAUD / 2u) / BAUD;
    USART_CONTROL = CONTROL_ENABLE | CONTROL_TX_ENABLE | CONTROL_RX_ENABLE;
}

int board_get(void)
{
    while ((USART_STATUS & STATUS_RX_READY) == 0)
        ;
    return (int)(USART_DATA & 0xffu);
}

void board_put(char byte)
{
    while ((USART_STATUS & STATUS_TX_EMPTY) == 0)
        ;
    USART_DATA = (unsigned char)byte;
}
