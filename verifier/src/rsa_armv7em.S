/*
 * The RSA kernel for ARMv7E-M and ARMv8-M Mainline with DSP (Cortex-M4, M7,
 * M33), on UMAAL: (hi, lo) = x * y + hi + lo, which is one step of operand
 * scanning and cannot overflow.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Four rows of a product at a time. In the rows,
 *
 *   r0, r1         t and y, running
 *   r2, r3         y[j], y[j + 1]
 *   r4, r5         t[j], t[j + 1]
 *   r6 .. r9       x[0 .. 3]
 *   r10, r11, r12, lr   u[0 .. 3], what the four rows carry; the roles rotate
 *                  by one each column
 */
#include "rsa_arch.h"

#if defined(__linux__)
    .section .note.GNU-stack, "", %progbits
#endif

#if defined(KJWT_RSA_ARMV7EM)

/* The stack frame. */
#define FRAME     28
#define SAVED     36 /* above it */
#define Y_END     0  /* behind y */
#define CARRY     4  /* out of the rows before */
#define T_ROW     8  /* t of this block of rows */
#define X_ROW     12 /* x of this block; in a reduction n0inv */
#define Y_START   16 /* y of each block; in a reduction n */
#define ROW_END   20 /* behind the last block: of x, in a reduction of t */
#define NEXT      24 /* where the rows go on */

#define COLUMNS   16 /* of a turn of the loop */
#define GROUP     88 /* bytes of code for four columns */

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
    .endm

    /* No carry yet, the first t, and where the rows go on. */
    .macro begin t, next
    movs    r4, #0
    strd    r4, \t, [sp, #CARRY]
    adr     r4, \next
    adds    r4, r4, #1
    str     r4, [sp, #NEXT]
    .endm

    /* One column: t += x * y along a diagonal. */
    .macro column t, y, u0, u1, u2, u3
    umaal   \t, \u0, r6, \y
    umaal   \u1, \u0, r7, \y
    umaal   \u2, \u0, r8, \y
    umaal   \u3, \u0, r9, \y
    .endm

    /* After four columns the roles of u have come round. */
    .macro four_columns
    ldrd    r2, r3, [r1], #8
    ldrd    r4, r5, [r0]
    column  r4, r2, r10, r11, r12, lr
    column  r5, r3, r11, r12, lr, r10
    strd    r4, r5, [r0], #8
    ldrd    r2, r3, [r1], #8
    ldrd    r4, r5, [r0]
    column  r4, r2, r12, lr, r10, r11
    column  r5, r3, lr, r10, r11, r12
    strd    r4, r5, [r0], #8
    .endm

    .macro clear_u
    movs    r2, #0
    mov     r10, r2
    mov     r11, r2
    mov     r12, r2
    mov     lr, r2
    .endm

    .section .text.kjwt_limbs_kernel, "ax", %progbits
    .balign 4

    /* Rows over y up to Y_END, then u and CARRY into t[0 .. 3] behind it. */
rows:
    ldr     r2, [sp, #Y_END]
    subs    r2, r2, r1
    beq     3f
    ands    r2, r2, #(4 * COLUMNS - 1)
    beq     1f
    /* Not a whole number of turns: begin within one. */
    rsb     r2, r2, #(4 * COLUMNS)
    lsrs    r2, r2, #4
    movs    r3, #GROUP
    muls    r2, r3, r2
    adr     r3, 1f
    adds    r3, r3, r2
    adds    r3, r3, #1
    bx      r3
    .balign 4
1:
    .rept   COLUMNS / 4
2:
    four_columns
    .if     . - 2b - GROUP
    .error  "GROUP is not the size of four columns"
    .endif
    .endr
    ldr     r2, [sp, #Y_END]
    cmp     r1, r2
    bne     1b
3:
    ldr     r1, [sp, #CARRY]
    ldm     r0, {r2-r5}
    lsrs    r1, r1, #1
    adcs    r2, r2, r10
    adcs    r3, r3, r11
    adcs    r4, r4, r12
    adcs    r5, r5, lr
    stm     r0, {r2-r5}
    movs    r1, #0
    adcs    r1, r1, r1
    str     r1, [sp, #CARRY]
    ldr     pc, [sp, #NEXT]

    /* kjwt_limbs_multiply_add(r0 t, r1 a, r2 a_words, r3 b, [sp] words) */
    function kjwt_limbs_multiply_add
    enter
    add     r4, r1, r2, lsl #2
    str     r4, [sp, #ROW_END]
    ldr     r4, [sp, #(FRAME + SAVED)]
    add     r4, r3, r4, lsl #2
    str     r4, [sp, #Y_END]
    str     r3, [sp, #Y_START]
    begin   r0, 5f
4:
    str     r1, [sp, #X_ROW]
    ldm     r1, {r6-r9}
    ldr     r1, [sp, #Y_START]
    clear_u
    b       rows
    .balign 4
5:
    ldrd    r0, r1, [sp, #T_ROW] /* and X_ROW */
    ldr     r2, [sp, #ROW_END]
    adds    r0, r0, #16
    adds    r1, r1, #16
    str     r0, [sp, #T_ROW]
    cmp     r1, r2
    bne     4b
leave:
    ldr     r0, [sp, #CARRY]
    add     sp, sp, #FRAME
    pop     {r4-r11, pc}

    /* kjwt_limbs_square(r0 t, r1 a, r2 words): see rsa_rows.c */
    function kjwt_limbs_square
    enter
    add     r4, r1, r2, lsl #2
    str     r4, [sp, #Y_END]
    strd    r1, r0, [sp, #X_ROW] /* Y_START keeps t */
    str     r1, [sp, #ROW_END]   /* and ROW_END a */
    begin   r0, 8f
    movs    r4, #0
    movs    r5, #0
    mov     r6, r0
6:
    strd    r4, r5, [r6], #8
    strd    r4, r5, [r6], #8
    subs    r2, r2, #2
    bne     6b
7:
    /* The six products within these four limbs. */
    ldm     r1!, {r6-r9}
    clear_u
    ldrd    r4, r5, [r0, #8]
    ldr     r3, [r0, #4]
    umaal   r3, r10, r6, r7
    umaal   r4, r10, r6, r8
    umaal   r5, r10, r6, r9
    umaal   r5, r11, r7, r8
    str     r3, [r0, #4]
    strd    r4, r5, [r0, #8]
    umaal   r10, r11, r7, r9
    umaal   r11, r12, r8, r9
    adds    r0, r0, #16
    b       rows
    .balign 4
8:
    ldr     r0, [sp, #T_ROW]
    ldr     r1, [sp, #X_ROW]
    ldr     r3, [sp, #Y_END]
    adds    r0, r0, #32
    adds    r1, r1, #16
    strd    r0, r1, [sp, #T_ROW]
    cmp     r1, r3
    bne     7b

    /* Twice all that, and the squares: r7 carries between limbs, the flag
     * between the doubled ones. */
    ldr     r0, [sp, #Y_START]
    ldr     r1, [sp, #ROW_END]
    movs    r6, #0
    movs    r7, #0
    cmn     r6, r6 /* no carry yet */
9:
    ldrd    r2, r8, [r1], #8
    ldm     r0, {r4, r5, r9, r10}
    adcs    r4, r4, r4
    adcs    r5, r5, r5
    adcs    r9, r9, r9
    adcs    r10, r10, r10
    umaal   r4, r7, r2, r2
    umaal   r5, r7, r6, r6
    umaal   r9, r7, r8, r8
    umaal   r10, r7, r6, r6
    stm     r0!, {r4, r5, r9, r10}
    teq     r1, r3 /* leaves the carry alone */
    bne     9b
    b       leave

    /* kjwt_limbs_reduce(r0 t, r1 n, r2 n0inv, r3 words) */
    function kjwt_limbs_reduce
    enter
    add     r4, r0, r3, lsl #2
    str     r4, [sp, #ROW_END]
    add     r4, r1, r3, lsl #2
    str     r4, [sp, #Y_END]
    strd    r2, r1, [sp, #X_ROW]
    begin   r0, 11f
10:
    /* The quotient's digits q[0 .. 3] in r6 .. r9, each from the lowest limb
     * that is left; n0inv waits in r9. */
    mov     r9, r2
    clear_u
    ldrd    r2, r3, [r1]    /* n[0], n[1] */
    ldrd    r4, r5, [r0]
    mul     r6, r4, r9
    umaal   r4, r10, r6, r2
    umaal   r5, r10, r6, r3
    mul     r7, r5, r9
    umaal   r5, r11, r7, r2
    ldr     r4, [r0, #8]
    ldr     r5, [r1, #8]    /* n[2] */
    umaal   r4, r10, r6, r5
    umaal   r4, r11, r7, r3
    mul     r8, r4, r9
    umaal   r4, r12, r8, r2
    ldr     r4, [r0, #12]
    umaal   r4, r11, r7, r5
    umaal   r4, r12, r8, r3
    mov     r5, r3          /* n[1] */
    ldr     r3, [r1, #12]   /* n[3] */
    umaal   r4, r10, r6, r3
    mul     r9, r4, r9
    umaal   r4, lr, r9, r2
    /* Columns 4, 5 and 6 as far as these limbs of n reach. */
    ldr     r2, [r1, #8]    /* n[2] */
    umaal   r10, r11, r7, r3
    umaal   r10, r12, r8, r2
    umaal   r10, lr, r9, r5
    umaal   r11, r12, r8, r3
    umaal   r11, lr, r9, r2
    umaal   r12, lr, r9, r3
    adds    r0, r0, #16
    adds    r1, r1, #16
    b       rows
    .balign 4
11:
    ldrd    r0, r2, [sp, #T_ROW] /* and n0inv */
    ldr     r1, [sp, #Y_START]
    ldr     r3, [sp, #ROW_END]
    adds    r0, r0, #16
    str     r0, [sp, #T_ROW]
    cmp     r0, r3
    bne     10b
    b       leave

#endif
