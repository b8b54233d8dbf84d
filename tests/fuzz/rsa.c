/*
 * The RSA operation beside OpenSSL's.
 *
 *   0  an encoded message, changed or not, raised to the private exponent:
 *      accepted exactly when it is the expected block
 *   1  any signature: OpenSSL's s^e mod n decides
 *   2  products, squares and reduction of any numbers
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/bn.h>

#include "crypto.h"
#include "proof.h"
#include "rsa_kernel.h"
#include "signing.h"

#define BYTES 256
#define WORDS (BYTES / 4)

static const uint8_t digest_info[19] = {0x30, 0x31, 0x30, 0x0d, 0x06,
                                        0x09, 0x60, 0x86, 0x48, 0x01,
                                        0x65, 0x03, 0x04, 0x02, 0x01,
                                        0x05, 0x00, 0x04, 0x20};

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2) */
static void encode(const uint8_t digest[32], uint8_t block[BYTES])
{
    memset(block, 0xff, BYTES);
    block[0] = 0;
    block[1] = 1;
    block[BYTES - 52] = 0;
    memcpy(block + BYTES - 51, digest_info, sizeof digest_info);
    memcpy(block + BYTES - 32, digest, 32);
}

static bool verify(const struct kjwt_key *key, const uint8_t digest[32],
                   const uint8_t signature[BYTES])
{
    static uint64_t work[KJWT_WORK_SIZE(2048) / 8];
    char *buffer = malloc(BYTES + 7);
    uint32_t proof = 0;
    kjwt_status status;

    must(buffer != NULL, "there is memory");
    memcpy(buffer, signature, BYTES);
    status = kjwt_rsassa_verify(key, digest, buffer, BYTES, work, &proof);
    free(buffer);
    must((status == KJWT_OK) == (proof == KJWT_PROOF_SIGNATURE) ||
             status == KJWT_ERR_SIGNATURE_RANGE,
         "the proof tells what the status tells");
    return status == KJWT_OK;
}

static void modulus_of(const struct kjwt_key *key, uint8_t bytes[BYTES])
{
    for (size_t i = 0; i < BYTES; i++)
        bytes[BYTES - 1 - i] = (uint8_t)(key->n[i / 4] >> (8 * (i % 4)));
}

/* OpenSSL's verdict: s < n and s^65537 mod n is the block. */
static bool openssl_verify(const struct kjwt_key *key,
                           const uint8_t block[BYTES],
                           const uint8_t signature[BYTES])
{
    uint8_t modulus[BYTES];
    uint8_t result[BYTES];
    BN_CTX *context = BN_CTX_new();
    BIGNUM *s = BN_bin2bn(signature, BYTES, NULL);
    BIGNUM *e = BN_new();
    BIGNUM *n;
    bool accepted = false;

    modulus_of(key, modulus);
    n = BN_bin2bn(modulus, BYTES, NULL);
    must(BN_set_word(e, 65537) == 1, "OpenSSL works");
    if (BN_cmp(s, n) < 0) {
        must(BN_mod_exp(s, s, e, n, context) == 1 &&
                 BN_bn2binpad(s, result, BYTES) == BYTES,
             "OpenSSL works");
        accepted = memcmp(result, block, BYTES) == 0;
    }
    BN_free(n);
    BN_free(s);
    BN_free(e);
    BN_CTX_free(context);
    return accepted;
}

/* Up to eight changes of the block: where, what. */
static void change(uint8_t block[BYTES], struct fuzz_input *input)
{
    for (int i = 0; i < 8 && input->len >= 2; i++) {
        uint8_t at = fuzz_byte(input);

        block[at] ^= fuzz_byte(input);
    }
    /* Below the modulus, whose top bit is set. */
    block[0] &= 0x7f;
}

static void try_signature(const struct kjwt_key *key, struct fuzz_input *input,
                          bool signed_block)
{
    uint8_t digest[32];
    uint8_t block[BYTES];
    uint8_t changed[BYTES];
    uint8_t signature[BYTES] = {0};
    bool accepted;

    for (size_t i = 0; i < sizeof digest; i++)
        digest[i] = fuzz_byte(input);
    encode(digest, block);
    memcpy(changed, block, BYTES);
    if (signed_block) {
        change(changed, input);
        signing_block(changed, signature);
    } else {
        for (size_t i = 0; i < BYTES; i++)
            signature[i] = fuzz_byte(input);
    }
    accepted = verify(key, digest, signature);
    must(accepted == openssl_verify(key, block, signature),
         "OpenSSL gives the same verdict");
    if (signed_block)
        must(accepted == (memcmp(changed, block, BYTES) == 0),
             "exactly the expected block is accepted");
}

/* -------------------------------------------------------------- kernel --- */

static BIGNUM *number_of(const kjwt_limb *limbs, size_t words)
{
    BIGNUM *number = BN_lebin2bn((const uint8_t *)limbs, (int)(4 * words), NULL);

    must(number != NULL, "OpenSSL works");
    return number;
}

static void fill(kjwt_limb *limbs, size_t words, struct fuzz_input *input)
{
    /* Runs of ones and zeros make carries: a byte, and how often. */
    for (size_t i = 0; i < words;) {
        uint32_t byte = fuzz_byte(input);
        size_t times = 1 + fuzz_byte(input) % 8;

        for (; times-- > 0 && i < words; i++)
            limbs[i] = byte * 0x01010101u ^ (uint32_t)fuzz_byte(input);
    }
}

static uint32_t n0inv_of(uint32_t n)
{
    uint32_t inverse = 1;

    for (int i = 0; i < 5; i++)
        inverse *= 2 - n * inverse;
    return 0u - inverse;
}

static void check_product(const kjwt_limb *a, const kjwt_limb *b)
{
    _Alignas(8) kjwt_limb product[2 * WORDS] = {0};
    _Alignas(8) kjwt_limb square[2 * WORDS];
    BN_CTX *context = BN_CTX_new();
    BIGNUM *big_a = number_of(a, WORDS);
    BIGNUM *big_b = number_of(b, WORDS);
    BIGNUM *expected = BN_new();
    BIGNUM *got;

    must(kjwt_limbs_multiply_add(product, a, WORDS, b, WORDS) == 0,
         "a product alone leaves no carry");
    got = number_of(product, sizeof product / 4);
    must(BN_mul(expected, big_a, big_b, context) == 1 &&
             BN_cmp(got, expected) == 0,
         "products are OpenSSL's");
    BN_free(got);
    kjwt_limbs_square(square, a, WORDS);
    got = number_of(square, sizeof square / 4);
    must(BN_sqr(expected, big_a, context) == 1 && BN_cmp(got, expected) == 0,
         "squares are OpenSSL's");
    BN_free(got);
    BN_free(big_a);
    BN_free(big_b);
    BN_free(expected);
    BN_CTX_free(context);
}

/* t / R mod n, for any t < R^2: below R + n, and congruent. */
static void check_reduction(const kjwt_limb *t, const kjwt_limb *n)
{
    _Alignas(8) kjwt_limb reduced[2 * WORDS];
    BN_CTX *context = BN_CTX_new();
    BIGNUM *big_t = number_of(t, sizeof reduced / 4);
    BIGNUM *big_n = number_of(n, WORDS);
    BIGNUM *got;
    uint32_t carry;

    memcpy(reduced, t, sizeof reduced);
    carry = kjwt_limbs_reduce(reduced, n, n0inv_of(n[0]), WORDS);
    got = number_of(reduced + WORDS, WORDS);
    must(carry <= 1 && (carry == 0 || BN_set_bit(got, 32 * WORDS) == 1),
         "a reduction carries one bit at most");
    must(BN_lshift(got, got, 32 * WORDS) == 1 &&
             BN_mod(got, got, big_n, context) == 1 &&
             BN_mod(big_t, big_t, big_n, context) == 1 &&
             BN_cmp(got, big_t) == 0,
         "a reduction is congruent to OpenSSL's");
    BN_free(got);
    BN_free(big_t);
    BN_free(big_n);
    BN_CTX_free(context);
}

static void try_kernel(struct fuzz_input *input)
{
    _Alignas(8) kjwt_limb a[WORDS];
    _Alignas(8) kjwt_limb b[WORDS];
    _Alignas(8) kjwt_limb t[2 * WORDS];

    fill(a, WORDS, input);
    fill(b, WORDS, input);
    check_product(a, b);
    fill(t, sizeof t / 4, input);
    a[0] |= 1;
    a[WORDS - 1] |= 0x80000000u;
    check_reduction(t, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kjwt_key key = signing_key();
    struct fuzz_input input = {data, size};
    uint8_t mode = fuzz_byte(&input) % 3;

    if (mode < 2)
        try_signature(&key, &input, mode == 0);
    else
        try_kernel(&input);
    return 0;
}
