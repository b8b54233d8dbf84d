/*
 * The RSA kernel for ARMv6-M and ARMv8-M Baseline (Cortex-M0, M0+, M23), whose
 * multiplication gives 32 bits: each product of words is four of halfwords.
 * Eight low registers hold one row of a product at a time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In a row,
 *
 *   r0, r1    t and y, running
 *   r2, r3    the low and the high half of x
 *   r4 .. r7  a step
 *   r8        what the row carries
 *   r9        behind y
 *
 * and around it
 *
 *   r10       x, running; in a reduction n0inv
 *   r11       t of this row
 *   r12       behind the last x; in a reduction the last t
 */
#include "rsa_arch.h"

#if defined(KJWT_RSA_ARMV6M)

    .syntax unified
    .thumb

#define TURN 4  /* steps of a turn of the loop, a power of two */
#define STEP 50 /* bytes of code */

    /* (r8, t) = x * y + t + r8, in halves x = (r3, r2) and y = (r4, r5). The
     * product gathers in (r7, r6). With .n the assembler knows the size of the
     * step on ARMv8-M Baseline, too. */
    .macro  step offset
    ldrh.n  r5, [r1, #\offset]
    ldrh.n  r4, [r1, #\offset + 2]
    movs    r6, r5
    muls    r6, r2, r6
    muls    r5, r3, r5
    lsls    r7, r5, #16
    lsrs    r5, r5, #16
    adds    r6, r6, r7
    movs    r7, r4
    muls    r7, r3, r7      /* leaves the carry alone */
    adcs    r7, r7, r5
    muls    r4, r2, r4
    lsls    r5, r4, #16
    lsrs    r4, r4, #16
    adds    r6, r6, r5
    adcs    r7, r7, r4
    mov     r5, r8
    adds    r6, r6, r5
    ldr.n   r5, [r0]
    movs.n  r4, #0
    adcs    r7, r7, r4
    adds    r6, r6, r5
    adcs    r7, r7, r4
    stm     r0!, {r6}
    mov     r8, r7
    .endm

    .macro  function name
    .global \name
    .type \name, %function
    .thumb_func
    .balign 4
\name:
    .endm

#define SAVED 36 /* bytes that enter pushes */

    .macro  enter
    push    {r4-r7, lr}
    mov     r4, r8
    mov     r5, r9
    mov     r6, r10
    mov     r7, r11
    push    {r4-r7}
    .endm

    .section .text.kjwt_limbs_kernel, "ax", %progbits
    .balign 4

    /* t += x * y, x in r4, y from r1 up to r9; the carry is left in r8. */
row:
    uxth    r2, r4
    lsrs    r3, r4, #16
    movs    r4, #0
    mov     r8, r4
    mov     r5, r9
    subs    r5, r1, r5
    beq     3f
    /* Not a whole number of turns: begin within one. */
    movs    r4, #(4 * TURN - 1)
    ands    r5, r5, r4
    subs    r1, r1, r5
    lsrs    r5, r5, #2
    movs    r4, #STEP
    muls    r5, r4, r5
    add     pc, r5          /* pc is 4 bytes ahead */
    nop
1:
    .set    offset, 0
    .rept   TURN
2:
    step    offset
    .if     . - 2b - STEP
    .error  "STEP is not the size of a step"
    .endif
    .set    offset, offset + 4
    .endr
    adds    r1, r1, #(4 * TURN)
    cmp     r1, r9
    bne     1b
3:
    bx      lr

    /* Behind a row: what it carries and the carry out of the rows before, at
     * [sp, 4], into t; then t of the next row. */
next_row:
    ldr     r4, [sp, #4]
    ldr     r5, [r0]
    mov     r6, r8
    lsrs    r4, r4, #1
    adcs    r5, r5, r6
    str     r5, [r0]
    movs    r4, #0
    adcs    r4, r4, r4
    str     r4, [sp, #4]
    mov     r0, r11
    adds    r0, r0, #4
    mov     r11, r0
    bx      lr

    /* kjwt_limbs_multiply_add(r0 t, r1 a, r2 a_words, r3 b, [sp] words) */
    function kjwt_limbs_multiply_add
    enter
    lsls    r2, r2, #2
    adds    r2, r2, r1
    mov     r12, r2
    ldr     r4, [sp, #SAVED]
    lsls    r4, r4, #2
    adds    r4, r4, r3
    mov     r9, r4
    mov     r10, r1
    mov     r11, r0
    movs    r4, #0
    push    {r3, r4}        /* b; the carry out of the rows before */
4:
    mov     r2, r10
    ldm     r2!, {r4}
    mov     r10, r2
    ldr     r1, [sp]
    bl      row
    bl      next_row
    mov     r4, r10
    cmp     r4, r12
    bne     4b
leave_carry:
    pop     {r1}
    pop     {r0}
leave:
    pop     {r4-r7}
    mov     r8, r4
    mov     r9, r5
    mov     r10, r6
    mov     r11, r7
    pop     {r4-r7, pc}

    /* kjwt_limbs_square(r0 t, r1 a, r2 words): the products of different limbs
     * once, doubled, and the squares. */
    function kjwt_limbs_square
    enter
    push    {r0, r1, r2}
    lsls    r4, r2, #2
    adds    r4, r4, r1
    mov     r9, r4
    mov     r10, r1
    mov     r3, r0
    movs    r4, #0
    movs    r5, #0
5:
    stm     r3!, {r4, r5}
    subs    r2, r2, #1
    bne     5b
    adds    r0, r0, #4
    mov     r11, r0
6:
    mov     r1, r10
    ldm     r1!, {r4}
    mov     r10, r1
    bl      row
    mov     r4, r8
    str     r4, [r0]
    mov     r0, r11
    adds    r0, r0, #8
    mov     r11, r0
    mov     r4, r10
    cmp     r4, r9
    bne     6b

    pop     {r0, r1, r2}
    movs    r3, #0          /* what the doubled limbs carry */
    mov     r8, r3          /* what the sum carries */
    mov     r9, r2
7:
    ldm     r1!, {r4}
    uxth    r5, r4
    lsrs    r4, r4, #16
    movs    r6, r5
    muls    r6, r6, r6      /* low * low */
    muls    r5, r4, r5      /* low * high, twice: from bit 17 on */
    muls    r4, r4, r4      /* high * high */
    lsls    r7, r5, #17
    lsrs    r5, r5, #15
    adds    r6, r6, r7
    adcs    r4, r4, r5      /* (r4, r6) = the square */
    ldr     r5, [r0]
    ldr     r7, [r0, #4]
    lsrs    r3, r3, #1
    adcs    r5, r5, r5
    adcs    r7, r7, r7
    adcs    r3, r3, r3
    mov     r2, r8
    lsrs    r2, r2, #1
    adcs    r5, r5, r6
    adcs    r7, r7, r4
    adcs    r2, r2, r2
    mov     r8, r2
    stm     r0!, {r5, r7}
    mov     r2, r9
    subs    r2, r2, #1
    mov     r9, r2
    bne     7b
    b       leave

    /* kjwt_limbs_reduce(r0 t, r1 n, r2 n0inv, r3 words) */
    function kjwt_limbs_reduce
    enter
    lsls    r4, r3, #2
    adds    r5, r4, r0
    mov     r12, r5
    adds    r4, r4, r1
    mov     r9, r4
    mov     r10, r2
    mov     r11, r0
    movs    r4, #0
    push    {r1, r4}        /* n; the carry out of the rows before */
8:
    ldr     r4, [r0]        /* the quotient's digit */
    mov     r5, r10
    muls    r4, r5, r4
    ldr     r1, [sp]
    bl      row
    bl      next_row
    cmp     r0, r12
    bne     8b
    b       leave_carry

#endif
