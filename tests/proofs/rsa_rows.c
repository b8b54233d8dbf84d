/*
 * The RSA kernel in portable C, on operands of WORDS limbs: whatever they hold,
 * the products, squares and reductions keep to them. Control flow and addresses
 * do not depend on the limbs, so each size is one path.
 * SPDX-License-Identifier: Apache-2.0
 */
#define KJWT_RSA_PORTABLE
#ifndef A_WORDS
#define A_WORDS 16
#endif
#include <rsa_portable.c>
#include <rsa_rows.c>

#include "proof.h"

void proof_multiply(void)
{
    kjwt_limb *t = any_memory((A_WORDS + WORDS) * sizeof *t);
    kjwt_limb *a = any_memory(A_WORDS * sizeof *a);
    kjwt_limb *b = any_memory(WORDS * sizeof *b);

    prove(kjwt_limbs_multiply_add(t, a, A_WORDS, b, WORDS) <= 1, "a carry");
    end_of_proof();
}

void proof_square(void)
{
    kjwt_limb *t = any_memory(2 * WORDS * sizeof *t);
    kjwt_limb *a = any_memory(WORDS * sizeof *a);

    kjwt_limbs_square(t, a, WORDS);
    end_of_proof();
}

void proof_reduce(void)
{
    kjwt_limb *t = any_memory(2 * WORDS * sizeof *t);
    kjwt_limb *n = any_memory(WORDS * sizeof *n);

    (void)kjwt_limbs_reduce(t, n, nondet_u32(), WORDS);
    end_of_proof();
}
