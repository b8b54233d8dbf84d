/*
 * Four rows for ARMv7-M and ARMv8-M Mainline without DSP (Cortex-M3), on
 * UMLAL.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   r0, r1              t and y, running
 *   r2, r3              y[j], t[j]
 *   r4                  the high word of a step
 *   r5                  behind y
 *   r6 .. r9            x[0 .. 3]
 *   r10, r11, r12, lr   u[0 .. 3]; the roles rotate by one each column
 */
#include "rsa_arch.h"

#if defined(__linux__)
    .section .note.GNU-stack, "", %progbits
#endif

#if defined(KJWT_RSA_ROWS_ARMV7M)

    .syntax unified
    .thumb

    /* (high, low) = x * y + low + high */
    .macro mul_add low, high, x
    movs    r4, #0
    umlal   \low, r4, \x, r2
    adds    \low, \low, \high
    adc     \high, r4, #0
    .endm

    .macro column u0, u1, u2, u3
    ldr     r2, [r1], #4
    ldr     r3, [r0]
    mul_add r3, \u0, r6
    mul_add \u1, \u0, r7
    mul_add \u2, \u0, r8
    mul_add \u3, \u0, r9
    str     r3, [r0], #4
    .endm

    /* kjwt_add_four_rows(r0 t, r1 y, r2 count, r3 x, [sp] u, [sp, 4] carry) */
    .section .text.kjwt_add_four_rows, "ax", %progbits
    .global kjwt_add_four_rows
    .type kjwt_add_four_rows, %function
    .thumb_func
    .balign 4
kjwt_add_four_rows:
    push    {r4-r11, lr}
    add     r5, r1, r2, lsl #2
    ldm     r3, {r6-r9}
    ldr     r4, [sp, #36]
    ldm     r4, {r10, r11, r12, lr}
    b       2f
1:
    column  r10, r11, r12, lr
    column  r11, r12, lr, r10
    column  r12, lr, r10, r11
    column  lr, r10, r11, r12
2:
    cmp     r1, r5
    bne     1b
    ldr     r1, [sp, #40]
    ldm     r0, {r2-r5}
    lsrs    r1, r1, #1
    adcs    r2, r2, r10
    adcs    r3, r3, r11
    adcs    r4, r4, r12
    adcs    r5, r5, lr
    stm     r0, {r2-r5}
    movs    r0, #0
    adcs    r0, r0, r0
    pop     {r4-r11, pc}

#endif
