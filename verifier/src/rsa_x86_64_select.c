/*
 * Which of the two kernels of rsa_x86_64.S this processor gets.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The compiler's library has asked the processor at the program's start; before
 * that every answer is no, and the kernel for all processors serves. Asking here
 * would take longer than the choice saves: CPUID traps in virtual machines.
 */
#include "rsa_kernel.h"

#if defined(KJWT_RSA_X86_64)

uint32_t kjwt_limbs_multiply_add_mul(kjwt_limb *t, const kjwt_limb *a,
                                     uint32_t a_words, const kjwt_limb *b,
                                     uint32_t words);
uint32_t kjwt_limbs_multiply_add_adx(kjwt_limb *t, const kjwt_limb *a,
                                     uint32_t a_words, const kjwt_limb *b,
                                     uint32_t words);
void kjwt_limbs_square_mul(kjwt_limb *t, const kjwt_limb *a, uint32_t words);
void kjwt_limbs_square_adx(kjwt_limb *t, const kjwt_limb *a, uint32_t words);
uint32_t kjwt_limbs_reduce_mul(kjwt_limb *t, const kjwt_limb *n, uint32_t n0inv,
                               uint32_t words);
uint32_t kjwt_limbs_reduce_adx(kjwt_limb *t, const kjwt_limb *n, uint32_t n0inv,
                               uint32_t words);

/* What __builtin_cpu_supports("adx") reads, which clang up to 18 does not know:
 * features 32 to 63 in the order of libgcc and compiler-rt. A library that does
 * not set it says no. */
extern const uint32_t cpu_features2[] __asm__("__cpu_features2");
#define FEATURE_ADX 40

static bool has_adx(void)
{
    return __builtin_cpu_supports("bmi2") &&
           (cpu_features2[0] >> (FEATURE_ADX - 32) & 1) != 0;
}

uint32_t kjwt_limbs_multiply_add(kjwt_limb *t, const kjwt_limb *a,
                                 uint32_t a_words, const kjwt_limb *b,
                                 uint32_t words)
{
    return has_adx() ? kjwt_limbs_multiply_add_adx(t, a, a_words, b, words)
                     : kjwt_limbs_multiply_add_mul(t, a, a_words, b, words);
}

void kjwt_limbs_square(kjwt_limb *t, const kjwt_limb *a, uint32_t words)
{
    if (has_adx())
        kjwt_limbs_square_adx(t, a, words);
    else
        kjwt_limbs_square_mul(t, a, words);
}

uint32_t kjwt_limbs_reduce(kjwt_limb *t, const kjwt_limb *n, uint32_t n0inv,
                           uint32_t words)
{
    return has_adx() ? kjwt_limbs_reduce_adx(t, n, n0inv, words)
                     : kjwt_limbs_reduce_mul(t, n, n0inv, words);
}

#endif
