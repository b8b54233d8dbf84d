/*
 * Montgomery's product, as in the Handbook of Applied Cryptography, 14.36.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "montgomery.h"

#include <stdbool.h>
#include <string.h>

/* For an odd n, n is its own inverse mod 8; each of Newton's steps doubles the
 * bits that are right: 3, 6, 12, 24, 48, 96. */
uint64_t montgomery_n0inv(uint64_t n)
{
    uint64_t inverse = n;

    for (int step = 0; step < 5; step++)
        inverse *= 2 - n * inverse;
    return 0 - inverse;
}

/* t += factor a. Returns the carry. */
static uint32_t add_product(uint32_t *t, uint32_t factor, const uint32_t *a,
                            size_t words)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < words; i++) {
        sum = (uint64_t)factor * a[i] + t[i] + (sum >> 32);
        t[i] = (uint32_t)sum;
    }
    return (uint32_t)(sum >> 32);
}

static bool is_below(const uint32_t *a, const uint32_t *b, size_t words)
{
    while (words-- > 0)
        if (a[words] != b[words])
            return a[words] < b[words];
    return false;
}

static void subtract(uint32_t *a, const uint32_t *b, size_t words)
{
    uint64_t difference = 0;

    for (size_t i = 0; i < words; i++) {
        difference = (uint64_t)a[i] - b[i] - (difference >> 63);
        a[i] = (uint32_t)difference;
    }
}

/* a = a a / R mod n, below n. */
static void square(uint32_t *a, const uint32_t *n, uint32_t n0inv, size_t words)
{
    uint32_t room[2 * MONTGOMERY_MAX_WORDS] = {0};
    uint32_t *t = room; /* moves up where a word of it has become zero */
    uint32_t carry = 0;

    for (size_t i = 0; i < words; i++, t++) {
        uint64_t top = (uint64_t)carry + add_product(t, a[i], a, words);

        top += add_product(t, t[0] * n0inv, n, words);
        t[words] = (uint32_t)top;
        carry = (uint32_t)(top >> 32);
    }
    if (carry != 0 || !is_below(t, n, words))
        subtract(t, n, words);
    memcpy(a, t, words * sizeof *a);
}

/* a = a / 2 mod n: the even one of a and a + n. */
static void halve(uint32_t *a, const uint32_t *n, size_t words)
{
    uint32_t carry = a[0] % 2 != 0 ? add_product(a, 1, n, words) : 0;

    for (size_t i = 0; i + 1 < words; i++)
        a[i] = a[i] >> 1 | a[i + 1] << 31;
    a[words - 1] = a[words - 1] >> 1 | carry << 31;
}

/* A square of R^-k is R^-(2 k + 1): 0, 1, 3, ... 65535. */
void montgomery_target(const uint32_t *n, uint32_t n0inv, size_t words,
                       uint32_t *target)
{
    memset(target, 0, words * sizeof *target);
    target[0] = 1;
    for (int i = 0; i < 16; i++)
        square(target, n, n0inv, words);
    for (int i = 0; i < 15; i++)
        halve(target, n, words);
}
