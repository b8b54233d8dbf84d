/*
 * Cortex-M on its own: the run ends with a reset, and the shell begins anew.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

/* Armv6-M B3.2.6, Armv7-M B3.2.6 */
#define AIRCR             (*(volatile uint32_t *)0xe000ed0cu)
#define AIRCR_VECTKEY     0x05fa0000u
#define AIRCR_SYSRESETREQ 4u

_Noreturn void board_exit(int status)
{
    (void)status;
    __asm__ volatile("dsb" ::: "memory");
    AIRCR = AIRCR_VECTKEY | AIRCR_SYSRESETREQ;
    for (;;)
        ;
}
