/*
 * Four rows in portable C: each limb of the product is loaded and stored once
 * per four multiplicands.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rsa_rows.h"

#if KJWT_RSA_ROWS_PORTABLE

static uint32_t add_carry(kjwt_limb *limb, uint32_t addend, uint32_t carry)
{
    uint64_t sum = (uint64_t)*limb + addend + carry;

    *limb = (uint32_t)sum;
    return (uint32_t)(sum >> 32);
}

/* Column j of the loop runs down a diagonal; u carries from one column to the
 * next. */
uint32_t kjwt_add_four_rows(kjwt_limb *t, const kjwt_limb *y, uint32_t count,
                            const uint32_t *x, const uint32_t *u,
                            uint32_t carry)
{
    const uint32_t x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
    uint32_t u0 = u[0], u1 = u[1], u2 = u[2], u3 = u[3];

    for (uint32_t j = 0; j < count; j++) {
        uint32_t low = t[j], high = u0;

        mul_add(&low, &high, x0, y[j]);
        t[j] = low;
        mul_add(&u1, &high, x1, y[j]);
        u0 = u1;
        mul_add(&u2, &high, x2, y[j]);
        u1 = u2;
        mul_add(&u3, &high, x3, y[j]);
        u2 = u3;
        u3 = high;
    }
    t += count;
    carry = add_carry(&t[0], u0, carry);
    carry = add_carry(&t[1], u1, carry);
    carry = add_carry(&t[2], u2, carry);
    return add_carry(&t[3], u3, carry);
}

#else
typedef int kjwt_no_portable_rows; /* no empty translation unit */
#endif
