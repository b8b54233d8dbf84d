/*
 * The RSA kernel: products, squares and Montgomery reduction of big integers.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   rsa_armv7em.S   ARMv7E-M and ARMv8-M Mainline with DSP
 *   rsa_armv7m.S    ARMv7-M and ARMv8-M Mainline without
 *   rsa_armv6m.S    ARMv6-M and ARMv8-M Baseline
 *   rsa_rv32im.S    RV32 with multiplication
 *   rsa_x86_64.S    x86-64, on limbs of 64 bits; two of them, of which
 *                   rsa_x86_64_select.c chooses
 *   rsa_rows.c      all others, on kjwt_add_four_rows() of rsa_portable.c; on
 *                   limbs of 64 bits where the compiler has products of them
 *
 * Operands are little-endian arrays of `words` 32-bit limbs, words a multiple
 * of 16, aligned to 4 bytes. R = 2^(32 words). n is odd, its top bit set.
 */
#ifndef KJWT_RSA_KERNEL_H
#define KJWT_RSA_KERNEL_H

#include "kjwt.h"
#include "rsa_arch.h"

/* Limbs lie in memory that the caller declared as something else. */
#if defined(__GNUC__)
typedef uint32_t __attribute__((may_alias)) kjwt_limb;
#else
typedef uint32_t kjwt_limb;
#endif

/* t[a_words + words] += a[a_words] * b[words]. Returns the carry out of t.
 * a_words is a multiple of 16, too. */
uint32_t kjwt_limbs_multiply_add(kjwt_limb *t, const kjwt_limb *a,
                                 uint32_t a_words, const kjwt_limb *b,
                                 uint32_t words);

/* t[2 words] = a * a. */
void kjwt_limbs_square(kjwt_limb *t, const kjwt_limb *a, uint32_t words);

/* Adds a multiple of n to t[2 words] that makes its lower half zero, with
 * n0inv = -n^-1 mod 2^32. Returns the carry out of t: carry and upper half are
 * t / R mod n, below R + n. */
uint32_t kjwt_limbs_reduce(kjwt_limb *t, const kjwt_limb *n, uint32_t n0inv,
                           uint32_t words);

#endif
