/*
 * From a modulus to a key.
 * SPDX-License-Identifier: Apache-2.0
 *
 * n0inv: for every odd modulus the lowest BITS bits are right, and Newton's
 * steps do not tell bits apart. subtract, halve: for every modulus of WORDS
 * limbs whose top bit is set, in integers without bounds. target: for every key
 * of 32 WORDS bits over any RSA kernel: the work of three operands and the
 * target are written and nothing else, and the target is below n. thumbprint:
 * the JSON of RFC 7638 goes to the hash, of a key of 32 WORDS bits.
 */
#include <rsa_key.c>

#include "proof.h"

#ifndef WORDS
#define WORDS 2
#endif
#ifndef BITS
#define BITS 8
#endif

static uint32_t n[WORDS];

void proof_n0inv(void)
{
    const uint32_t low[2] = {nondet_u32(), nondet_u32()};
    uint32_t n0inv[2];

    assume((low[0] & 1) == 1);
    kjwt_rsa_n0inv(low, n0inv);
    prove(((low[0] * n0inv[0] + 1) & ((1u << BITS) - 1)) == 0,
          "n * n0inv = -1");
    end_of_proof();
}

typedef unsigned __int128 integer;

static integer integer_of(const kjwt_limb *limbs)
{
    integer value = 0;

    for (int i = WORDS - 1; i >= 0; i--)
        value = value << 32 | limbs[i];
    return value;
}

static void any_limbs(kjwt_limb *limbs)
{
    for (uint32_t i = 0; i < WORDS; i++)
        limbs[i] = nondet_u32();
}

void proof_compare(void)
{
    kjwt_limb y[WORDS], m[WORDS], before[WORDS];

    any_limbs(y);
    any_limbs(m);
    memcpy(before, y, sizeof y);
    prove(is_below(y, m, WORDS) == (integer_of(y) < integer_of(m)), "below");
    subtract(y, m, WORDS);
    prove(integer_of(y) == (integer_of(before) - integer_of(m) &
                            (((integer)1 << 32 * WORDS) - 1)),
          "the difference");
    end_of_proof();
}

void proof_halve(void)
{
    kjwt_limb y[WORDS], m[WORDS];
    integer before;

    any_limbs(y);
    any_limbs(m);
    before = integer_of(y);
    assume((m[0] & 1) == 1 && before < integer_of(m));
    halve(y, m, WORDS);
    prove(2 * integer_of(y) == before + (before % 2 != 0 ? integer_of(m) : 0),
          "twice that is y, mod n");
    prove(integer_of(y) < integer_of(m), "below n");
    end_of_proof();
}

static uint64_t work[3 * WORDS / 2];

/* Of the RSA kernel (rsa_kernel.h). */
void kjwt_limbs_square(kjwt_limb *t, const kjwt_limb *a, uint32_t words)
{
    prove(words == WORDS && a == (kjwt_limb *)work &&
              t == (kjwt_limb *)work + WORDS,
          "operands lie in the work");
    __CPROVER_havoc_slice(t, 2 * WORDS * sizeof *t);
}

uint32_t kjwt_limbs_reduce(kjwt_limb *t, const kjwt_limb *modulus,
                           uint32_t n0inv, uint32_t words)
{
    const uint32_t carry = nondet_u32();

    (void)n0inv;
    prove(words == WORDS && t == (kjwt_limb *)work + WORDS &&
              (const uint32_t *)modulus == n,
          "the work, the modulus");
    __CPROVER_havoc_slice(t, 2 * WORDS * sizeof *t);
    assume(carry <= 1);
    return carry;
}

/* In place of halve(). */
void halves(kjwt_limb *y, const kjwt_limb *modulus, uint32_t words)
{
    prove(words == WORDS && is_below(y, modulus, WORDS), "y is below n");
    __CPROVER_havoc_slice(y, WORDS * sizeof *y);
    assume(is_below(y, modulus, WORDS));
}

void proof_target(void)
{
    const struct kjwt_key key = {NULL, n, NULL, {1, 0}, 32 * WORDS};
    uint32_t *target = any_memory(WORDS * sizeof *target);

    __CPROVER_havoc_object(n);
    assume((n[0] & 1) == 1 && n[WORDS - 1] >> 31 == 1);
    kjwt_rsa_target(&key, work, target);
    prove(is_below((kjwt_limb *)target, (kjwt_limb *)n, WORDS), "below n");
    end_of_proof();
}

#define HEAD "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\""
#define HEAD_SIZE (sizeof HEAD - 1)
#define TEXT_SIZE (HEAD_SIZE + (WORDS * 4 * 4 + 2) / 3 + 2)

static char hashed[TEXT_SIZE];
static size_t hashed_len;
static bool hashing;

kjwt_status kjwt_sha256_init(void *context)
{
    prove(context == work, "a context");
    hashing = true;
    return nondet_status();
}

kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len)
{
    prove(hashing && context == work && len <= sizeof hashed - hashed_len &&
              __CPROVER_r_ok(data, len),
          "no more than the text");
    memcpy(hashed + hashed_len, data, len);
    hashed_len += len;
    return nondet_status();
}

kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE])
{
    prove(hashing && context == work, "the context");
    __CPROVER_havoc_slice(digest, KJWT_SHA256_SIZE);
    return nondet_status();
}

void kjwt_sha256_abort(void *context)
{
    prove(hashing && context == work, "the context");
    hashing = false;
}

static uint32_t sextet(char c)
{
    return c >= 'a'   ? (uint32_t)(c - 'a' + 26)
           : c == '_' ? 63
           : c >= 'A' ? (uint32_t)(c - 'A')
           : c == '-' ? 62
                      : (uint32_t)(c - '0' + 52);
}

void proof_thumbprint(void)
{
    const struct kjwt_key key = {NULL, n, NULL, {1, 0}, 32 * WORDS};
    const size_t bit = any_length(32 * WORDS - 1); /* from the most significant */
    uint8_t *thumbprint = any_memory(KJWT_THUMBPRINT_SIZE);
    kjwt_status status;

    __CPROVER_havoc_object(n);
    status = kjwt_key_thumbprint(&key, work, thumbprint);
    prove(!hashing, "the context is given back");
    if (status != KJWT_OK)
        return;
    prove(hashed_len == TEXT_SIZE, "the whole text");
    prove(memcmp(hashed, HEAD, HEAD_SIZE) == 0 &&
              hashed[TEXT_SIZE - 2] == '"' && hashed[TEXT_SIZE - 1] == '}',
          "RFC 7638 3.2");
    prove((sextet(hashed[HEAD_SIZE + bit / 6]) >> (5 - bit % 6) & 1) ==
              (n[WORDS - 1 - bit / 32] >> (31 - bit % 32) & 1),
          "n in base64url");
    end_of_proof();
}

void proof_text(void)
{
    uint8_t *thumbprint = any_memory(KJWT_THUMBPRINT_SIZE);
    char *text = any_memory(KJWT_THUMBPRINT_TEXT);
    const size_t bit = any_length(8 * KJWT_THUMBPRINT_SIZE - 1);

    kjwt_rsa_thumbprint_text(thumbprint, text);
    prove(text[KJWT_THUMBPRINT_TEXT - 1] == '\0', "terminated");
    prove((sextet(text[bit / 6]) >> (5 - bit % 6) & 1) ==
              (thumbprint[bit / 8] >> (7 - bit % 8) & 1),
          "base64url");
    end_of_proof();
}
