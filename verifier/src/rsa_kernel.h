/*
 * The RSA kernel: Montgomery multiplication, one file per architecture.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Operands are little-endian arrays of `words` 32-bit limbs, words a multiple
 * of 4, aligned to 8 bytes. R = 2^(32 words). n is odd with its top bit set.
 * Results are below R and right modulo n, not always below n.
 */
#ifndef KJWT_RSA_KERNEL_H
#define KJWT_RSA_KERNEL_H

#include "kjwt.h"

/* Limbs lie in memory that the caller declared as something else. */
#if defined(__GNUC__)
typedef uint32_t __attribute__((may_alias)) kjwt_limb;
#else
typedef uint32_t kjwt_limb;
#endif

struct kjwt_modulus {
    const kjwt_limb *n;
    uint32_t n0inv; /* -n^-1 mod 2^32 */
    uint32_t words;
};

/* r = a * b / R mod n. t is scratch of 2 * words limbs; r may be a or b. */
void kjwt_mont_mul(kjwt_limb *r, const kjwt_limb *a, const kjwt_limb *b,
                   const struct kjwt_modulus *modulus, kjwt_limb *t);

/* r = r * r / R mod n. */
void kjwt_mont_square(kjwt_limb *r, const struct kjwt_modulus *modulus,
                      kjwt_limb *t);

/* r -= n, modulo R. Returns the borrow. */
uint32_t kjwt_limbs_subtract(kjwt_limb *r, const kjwt_limb *n, uint32_t words);

#endif
