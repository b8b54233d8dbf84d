/*
 * The RSA kernel by operand scanning, four rows at a time.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "rsa_rows.h"

#if defined(KJWT_RSA_ROWS)

static const kjwt_digit zero[4];

uint32_t kjwt_limbs_multiply_add(kjwt_limb *t, const kjwt_limb *a,
                                 uint32_t a_words, const kjwt_limb *b,
                                 uint32_t words)
{
    const uint32_t rows = a_words / KJWT_DIGIT_LIMBS;
    const uint32_t count = words / KJWT_DIGIT_LIMBS;
    const kjwt_digits *x = (const kjwt_digits *)a;
    const kjwt_digits *y = (const kjwt_digits *)b;
    kjwt_digits *d = (kjwt_digits *)t;
    kjwt_digit carry = 0;

    for (uint32_t i = 0; i < rows; i += 4)
        carry = kjwt_add_four_rows(d + i, y, count, x + i, zero, carry);
    return (uint32_t)carry;
}

/* t = 2 t + the squares of a's digits. */
static void double_and_add_squares(kjwt_digits *t, const kjwt_digits *a,
                                   uint32_t count)
{
    const int top = KJWT_DIGIT_BITS - 1;
    kjwt_digit shifted_out = 0;
    kjwt_digit carry = 0;

    for (uint32_t i = 0; i < count; i++) {
        kjwt_digit low = t[2 * i], high = t[2 * i + 1];
        kjwt_digit low2 = low << 1 | shifted_out;
        kjwt_digit high2 = high << 1 | low >> top;
        kjwt_two_digits sum;

        shifted_out = high >> top;
        mul_add(&low2, &carry, a[i], a[i]);
        sum = (kjwt_two_digits)high2 + carry;
        t[2 * i] = low2;
        t[2 * i + 1] = (kjwt_digit)sum;
        carry = (kjwt_digit)(sum >> KJWT_DIGIT_BITS);
    }
}

/* The products of different digits stand once in t, then all are doubled and
 * the squares added. The six products within four digits come first, then
 * these four digits times all higher ones. */
void kjwt_limbs_square(kjwt_limb *t, const kjwt_limb *a, uint32_t words)
{
    const uint32_t count = words / KJWT_DIGIT_LIMBS;
    const kjwt_digits *x = (const kjwt_digits *)a;
    kjwt_digits *d = (kjwt_digits *)t;

    memset(t, 0, 2 * words * sizeof *t);
    for (uint32_t i = 0; i < count; i += 4, x += 4, d += 8) {
        kjwt_digit u[4] = {0, 0, 0, 0};
        kjwt_digit d1 = d[1], d2 = d[2], d3 = d[3];

        mul_add(&d1, &u[0], x[0], x[1]);
        mul_add(&d2, &u[0], x[0], x[2]);
        mul_add(&d3, &u[0], x[0], x[3]);
        mul_add(&d3, &u[1], x[1], x[2]);
        mul_add(&u[0], &u[1], x[1], x[3]);
        mul_add(&u[1], &u[2], x[2], x[3]);
        d[1] = d1;
        d[2] = d2;
        d[3] = d3;
        (void)kjwt_add_four_rows(d + 4, x + 4, count - 4 - i, x, u, 0);
    }
    double_and_add_squares((kjwt_digits *)t, (const kjwt_digits *)a, count);
}

/*
 * Adds a multiple of n that makes t[0 .. 3] zero. The four quotient digits
 * q[i] depend on each other, so the first four columns are worked out digit by
 * digit; the rest is four rows.
 */
static kjwt_digit reduce_four_digits(kjwt_digits *t, const kjwt_digits *n,
                                     kjwt_digit n0inv, uint32_t count,
                                     kjwt_digit carry)
{
    kjwt_digit q[4];
    kjwt_digit u[4] = {0, 0, 0, 0};

    for (uint32_t i = 0; i < 4; i++) {
        kjwt_digit low = t[i];

        for (uint32_t j = 0; j < i; j++)
            mul_add(&low, &u[j], q[j], n[i - j]);
        q[i] = low * n0inv;
        mul_add(&low, &u[i], q[i], n[0]);
    }
    for (uint32_t i = 1; i < 4; i++)
        for (uint32_t j = i; j < 4; j++)
            mul_add(&u[i - 1], &u[j], q[j], n[4 + i - 1 - j]);
    return kjwt_add_four_rows(t + 4, n + 4, count - 4, q, u, carry);
}

uint32_t kjwt_limbs_reduce(kjwt_limb *t, const kjwt_limb *n, uint32_t n0inv,
                           uint32_t words)
{
    const uint32_t count = words / KJWT_DIGIT_LIMBS;
    const kjwt_digits *m = (const kjwt_digits *)n;
    const kjwt_digit m0inv = negated_inverse(m, n0inv);
    kjwt_digits *d = (kjwt_digits *)t;
    kjwt_digit carry = 0;

    for (uint32_t i = 0; i < count; i += 4)
        carry = reduce_four_digits(d + i, m, m0inv, count, carry);
    return (uint32_t)carry;
}

#else
typedef int kjwt_no_rows; /* no empty translation unit */
#endif
