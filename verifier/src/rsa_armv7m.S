/*
 * The RSA kernel for ARMv7-M and ARMv8-M Mainline without DSP (Cortex-M3), on
 * UMLAL: (high, low) += x * y.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Four rows of a product at a time. In the rows,
 *
 *   r0, r1              t and y, running
 *   r2, r3              y[j], t[j]
 *   r4                  0
 *   r5                  behind y
 *   r6 .. r9            x[0 .. 3]
 *   r10, r11, r12, lr   u[0 .. 3], what the four rows carry; the roles rotate
 *                       by one each column
 */
#include "rsa_arch.h"

#if defined(__linux__)
    .section .note.GNU-stack, "", %progbits
#endif

#if defined(KJWT_RSA_ARMV7M)

/* The stack frame. */
#define FRAME     28
#define CARRY     0  /* out of the rows before */
#define T_ROW     4  /* t of this block of rows */
#define X_ROW     8  /* x of this block */
#define Y_START   12 /* y of each block; in a reduction n */
#define ROW_END   16 /* behind the last block: of x, in a reduction of t */
#define NEXT      20 /* where the rows go on */
#define N0INV     24
#define SAVED     36 /* above the frame */

    .syntax unified
    .thumb

    .macro function name
    .global \name
    .type \name, %function
    .thumb_func
    .balign 4
\name:
    .endm

    .macro enter
    push    {r4-r11, lr}
    sub     sp, sp, #FRAME
    movs    r4, #0
    .endm

    /* No carry yet, the first t, and where the rows go on. */
    .macro begin t, next
    strd    r4, \t, [sp, #CARRY]
    adr     r6, \next
    adds    r6, r6, #1
    str     r6, [sp, #NEXT]
    .endm

    /* (high, low) = x * y + low + high. It cannot overflow. */
    .macro mul_add low, high, x, y=r2
    adds    \low, \low, \high
    adc     \high, r4, #0
    umlal   \low, \high, \x, \y
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

    .macro clear_u
    mov     r10, r4
    mov     r11, r4
    mov     r12, r4
    mov     lr, r4
    .endm

    .section .text.kjwt_limbs_kernel, "ax", %progbits
    .balign 4

    /* Rows over y up to r5, a multiple of four limbs or none; then u and CARRY
     * into t[0 .. 3] behind it. */
rows:
    cmp     r1, r5
    beq     2f
1:
    column  r10, r11, r12, lr
    column  r11, r12, lr, r10
    column  r12, lr, r10, r11
    column  lr, r10, r11, r12
    cmp     r1, r5
    bne     1b
2:
    ldr     r1, [sp, #CARRY]
    ldm     r0, {r6-r9}
    lsrs    r1, r1, #1
    adcs    r6, r6, r10
    adcs    r7, r7, r11
    adcs    r8, r8, r12
    adcs    r9, r9, lr
    stm     r0, {r6-r9}
    adc     r1, r4, #0
    str     r1, [sp, #CARRY]
    ldr     pc, [sp, #NEXT]

    /* kjwt_limbs_multiply_add(r0 t, r1 a, r2 a_words, r3 b, [sp] words) */
    function kjwt_limbs_multiply_add
    enter
    add     r6, r1, r2, lsl #2
    str     r6, [sp, #ROW_END]
    ldr     r6, [sp, #(FRAME + SAVED)]
    add     r5, r3, r6, lsl #2
    str     r3, [sp, #Y_START]
    begin   r0, 4f
3:
    str     r1, [sp, #X_ROW]
    ldm     r1, {r6-r9}
    ldr     r1, [sp, #Y_START]
    clear_u
    b       rows
    .balign 4
4:
    ldrd    r0, r1, [sp, #T_ROW] /* and X_ROW */
    ldr     r2, [sp, #ROW_END]
    adds    r0, r0, #16
    adds    r1, r1, #16
    str     r0, [sp, #T_ROW]
    cmp     r1, r2
    bne     3b
leave:
    ldr     r0, [sp, #CARRY]
    add     sp, sp, #FRAME
    pop     {r4-r11, pc}

    /* kjwt_limbs_square(r0 t, r1 a, r2 words): see rsa_rows.c */
    function kjwt_limbs_square
    enter
    add     r5, r1, r2, lsl #2
    strd    r1, r0, [sp, #X_ROW] /* Y_START keeps t */
    str     r1, [sp, #ROW_END]   /* and ROW_END a */
    begin   r0, 7f
    mov     r3, r0
5:
    strd    r4, r4, [r3], #8
    subs    r2, r2, #1
    bne     5b
6:
    /* The six products within these four limbs. */
    ldm     r1!, {r6-r9}
    clear_u
    ldr     r3, [r0, #4]
    mul_add r3, r10, r6, r7
    str     r3, [r0, #4]
    ldr     r3, [r0, #8]
    mul_add r3, r10, r6, r8
    str     r3, [r0, #8]
    ldr     r3, [r0, #12]
    mul_add r3, r10, r6, r9
    mul_add r3, r11, r7, r8
    str     r3, [r0, #12]
    mul_add r10, r11, r7, r9
    mul_add r11, r12, r8, r9
    adds    r0, r0, #16
    b       rows
    .balign 4
7:
    ldrd    r0, r1, [sp, #T_ROW] /* and X_ROW */
    adds    r0, r0, #32
    adds    r1, r1, #16
    strd    r0, r1, [sp, #T_ROW]
    cmp     r1, r5
    bne     6b

    /* Twice all that, and the squares: r8 carries between the doubled limbs,
     * r9 between the sums. */
    ldr     r0, [sp, #Y_START]
    ldr     r1, [sp, #ROW_END]
    mov     r8, r4
    mov     r9, r4
8:
    ldr     r6, [r1], #4
    ldrd    r2, r3, [r0]
    umull   r6, r7, r6, r6
    lsrs    r8, r8, #1
    adcs    r2, r2, r2
    adcs    r3, r3, r3
    adc     r8, r4, #0
    lsrs    r9, r9, #1
    adcs    r2, r2, r6
    adcs    r3, r3, r7
    adc     r9, r4, #0
    strd    r2, r3, [r0], #8
    cmp     r1, r5
    bne     8b
    b       leave

    /* The next digit q of the quotient, from the lowest limb that is left, r3;
     * u carries what lies above q * n[0] + r3, which ends in 0. */
    .macro digit q, u
    ldr     r2, [sp, #N0INV]
    mul     \q, r3, r2
    ldr     r2, [r1]
    mov     \u, r4
    umlal   r3, \u, \q, r2
    .endm

    /* kjwt_limbs_reduce(r0 t, r1 n, r2 n0inv, r3 words) */
    function kjwt_limbs_reduce
    enter
    add     r6, r0, r3, lsl #2
    str     r6, [sp, #ROW_END]
    add     r5, r1, r3, lsl #2
    str     r1, [sp, #Y_START]
    str     r2, [sp, #N0INV]
    begin   r0, 10f
9:
    ldr     r3, [r0]
    digit   r6, r10
    ldr     r3, [r0, #4]
    ldr     r2, [r1, #4]
    mul_add r3, r10, r6
    digit   r7, r11
    ldr     r3, [r0, #8]
    ldr     r2, [r1, #8]
    mul_add r3, r10, r6
    ldr     r2, [r1, #4]
    mul_add r3, r11, r7
    digit   r8, r12
    ldr     r3, [r0, #12]
    ldr     r2, [r1, #12]
    mul_add r3, r10, r6
    ldr     r2, [r1, #8]
    mul_add r3, r11, r7
    ldr     r2, [r1, #4]
    mul_add r3, r12, r8
    digit   r9, lr
    /* Columns 4, 5 and 6 as far as these limbs of n reach. */
    ldrd    r2, r3, [r1, #8]
    mul_add r10, r11, r7, r3
    mul_add r10, r12, r8, r2
    mul_add r11, r12, r8, r3
    ldr     r2, [r1, #4]
    mul_add r10, lr, r9, r2
    ldr     r2, [r1, #8]
    mul_add r11, lr, r9, r2
    mul_add r12, lr, r9, r3
    adds    r0, r0, #16
    adds    r1, r1, #16
    b       rows
    .balign 4
10:
    ldr     r0, [sp, #T_ROW]
    ldr     r1, [sp, #Y_START]
    ldr     r3, [sp, #ROW_END]
    adds    r0, r0, #16
    str     r0, [sp, #T_ROW]
    cmp     r0, r3
    bne     9b
    b       leave

#endif
