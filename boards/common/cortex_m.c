/*
 * Cortex-M: vector table and faults.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"
#include "start.h"

/* boards/common/sections.ld */
extern uint32_t stack_limit[], stack_top[];

/* A call of this does not move the stack pointer. */
__attribute__((naked)) void *board_stack_pointer(void)
{
    __asm__("mov r0, sp\n"
            "bx lr\n");
}

__attribute__((naked)) _Noreturn void board_restart(void)
{
    __asm__("ldr r0, =stack_top\n"
            "mov sp, r0\n"
            "bl start\n"
            ".ltorg\n");
}

/* The exception frame: r0 to r3, r12, lr, pc, xPSR. After an overflow of the
 * stack there is none. */
__attribute__((used)) static void fault_in_frame(const uint32_t *frame,
                                                 uint32_t exception)
{
    const uint32_t pc_index = 6;

    if (frame < stack_limit || frame + pc_index >= stack_top)
        fault(exception, 0);
    fault(exception, frame[pc_index]);
}

/* On a stack begun anew: the old one may have overflowed. */
__attribute__((naked)) static void fault_vector(void)
{
    __asm__("mov r0, sp\n"
            "mrs r1, ipsr\n"
            "ldr r2, =stack_top\n"
            "mov sp, r2\n"
            "bl fault_in_frame\n"
            ".ltorg\n");
}

/* Armv6-M B1.5.3, Armv7-M B1.5.3: the initial stack pointer, reset, and the
 * system exceptions. The board uses no interrupt. */
__attribute__((section(".reset"), used)) static const struct {
    uint32_t *stack;
    void (*reset)(void);
    void (*exceptions[14])(void);
} vectors = {
    .stack = stack_top,
    .reset = start,
    .exceptions = {fault_vector, fault_vector, fault_vector, fault_vector,
                   fault_vector, fault_vector, fault_vector, fault_vector,
                   fault_vector, fault_vector, fault_vector, fault_vector,
                   fault_vector, fault_vector},
};
