/*
 * RSASSA-PKCS1-v1_5 over any RSA kernel, for every key, digest and signature of
 * 32 WORDS bits: the signature, its 7 bytes of slack, the work of three
 * operands and nothing else is written; the subtractions at the end come to an
 * end, whatever the kernel yields.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <rsassa.c>

#include "proof.h"

static uint32_t n[WORDS];
static uint32_t target[WORDS];
static uint64_t work[3 * WORDS / 2];

static bool may_read(const kjwt_limb *limbs, uint32_t words)
{
    return __CPROVER_r_ok(limbs, words * sizeof *limbs);
}

static uint32_t product(kjwt_limb *t)
{
    const uint32_t carry = nondet_u32();

    prove(t == (kjwt_limb *)work + WORDS, "products lie in the work");
    __CPROVER_havoc_slice(t, 2 * WORDS * sizeof *t);
    assume(carry <= 1);
    return carry;
}

uint32_t kjwt_limbs_multiply_add(kjwt_limb *t, const kjwt_limb *a,
                                 uint32_t a_words, const kjwt_limb *b,
                                 uint32_t words)
{
    prove(words == WORDS && a_words % 16 == 0 && a_words <= WORDS &&
              may_read(a, a_words) && may_read(b, words),
          "factors of their sizes");
    return product(t);
}

void kjwt_limbs_square(kjwt_limb *t, const kjwt_limb *a, uint32_t words)
{
    prove(words == WORDS && may_read(a, words), "a factor of its size");
    (void)product(t);
}

uint32_t kjwt_limbs_reduce(kjwt_limb *t, const kjwt_limb *modulus,
                           uint32_t n0inv, uint32_t words)
{
    (void)n0inv;
    prove(words == WORDS && (const uint32_t *)modulus == n, "the modulus");
    return product(t);
}

void proof_verify(void)
{
    const size_t len = any_length(WORDS * 4 + 1);
    char memory[1 + WORDS * 4 + 7]; /* misaligned: all of the slack is used */
    char *const buffer = memory + 1;
    uint8_t digest[KJWT_SHA256_SIZE];
    const struct kjwt_key key = {NULL, n, target, {1, 0}, 32 * WORDS};
    uint32_t proof = 0;
    kjwt_status status;

    __CPROVER_havoc_object(n);
    __CPROVER_havoc_object(target);
    assume(n[WORDS - 1] >> 31 == 1);
    status = kjwt_rsassa_verify(&key, digest, buffer, len, work, &proof);
    prove(status == KJWT_OK || status == KJWT_ERR_SIGNATURE ||
              status == KJWT_ERR_SIGNATURE_LENGTH ||
              status == KJWT_ERR_SIGNATURE_RANGE,
          "the status");
    prove((len == WORDS * 4) || status == KJWT_ERR_SIGNATURE_LENGTH,
          "a signature of the modulus's length");
    prove(status != KJWT_OK || proof == KJWT_PROOF_SIGNATURE,
          "no difference, no trace in the proof");
    end_of_proof();
}
