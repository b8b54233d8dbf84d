/*
 * The RSA kernel in portable C: operand scanning, four rows at a time, so that
 * each limb of the product is loaded and stored once per four multiplicands.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "rsa_kernel.h"

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

static uint32_t add_carry(kjwt_limb *limb, uint32_t addend, uint32_t carry)
{
    uint64_t sum = (uint64_t)*limb + addend + carry;

    *limb = (uint32_t)sum;
    return (uint32_t)(sum >> 32);
}

/*
 * t += y[count] * x[4] + u[4], where x[i] * y[0] belongs to t[i] and u[i] to
 * t[i] too, then + carry at t[count]. Writes t[0 .. count + 3] and returns the
 * carry out of it. x[i] * y[j] is added to t[i + j]: column j of the loop runs
 * down a diagonal, u carries from one column to the next.
 *
 *              y0     y1     y2   ...
 *   x0 |      t0     t1     t2
 *   x1 |      t1     t2     t3
 *   x2 |      t2     t3     t4
 *   x3 |      t3     t4     t5
 */
static uint32_t add_four_rows(kjwt_limb *t, const kjwt_limb *y, uint32_t count,
                              const kjwt_limb *x, const uint32_t *u,
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

/*
 * Adds a multiple of n that makes t[0 .. 3] zero. The four quotient digits
 * q[i] depend on each other, so the first four columns are worked out limb by
 * limb; the rest is four rows.
 */
static uint32_t reduce_four_limbs(kjwt_limb *t,
                                  const struct kjwt_modulus *modulus,
                                  uint32_t carry)
{
    const kjwt_limb *n = modulus->n;
    uint32_t q[4];
    uint32_t u[4] = {0, 0, 0, 0};

    for (uint32_t i = 0; i < 4; i++) {
        uint32_t low = t[i];

        for (uint32_t j = 0; j < i; j++)
            mul_add(&low, &u[j], q[j], n[i - j]);
        q[i] = low * modulus->n0inv;
        mul_add(&low, &u[i], q[i], n[0]);
    }
    for (uint32_t i = 1; i < 4; i++)
        for (uint32_t j = i; j < 4; j++)
            mul_add(&u[i - 1], &u[j], q[j], n[4 + i - 1 - j]);
    return add_four_rows(t + 4, n + 4, modulus->words - 4, q, u, carry);
}

uint32_t kjwt_limbs_subtract(kjwt_limb *r, const kjwt_limb *n, uint32_t words)
{
    uint32_t borrow = 0;

    for (uint32_t i = 0; i < words; i++) {
        uint64_t difference = (uint64_t)r[i] - n[i] - borrow;

        r[i] = (uint32_t)difference;
        borrow = (uint32_t)(difference >> 32) & 1;
    }
    return borrow;
}

/* r = t / R mod n for t[2 * words] < R * n or < R * R with the carry. */
static void reduce(kjwt_limb *r, const struct kjwt_modulus *modulus,
                   kjwt_limb *t)
{
    const uint32_t words = modulus->words;
    uint32_t carry = 0;

    for (uint32_t i = 0; i < words; i += 4)
        carry = reduce_four_limbs(t + i, modulus, carry);
    memcpy(r, t + words, words * sizeof *r);
    if (carry != 0)
        kjwt_limbs_subtract(r, modulus->n, words);
}

void kjwt_mont_mul(kjwt_limb *r, const kjwt_limb *a, const kjwt_limb *b,
                   const struct kjwt_modulus *modulus, kjwt_limb *t)
{
    static const uint32_t zero[4] = {0, 0, 0, 0};
    const uint32_t words = modulus->words;

    memset(t, 0, 2 * words * sizeof *t);
    for (uint32_t i = 0; i < words; i += 4)
        add_four_rows(t + i, b, words, a + i, zero, 0);
    reduce(r, modulus, t);
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
void kjwt_mont_square(kjwt_limb *r, const struct kjwt_modulus *modulus,
                      kjwt_limb *t)
{
    const uint32_t words = modulus->words;

    memset(t, 0, 2 * words * sizeof *t);
    for (uint32_t i = 0; i < words; i += 4) {
        const kjwt_limb *x = r + i;
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
        add_four_rows(d + 4, x + 4, words - 4 - i, x, u, 0);
    }
    double_and_add_squares(t, r, words);
    reduce(r, modulus, t);
}
