/*
 * Four rows for RV32 with M. Without flags a carry is a comparison.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   a0, a1           t and y, running
 *   a2               behind y
 *   a3, a4           y[j], t[j]
 *   s0, s1, t0, a7   x[0 .. 3]
 *   t1 .. t4         u[0 .. 3]; the roles rotate by one each column
 */
#include "rsa_arch.h"

#if defined(KJWT_RSA_ROWS_RV32IM)

    /* (high, low) = x * y + low + high */
    .macro  mul_add low, high, x
    mulhu   t5, \x, a3
    mul     t6, \x, a3
    add     \low, \low, \high
    sltu    a6, \low, \high
    add     \low, \low, t6
    sltu    t6, \low, t6
    add     t5, t5, a6
    add     \high, t5, t6
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

    /* t += u + the carry in a5, which it leaves there. */
    .macro  add_carry offset, u
    lw      a3, \offset(a0)
    add     a3, a3, a5
    sltu    a5, a3, a5
    add     a3, a3, \u
    sltu    a4, a3, \u
    add     a5, a5, a4
    sw      a3, \offset(a0)
    .endm

    /* kjwt_add_four_rows(a0 t, a1 y, a2 count, a3 x, a4 u, a5 carry) */
    .section .text.kjwt_add_four_rows, "ax", %progbits
    .globl  kjwt_add_four_rows
    .type   kjwt_add_four_rows, %function
kjwt_add_four_rows:
    addi    sp, sp, -16
    sw      s0, 0(sp)
    sw      s1, 4(sp)
    lw      s0, 0(a3)
    lw      s1, 4(a3)
    lw      t0, 8(a3)
    lw      a7, 12(a3)
    lw      t1, 0(a4)
    lw      t2, 4(a4)
    lw      t3, 8(a4)
    lw      t4, 12(a4)
    slli    a2, a2, 2
    add     a2, a2, a1
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
    mv      a0, a5
    lw      s0, 0(sp)
    lw      s1, 4(sp)
    addi    sp, sp, 16
    ret

#endif
