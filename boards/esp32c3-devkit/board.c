/*
 * Espressif's ESP32-C3 (Technical Reference Manual 1.1): the console on UART0,
 * GPIO21 (TX) and GPIO20 (RX), as the ROM has set it up for its own messages,
 * 115200 baud.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

/* A peripheral's registers by their offset. */
#define REGISTER(base, offset) (*(volatile uint32_t *)((base) + (offset)))
#define UART(offset)           REGISTER(0x60000000u, offset)
#define RTC(offset)            REGISTER(0x60008000u, offset)
#define TIMER_GROUP0(offset)   REGISTER(0x6001f000u, offset)

#define UART_FIFO   UART(0x00u)
#define UART_STATUS UART(0x1cu)
#define RX_COUNT    (UART_STATUS & 0x3ffu)
#define TX_COUNT    (UART_STATUS >> 16 & 0x3ffu)
#define FIFO_SIZE   128u

#define RTC_OPTIONS           RTC(0x00u)
#define RTC_WATCHDOG          RTC(0x90u)
#define RTC_WATCHDOG_KEY      RTC(0xa8u)
#define SUPER_WATCHDOG        RTC(0xacu)
#define SUPER_WATCHDOG_KEY    RTC(0xb0u)
#define TIMER_WATCHDOG        TIMER_GROUP0(0x48u)
#define TIMER_WATCHDOG_KEY    TIMER_GROUP0(0x64u)
#define SYSTEM_RESET          (1u << 31)
#define FEEDS_ITSELF          (1u << 31)
#define UNLOCK                0x50d83aa1u
#define UNLOCK_SUPER_WATCHDOG 0x8f1d312au

/* The ROM leaves them running while it boots from flash. */
static void stop_watchdogs(void)
{
    TIMER_WATCHDOG_KEY = UNLOCK;
    TIMER_WATCHDOG = 0;
    TIMER_WATCHDOG_KEY = 0;
    RTC_WATCHDOG_KEY = UNLOCK;
    RTC_WATCHDOG = 0;
    RTC_WATCHDOG_KEY = 0;
    SUPER_WATCHDOG_KEY = UNLOCK_SUPER_WATCHDOG;
    SUPER_WATCHDOG |= FEEDS_ITSELF;
    SUPER_WATCHDOG_KEY = 0;
}

void board_init(void)
{
    stop_watchdogs();
}

int board_get(void)
{
    while (RX_COUNT == 0)
        ;
    return (int)(UART_FIFO & 0xffu);
}

void board_put(char byte)
{
    while (TX_COUNT >= FIFO_SIZE - 1u)
        ;
    UART_FIFO = (unsigned char)byte;
}

/* The run ends with a reset, and the shell begins anew. */
_Noreturn void board_exit(int status)
{
    (void)status;
    while (TX_COUNT != 0)
        ;
    RTC_OPTIONS |= SYSTEM_RESET;
    for (;;)
        ;
}
