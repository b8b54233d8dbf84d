/*
 * Four rows of a product at a time: what a kernel of the rows kind
 * (rsa_rows.c) is made of. One file per architecture, chosen by its macros.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KJWT_RSA_ROWS_H
#define KJWT_RSA_ROWS_H

#include "rsa_kernel.h"

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
uint32_t kjwt_add_four_rows(kjwt_limb *t, const kjwt_limb *y, uint32_t count,
                            const uint32_t *x, const uint32_t *u,
                            uint32_t carry);

/* (high, low) = x * y + low + high. It cannot overflow:
 * (2^32 - 1)^2 + 2 (2^32 - 1) = 2^64 - 1. Inline at -Os too: called, it keeps
 * its operands in memory and takes twice the instructions. */
#if defined(__GNUC__)
__attribute__((always_inline))
#endif
static inline void mul_add(uint32_t *low, uint32_t *high, uint32_t x,
                           uint32_t y)
{
    uint64_t product = (uint64_t)x * y + *low + *high;

    *low = (uint32_t)product;
    *high = (uint32_t)(product >> 32);
}

#endif
