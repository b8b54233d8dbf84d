/*
 * Four rows of a product at a time: what a kernel of the rows kind
 * (rsa_rows.c) is made of. One file per architecture, chosen by its macros.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KJWT_RSA_ROWS_H
#define KJWT_RSA_ROWS_H

#include "rsa_kernel.h"

/*
 * Rows are worked out in digits: limbs, or two limbs at a time where they can
 * be read as one.
 *
 *   kjwt_digits       digits in memory, aligned as limbs are
 *   kjwt_digit        one of them
 *   kjwt_two_digits   a product
 */
#if defined(KJWT_RSA_DIGITS_64)
#define KJWT_DIGIT_LIMBS 2
#define KJWT_DIGIT_BITS  64
typedef uint64_t __attribute__((may_alias, aligned(4))) kjwt_digits;
typedef uint64_t kjwt_digit;
__extension__ typedef unsigned __int128 kjwt_two_digits;

/* -n^-1 mod 2^64 from n0inv = -n^-1 mod 2^32, with one step of Newton's. */
static inline kjwt_digit negated_inverse(const kjwt_digits *n, uint32_t n0inv)
{
    return n0inv * (2 + n[0] * n0inv);
}
#else
#define KJWT_DIGIT_LIMBS 1
#define KJWT_DIGIT_BITS  32
typedef kjwt_limb kjwt_digits;
typedef uint32_t kjwt_digit;
typedef uint64_t kjwt_two_digits;

static inline kjwt_digit negated_inverse(const kjwt_digits *n, uint32_t n0inv)
{
    (void)n;
    return n0inv;
}
#endif

/*
 * t += x[4] * y[count] + u[4], where x[i] * y[j] belongs to t[i + j] and u[i]
 * to t[i], then + carry at t[count]. count may be 0. Writes t[0 .. count + 3]
 * and returns the carry out of it.
 *
 *              y0     y1     y2   ...
 *   x0 |      t0     t1     t2
 *   x1 |      t1     t2     t3
 *   x2 |      t2     t3     t4
 *   x3 |      t3     t4     t5
 */
kjwt_digit kjwt_add_four_rows(kjwt_digits *t, const kjwt_digits *y,
                              uint32_t count, const kjwt_digits *x,
                              const kjwt_digits *u, kjwt_digit carry);

/* (high, low) = x * y + low + high. It cannot overflow: with b = 2^32 or 2^64,
 * (b - 1)^2 + 2 (b - 1) = b^2 - 1. Inline at -Os too: called, it keeps its
 * operands in memory and takes twice the instructions. */
#if defined(__GNUC__)
__attribute__((always_inline))
#endif
static inline void mul_add(kjwt_digit *low, kjwt_digit *high, kjwt_digit x,
                           kjwt_digit y)
{
    kjwt_two_digits product = (kjwt_two_digits)x * y + *low + *high;

    *low = (kjwt_digit)product;
    *high = (kjwt_digit)(product >> KJWT_DIGIT_BITS);
}

#endif
