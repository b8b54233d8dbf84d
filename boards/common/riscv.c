/*
 * RISC-V in machine mode: reset and traps.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"
#include "start.h"

/* Physical memory protection (privileged specification, 3.7.1) of entry 1, from
 * the address of entry 0 to its own: read and execute, for machine mode too. So
 * writing over the program is a trap, and an overflow of the stack with it. */
#define PMP_LOCKED_CODE "0x8d << 8"

__attribute__((naked, section(".reset"), used)) void reset(void)
{
    __asm__(".option push\n"
            ".option norelax\n"
            "la gp, __global_pointer$\n"
            ".option pop\n"
            "la sp, stack_top\n"
            "la t0, trap\n"
            "csrw mtvec, t0\n"
            "la t0, flash_start\n"
            "srli t0, t0, 2\n"
            "csrw pmpaddr0, t0\n"
            "la t0, flash_end\n"
            "srli t0, t0, 2\n"
            "csrw pmpaddr1, t0\n"
            "li t0, " PMP_LOCKED_CODE "\n"
            "csrw pmpcfg0, t0\n"
            "j start\n");
}

/* On a stack begun anew: the old one may have overflowed. mtvec wants it
 * aligned to 4, and to 256 where vectored interrupts are all that it knows. */
__attribute__((naked, aligned(256), used)) static void trap(void)
{
    __asm__("csrr a0, mcause\n"
            "csrr a1, mepc\n"
            "la sp, stack_top\n"
            "j fault\n");
}

/* A call of this does not move the stack pointer. */
__attribute__((naked)) void *board_stack_pointer(void)
{
    __asm__("mv a0, sp\n"
            "ret\n");
}

__attribute__((naked)) _Noreturn void board_restart(void)
{
    __asm__("j reset\n");
}
