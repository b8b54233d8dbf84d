/*
 * The RSA kernel for x86-64 (System V ABI), on limbs of 64 bits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Four rows of a product at a time. In the rows,
 *
 *   rdi, rsi            t and y, running
 *   rcx                 behind y
 *   r13, r14, r15, rbx  x[0 .. 3]
 *   r8 .. r11           u[0 .. 3], what the four rows carry; the roles rotate
 *                       by one each column
 *   rax, rdx, rbp, r12  products
 *
 * The kernel is here twice: for every processor, and with MULX, ADCX and ADOX
 * for those with BMI2 and ADX (Broadwell, Zen and later), where two chains of
 * carries at a time make it a fifth faster. rsa_x86_64_select.c chooses.
 */
#include "rsa_arch.h"

#if defined(KJWT_RSA_X86_64)

#if defined(__CET__)
#include <cet.h>
#else
#define _CET_ENDBR
#endif

    .section .note.GNU-stack, "", @progbits
    .intel_syntax noprefix

/* The stack frame. */
#define FRAME   80
#define CARRY   0  /* out of the rows before */
#define T_ROW   8  /* t of this block of rows */
#define X_ROW   16 /* x of this block; in a reduction n0inv */
#define ROW_END 24 /* behind the last block: of x, in a reduction of t */
#define Y_START 32 /* y of each block; in a reduction n */
#define Y_END   40 /* behind y */
#define X       48 /* x[0 .. 3], where they leave their registers */

    .macro  function name
    .section .text.\name, "ax", @progbits
    .globl  \name
    .type   \name, @function
    .balign 32
\name:
    .cfi_startproc
    _CET_ENDBR
    .endm

    .macro  save register
    push    \register
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset \register, 0
    .endm

    .macro  restore register
    pop     \register
    .cfi_adjust_cfa_offset -8
    .cfi_restore \register
    .endm

    .macro  enter_frame
    save    rbx
    save    rbp
    save    r12
    save    r13
    save    r14
    save    r15
    sub     rsp, FRAME
    .cfi_adjust_cfa_offset FRAME
    .endm

    .macro  leave_frame name
    add     rsp, FRAME
    .cfi_adjust_cfa_offset -FRAME
    restore r15
    restore r14
    restore r13
    restore r12
    restore rbp
    restore rbx
    ret
    .cfi_endproc
    .size   \name, . - \name
    .endm

    /* (high, low) = x * y + low + high, which cannot overflow. */
    .macro  mul_add low, high, x, y
    mov     rax, \y
    mul     \x
    add     \low, rax
    adc     rdx, 0
    add     \low, \high
    adc     rdx, 0
    mov     \high, rdx
    .endm

    /* One column: t += x * y along a diagonal, in two chains of carries: the
     * lower halves of the products; t and the upper halves. */
    .macro  column_adx offset, u0, u1, u2, u3
    mov     rdx, [rsi + \offset]
    xor     r12d, r12d
    adcx    \u0, [rdi + \offset]
    mulx    rbp, rax, r13
    adox    \u0, rax
    mov     [rdi + \offset], \u0
    adcx    \u1, rbp
    mulx    rbp, rax, r14
    adox    \u1, rax
    adcx    \u2, rbp
    mulx    rbp, rax, r15
    adox    \u2, rax
    adcx    \u3, rbp
    mulx    \u0, rax, rbx
    adox    \u3, rax
    adcx    \u0, r12
    adox    \u0, r12
    .endm

    /* mul destroys the flags: the products wait in registers, and x in the
     * frame. */
    .macro  column_mul offset, u0, u1, u2, u3
    mov     rax, [rsi + \offset]
    mul     qword ptr [rsp + X]
    mov     r13, rax
    mov     rbx, rdx
    mov     rax, [rsi + \offset]
    mul     qword ptr [rsp + X + 8]
    mov     r14, rax
    mov     rbp, rdx
    mov     rax, [rsi + \offset]
    mul     qword ptr [rsp + X + 16]
    mov     r15, rax
    mov     r12, rdx
    mov     rax, [rsi + \offset]
    mul     qword ptr [rsp + X + 24]
    add     \u0, r13
    adc     \u1, r14
    adc     \u2, r15
    adc     \u3, rax
    adc     rdx, 0
    add     \u0, [rdi + \offset]
    adc     \u1, rbx
    adc     \u2, rbp
    adc     \u3, r12
    adc     rdx, 0
    mov     [rdi + \offset], \u0
    mov     \u0, rdx
    .endm

    .macro  clear_u
    xor     r8d, r8d
    xor     r9d, r9d
    xor     r10d, r10d
    xor     r11d, r11d
    .endm

    .macro  load_x from
    mov     r13, [\from]
    mov     r14, [\from + 8]
    mov     r15, [\from + 16]
    mov     rbx, [\from + 24]
    .endm

    /* The columns of y, none or a multiple of four, then t += u + CARRY behind
     * them. */
    .macro  rows kind
    .ifc \kind, mul
    mov     [rsp + X], r13
    mov     [rsp + X + 8], r14
    mov     [rsp + X + 16], r15
    mov     [rsp + X + 24], rbx
    .endif
    cmp     rsi, rcx
    je      92f
    .balign 32
91:
    column_\kind 0, r8, r9, r10, r11
    column_\kind 8, r9, r10, r11, r8
    column_\kind 16, r10, r11, r8, r9
    column_\kind 24, r11, r8, r9, r10
    add     rdi, 32
    add     rsi, 32
    cmp     rsi, rcx
    jne     91b
92:
    xor     eax, eax
    add     r8, [rsp + CARRY]
    adc     r9, 0
    adc     r10, 0
    adc     r11, 0
    adc     rax, 0
    add     [rdi], r8
    adc     [rdi + 8], r9
    adc     [rdi + 16], r10
    adc     [rdi + 24], r11
    adc     rax, 0
    mov     [rsp + CARRY], rax
    .endm

    .macro  kernel kind

    /* kjwt_limbs_multiply_add(rdi t, rsi a, edx a_words, rcx b, r8d words) */
    function kjwt_limbs_multiply_add_\kind
    enter_frame
    mov     edx, edx
    mov     r8d, r8d
    lea     rax, [rsi + 4 * rdx]
    lea     r9, [rcx + 4 * r8]
    mov     [rsp + T_ROW], rdi
    mov     [rsp + X_ROW], rsi
    mov     [rsp + ROW_END], rax
    mov     [rsp + Y_START], rcx
    mov     [rsp + Y_END], r9
    mov     qword ptr [rsp + CARRY], 0
1:
    load_x  rsi
    clear_u
    mov     rsi, [rsp + Y_START]
    mov     rcx, [rsp + Y_END]
    rows    \kind
    mov     rdi, [rsp + T_ROW]
    mov     rsi, [rsp + X_ROW]
    add     rdi, 32
    add     rsi, 32
    mov     [rsp + T_ROW], rdi
    mov     [rsp + X_ROW], rsi
    cmp     rsi, [rsp + ROW_END]
    jne     1b
    leave_frame kjwt_limbs_multiply_add_\kind

    /* kjwt_limbs_square(rdi t, rsi a, edx words): see rsa_rows.c */
    function kjwt_limbs_square_\kind
    enter_frame
    mov     ecx, edx
    lea     rax, [rsi + 4 * rcx]
    mov     [rsp + T_ROW], rdi
    mov     [rsp + X_ROW], rsi
    mov     [rsp + Y_START], rdi /* keeps t */
    mov     [rsp + ROW_END], rsi /* and a */
    mov     [rsp + Y_END], rax
    xor     eax, eax
    mov     [rsp + CARRY], rax
2:
    mov     [rdi], rax
    mov     [rdi + 8], rax
    add     rdi, 16
    sub     ecx, 2
    jnz     2b
    mov     rdi, [rsp + T_ROW]
    mov     rcx, [rsp + Y_END]
3:
    /* The six products within these four limbs. */
    load_x  rsi
    clear_u
    mov     r12, [rdi + 8]
    mul_add r12, r8, r13, r14
    mov     [rdi + 8], r12
    mov     r12, [rdi + 16]
    mul_add r12, r8, r13, r15
    mov     [rdi + 16], r12
    mov     r12, [rdi + 24]
    mul_add r12, r8, r13, rbx
    mul_add r12, r9, r14, r15
    mov     [rdi + 24], r12
    mul_add r8, r9, r14, rbx
    mul_add r9, r10, r15, rbx
    add     rdi, 32
    add     rsi, 32
    rows    \kind
    mov     rdi, [rsp + T_ROW]
    mov     rsi, [rsp + X_ROW]
    add     rdi, 64
    add     rsi, 32
    mov     [rsp + T_ROW], rdi
    mov     [rsp + X_ROW], rsi
    cmp     rsi, rcx
    jne     3b

    /* Twice all that, and the squares. r8 and r9 are -1 where the doubled limbs
     * and the sum carry. */
    mov     rdi, [rsp + Y_START]
    mov     rsi, [rsp + ROW_END]
    xor     r8d, r8d
    xor     r9d, r9d
4:
    mov     rax, [rsi]
    mul     rax
    mov     r10, [rdi]
    mov     r11, [rdi + 8]
    neg     r8 /* the carry again */
    adc     r10, r10
    adc     r11, r11
    sbb     r8, r8
    neg     r9
    adc     r10, rax
    adc     r11, rdx
    sbb     r9, r9
    mov     [rdi], r10
    mov     [rdi + 8], r11
    add     rsi, 8
    add     rdi, 16
    cmp     rsi, rcx
    jne     4b
    leave_frame kjwt_limbs_square_\kind

    /* kjwt_limbs_reduce(rdi t, rsi n, edx n0inv, ecx words) */
    function kjwt_limbs_reduce_\kind
    enter_frame
    mov     ecx, ecx
    lea     rax, [rdi + 4 * rcx]
    lea     r8, [rsi + 4 * rcx]
    mov     [rsp + ROW_END], rax
    mov     [rsp + Y_START], rsi
    mov     [rsp + Y_END], r8
    mov     qword ptr [rsp + CARRY], 0
    /* -n^-1 mod 2^64, with one step of Newton's: n0inv * (2 + n * n0inv). */
    mov     edx, edx
    mov     rax, [rsi]
    imul    rax, rdx
    add     rax, 2
    imul    rax, rdx
    mov     [rsp + X_ROW], rax
5:
    mov     [rsp + T_ROW], rdi
    mov     rsi, [rsp + Y_START]
    mov     rcx, [rsp + X_ROW]
    clear_u
    /* The quotient's digits q[0 .. 3], each from the lowest limb that is
     * left. */
    mov     r13, [rdi]
    mov     r12, r13
    imul    r13, rcx
    mul_add r12, r8, r13, [rsi]
    mov     r14, [rdi + 8]
    mul_add r14, r8, r13, [rsi + 8]
    mov     r12, r14
    imul    r14, rcx
    mul_add r12, r9, r14, [rsi]
    mov     r15, [rdi + 16]
    mul_add r15, r8, r13, [rsi + 16]
    mul_add r15, r9, r14, [rsi + 8]
    mov     r12, r15
    imul    r15, rcx
    mul_add r12, r10, r15, [rsi]
    mov     rbx, [rdi + 24]
    mul_add rbx, r8, r13, [rsi + 24]
    mul_add rbx, r9, r14, [rsi + 16]
    mul_add rbx, r10, r15, [rsi + 8]
    mov     r12, rbx
    imul    rbx, rcx
    mul_add r12, r11, rbx, [rsi]
    /* What is left of their products with n[0 .. 3]. */
    mul_add r8, r9, r14, [rsi + 24]
    mul_add r8, r10, r15, [rsi + 16]
    mul_add r8, r11, rbx, [rsi + 8]
    mul_add r9, r10, r15, [rsi + 24]
    mul_add r9, r11, rbx, [rsi + 16]
    mul_add r10, r11, rbx, [rsi + 24]
    add     rdi, 32
    add     rsi, 32
    mov     rcx, [rsp + Y_END]
    rows    \kind
    mov     rdi, [rsp + T_ROW]
    add     rdi, 32
    cmp     rdi, [rsp + ROW_END]
    jne     5b
    leave_frame kjwt_limbs_reduce_\kind
    .endm

    kernel  mul
    kernel  adx

#endif
