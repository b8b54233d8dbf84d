/*
 * The RSA kernel for RV32 with M, four rows of a product at a time. Without
 * flags a carry is a comparison.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In the rows,
 *
 *   a0, a1           t and y, running
 *   a2               behind y
 *   a3, a4           y[j], t[j]
 *   a5               the carry out of the rows before
 *   s0, s1, t0, a7   x[0 .. 3]
 *   t1 .. t4         u[0 .. 3], what the four rows carry; the roles rotate by
 *                    one each column
 *   t5, t6           a step
 *
 * and around them
 *
 *   s2               t of this block of rows
 *   s3, s4           x, running, and behind it; in a reduction s4 is behind t
 *   s5               y of each block; in a reduction n
 *   s6, s7 .. s10    in a reduction n0inv and n[0 .. 3]
 */
#include "rsa_arch.h"

#if defined(KJWT_RSA_RV32IM)

#define FRAME 48

    .macro  function name
    .globl  \name
    .type   \name, %function
\name:
    .endm

    .macro  each_saved instruction
    \instruction ra, 0(sp)
    \instruction s0, 4(sp)
    \instruction s1, 8(sp)
    \instruction s2, 12(sp)
    \instruction s3, 16(sp)
    \instruction s4, 20(sp)
    \instruction s5, 24(sp)
    \instruction s6, 28(sp)
    \instruction s7, 32(sp)
    \instruction s8, 36(sp)
    \instruction s9, 40(sp)
    \instruction s10, 44(sp)
    .endm

    /* (high, low) = x * y + low + high. It cannot overflow. */
    .macro  mul_add low, high, x, y=a3
    mul     t6, \x, \y
    add     \low, \low, \high
    sltu    t5, \low, \high
    mulhu   \high, \x, \y
    add     \low, \low, t6
    sltu    t6, \low, t6
    add     \high, \high, t5
    add     \high, \high, t6
    .endm

    .macro  column offset, u0, u1, u2, u3
    lw      a3, \offset(a1)
    lw      a4, \offset(a0)
    mul_add a4, \u0, s0
    mul_add \u1, \u0, s1
    mul_add \u2, \u0, t0
    mul_add \u3, \u0, a7
    sw      a4, \offset(a0)
    .endm

    .macro  load_x from
    lw      s0, 0(\from)
    lw      s1, 4(\from)
    lw      t0, 8(\from)
    lw      a7, 12(\from)
    .endm

    /* t += u + the carry, which it leaves in a5. */
    .macro  add_carry offset, u
    lw      a3, \offset(a0)
    add     a3, a3, a5
    sltu    a5, a3, a5
    add     a3, a3, \u
    sltu    a4, a3, \u
    add     a5, a5, a4
    sw      a3, \offset(a0)
    .endm

    .section .text.kjwt_limbs_kernel, "ax", %progbits

    /* Every function keeps t in s2 and has no carry yet. */
enter:
    addi    sp, sp, -FRAME
    each_saved sw
    mv      s2, a0
    li      a5, 0
    jr      t0

    /* Rows over y, a multiple of four limbs or none; then u and the carry. */
rows:
    beq     a1, a2, 2f
1:
    column  0, t1, t2, t3, t4
    column  4, t2, t3, t4, t1
    column  8, t3, t4, t1, t2
    column  12, t4, t1, t2, t3
    addi    a0, a0, 16
    addi    a1, a1, 16
    bne     a1, a2, 1b
2:
    add_carry 0, t1
    add_carry 4, t2
    add_carry 8, t3
    add_carry 12, t4
    ret

    /* kjwt_limbs_multiply_add(a0 t, a1 a, a2 a_words, a3 b, a4 words) */
    function kjwt_limbs_multiply_add
    jal     t0, enter
    mv      s3, a1
    slli    s4, a2, 2
    add     s4, s4, a1
    mv      s5, a3
    slli    a2, a4, 2
    add     a2, a2, a3
3:
    load_x  s3
    li      t1, 0
    li      t2, 0
    li      t3, 0
    li      t4, 0
    mv      a0, s2
    mv      a1, s5
    call    rows
    addi    s2, s2, 16
    addi    s3, s3, 16
    bne     s3, s4, 3b
leave:
    mv      a0, a5
    each_saved lw
    addi    sp, sp, FRAME
    ret

    /* kjwt_limbs_square(a0 t, a1 a, a2 words): see rsa_rows.c */
    function kjwt_limbs_square
    jal     t0, enter
    mv      s3, a1
    mv      s5, a1
    mv      s6, a0
    slli    a2, a2, 2
    slli    a3, a2, 1
    add     a2, a2, a1
    add     a3, a3, a0
4:
    sw      zero, 0(a0)
    sw      zero, 4(a0)
    addi    a0, a0, 8
    bne     a0, a3, 4b
5:
    /* The six products within these four limbs. */
    load_x  s3
    li      t1, 0
    li      t2, 0
    li      t3, 0
    li      t4, 0
    lw      a4, 4(s2)
    mul_add a4, t1, s0, s1
    sw      a4, 4(s2)
    lw      a4, 8(s2)
    mul_add a4, t1, s0, t0
    sw      a4, 8(s2)
    lw      a4, 12(s2)
    mul_add a4, t1, s0, a7
    mul_add a4, t2, s1, t0
    sw      a4, 12(s2)
    mul_add t1, t2, s1, a7
    mul_add t2, t3, t0, a7
    addi    s3, s3, 16
    addi    a0, s2, 16
    mv      a1, s3
    call    rows
    addi    s2, s2, 32
    bne     s3, a2, 5b

    /* Twice all that, and the squares: a5 is 0 and carries between limbs, a7
     * between the doubled ones. */
    li      a7, 0
6:
    lw      a3, 0(s5)
    lw      s0, 0(s6)
    lw      s1, 4(s6)
    mulhu   a1, a3, a3
    mul     a0, a3, a3
    srli    a4, s0, 31
    slli    s0, s0, 1
    or      s0, s0, a7      /* in a0 .. a5, s0, s1: the short forms */
    srli    a7, s1, 31
    slli    s1, s1, 1
    or      s1, s1, a4
    add     s0, s0, a5
    sltu    a5, s0, a5
    add     a0, a0, s0
    sltu    a4, a0, s0
    add     a1, a1, a4
    add     a1, a1, a5
    add     s1, s1, a1
    sltu    a5, s1, a1
    sw      a0, 0(s6)
    sw      s1, 4(s6)
    addi    s5, s5, 4
    addi    s6, s6, 8
    bne     s5, a2, 6b
    j       leave

    /* kjwt_limbs_reduce(a0 t, a1 n, a2 n0inv, a3 words) */
    function kjwt_limbs_reduce
    jal     t0, enter
    slli    a3, a3, 2
    add     s4, a0, a3
    mv      s5, a1
    mv      s6, a2
    add     a2, a1, a3
    lw      s7, 0(a1)
    lw      s8, 4(a1)
    lw      s9, 8(a1)
    lw      s10, 12(a1)
7:
    /* The quotient's digits q[0 .. 3] in the places of x, each from the lowest
     * limb that is left. */
    lw      a4, 0(s2)
    .macro  digit q, u
    mul     \q, a4, s6
    mulhu   \u, \q, s7
    snez    a4, a4          /* q * n[0] makes it 0, and carries if it was not */
    add     \u, \u, a4
    .endm
    digit   s0, t1
    lw      a4, 4(s2)
    mul_add a4, t1, s0, s8
    digit   s1, t2
    lw      a4, 8(s2)
    mul_add a4, t1, s0, s9
    mul_add a4, t2, s1, s8
    digit   t0, t3
    lw      a4, 12(s2)
    mul_add a4, t1, s0, s10
    mul_add a4, t2, s1, s9
    mul_add a4, t3, t0, s8
    digit   a7, t4
    /* Columns 4, 5 and 6 as far as these limbs of n reach. */
    mul_add t1, t2, s1, s10
    mul_add t1, t3, t0, s9
    mul_add t1, t4, a7, s8
    mul_add t2, t3, t0, s10
    mul_add t2, t4, a7, s9
    mul_add t3, t4, a7, s10
    addi    s2, s2, 16
    mv      a0, s2
    addi    a1, s5, 16
    call    rows
    bne     s2, s4, 7b
    j       leave

#endif
