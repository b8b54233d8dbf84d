/*
 * The RSA kernel by operand scanning, four rows at a time.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "rsa_rows.h"

#if KJWT_RSA_ROWS

static const uint32_t zero[4];

uint32_t kjwt_limbs_multiply_add(kjwt_limb *t, const kjwt_limb *a,
                                 uint32_t a_words, const kjwt_limb *b,
                                 uint32_t words)
{
    uint32_t carry = 0;

    for (uint32_t i = 0; i < a_words; i += 4)
        carry = kjwt_add_four_rows(t + i, b, words, a + i, zero, carry);
    return carry;
}

/* t = 2 t + the squares of a's limbs. */
static void double_and_add_squares(kjwt_limb *t, const kjwt_limb *a,
                                   uint32_t words)
{
    uint32_t shifted_out = 0;
    uint32_t carry = 0;

    for (uint32_t i = 0; i < words; i++) {
        uint32_t low = t[2 * i], high = t[2 * i + 1];
        uint32_t low2 = low << 1 | shifted_out;
        uint32_t high2 = high << 1 | low >> 31;
        uint64_t sum;

        shifted_out = high >> 31;
        mul_add(&low2, &carry, a[i], a[i]);
        sum = (uint64_t)high2 + carry;
        t[2 * i] = low2;
        t[2 * i + 1] = (uint32_t)sum;
        carry = (uint32_t)(sum >> 32);
    }
}

/* The products of different limbs stand once in t, then all are doubled and
 * the squares added. The six products within four limbs come first, then
 * these four limbs times all higher ones. */
void kjwt_limbs_square(kjwt_limb *t, const kjwt_limb *a, uint32_t words)
{
    memset(t, 0, 2 * words * sizeof *t);
    for (uint32_t i = 0; i < words; i += 4) {
        const kjwt_limb *x = a + i;
        kjwt_limb *d = t + 2 * i;
        uint32_t u[4] = {0, 0, 0, 0};
        uint32_t d1 = d[1], d2 = d[2], d3 = d[3];

        mul_add(&d1, &u[0], x[0], x[1]);
        mul_add(&d2, &u[0], x[0], x[2]);
        mul_add(&d3, &u[0], x[0], x[3]);
        mul_add(&d3, &u[1], x[1], x[2]);
        mul_add(&u[0], &u[1], x[1], x[3]);
        mul_add(&u[1], &u[2], x[2], x[3]);
        d[1] = d1;
        d[2] = d2;
        d[3] = d3;
        (void)kjwt_add_four_rows(d + 4, x + 4, words - 4 - i, x, u, 0);
    }
    double_and_add_squares(t, a, words);
}

/*
 * Adds a multiple of n that makes t[0 .. 3] zero. The four quotient digits
 * q[i] depend on each other, so the first four columns are worked out limb by
 * limb; the rest is four rows.
 */
static uint32_t reduce_four_limbs(kjwt_limb *t, const kjwt_limb *n,
                                  uint32_t n0inv, uint32_t words,
                                  uint32_t carry)
{
    uint32_t q[4];
    uint32_t u[4] = {0, 0, 0, 0};

    for (uint32_t i = 0; i < 4; i++) {
        uint32_t low = t[i];

        for (uint32_t j = 0; j < i; j++)
            mul_add(&low, &u[j], q[j], n[i - j]);
        q[i] = low * n0inv;
        mul_add(&low, &u[i], q[i], n[0]);
    }
    for (uint32_t i = 1; i < 4; i++)
        for (uint32_t j = i; j < 4; j++)
            mul_add(&u[i - 1], &u[j], q[j], n[4 + i - 1 - j]);
    return kjwt_add_four_rows(t + 4, n + 4, words - 4, q, u, carry);
}

uint32_t kjwt_limbs_reduce(kjwt_limb *t, const kjwt_limb *n, uint32_t n0inv,
                           uint32_t words)
{
    uint32_t carry = 0;

    for (uint32_t i = 0; i < words; i += 4)
        carry = reduce_four_limbs(t + i, n, n0inv, words, carry);
    return carry;
}

#else
typedef int kjwt_no_rows; /* no empty translation unit */
#endif
