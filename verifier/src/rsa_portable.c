/*
 * Four rows in portable C: each digit of the product is loaded and stored once
 * per four multiplicands.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rsa_rows.h"

#if defined(KJWT_RSA_ROWS_PORTABLE)

static kjwt_digit add_carry(kjwt_digits *digit, kjwt_digit addend,
                            kjwt_digit carry)
{
    kjwt_two_digits sum = (kjwt_two_digits)*digit + addend + carry;

    *digit = (kjwt_digit)sum;
    return (kjwt_digit)(sum >> KJWT_DIGIT_BITS);
}

/* Column j of the loop runs down a diagonal; u carries from one column to the
 * next. */
kjwt_digit kjwt_add_four_rows(kjwt_digits *t, const kjwt_digits *y,
                              uint32_t count, const kjwt_digits *x,
                              const kjwt_digits *u, kjwt_digit carry)
{
    const kjwt_digit x0 = x[0], x1 = x[1], x2 = x[2], x3 = x[3];
    kjwt_digit u0 = u[0], u1 = u[1], u2 = u[2], u3 = u[3];

    for (uint32_t j = 0; j < count; j++) {
        kjwt_digit low = t[j], high = u0;

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
