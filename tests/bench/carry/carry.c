/*
 * The RSA kernel on operands whose limbs carry: all results go into a hash,
 * which tests/bench/carry/run works out independently, on the same numbers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Input, a line: BITS COUNT WHOLE. Output: "multiply HASH", "square HASH" and
 * "reduce HASH" over COUNT operations each, "whole HASH" over WHOLE signatures,
 * then the end.
 */
#include <string.h>

#include "board.h"
#include "console.h"
#include "crypto.h"
#include "rsa_kernel.h"

#define MAX_WORDS 128

static uint64_t hash_memory[KJWT_HASH_CONTEXT_MAX / 8];
static KJWT_ALIGNED(8) kjwt_limb a[MAX_WORDS], b[MAX_WORDS],
    t[2 * MAX_WORDS + 2];
static KJWT_WORK(work, 32 * MAX_WORDS);
static uint32_t seed;

/* Half of the limbs are at the edges, the others random. */
static uint32_t stress_limb(void)
{
    static const uint32_t edges[8] = {0, 0xffffffff, 0x80000000, 0x7fffffff,
                                      1, 0xfffffffe, 0xffff0000, 0x0000ffff};

    seed = seed * 1664525u + 1013904223u;
    return seed >> 31 != 0 ? edges[seed >> 10 & 7] : seed * 0x9e3779b1u;
}

/* All limbs of a quarter of the numbers are the same: a carry runs through. */
static void fill(kjwt_limb *limbs, uint32_t words)
{
    const kjwt_limb first = stress_limb();
    const bool all_same = (seed >> 8 & 3) == 0;

    for (uint32_t i = 0; i < words; i++)
        limbs[i] = all_same ? first : stress_limb();
}

static void add_to_hash(const kjwt_limb *limbs, uint32_t words)
{
    for (uint32_t i = 0; i < words; i++) {
        const uint8_t bytes[4] = {(uint8_t)limbs[i], (uint8_t)(limbs[i] >> 8),
                                  (uint8_t)(limbs[i] >> 16),
                                  (uint8_t)(limbs[i] >> 24)};

        (void)kjwt_sha256_update(hash_memory, bytes, sizeof bytes);
    }
}

static void multiply(uint32_t words)
{
    fill(a, words);
    fill(b, words);
    memset(t, 0, sizeof t);
    (void)kjwt_limbs_multiply_add(t, a, words, b, words);
    add_to_hash(t, 2 * words);
}

static void square(uint32_t words)
{
    fill(a, words);
    kjwt_limbs_square(t, a, words);
    add_to_hash(t, 2 * words);
}

static uint32_t negated_inverse(uint32_t odd)
{
    uint32_t inverse = odd;

    for (int i = 0; i < 5; i++)
        inverse *= 2 - odd * inverse; /* Newton doubles the right bits */
    return 0u - inverse;
}

/* Any t, also one that is no product below n^2. */
static void reduce(uint32_t words)
{
    kjwt_limb carry;

    fill(a, words);
    fill(t, 2 * words);
    a[0] |= 1;
    a[words - 1] |= 0x80000000;
    carry = kjwt_limbs_reduce(t, a, negated_inverse(a[0]), words);
    add_to_hash(t + words, words);
    add_to_hash(&carry, 1);
}

/* s is 0, 1, n - 1, n, or any below n. */
static void choose_signature(kjwt_limb *s, const kjwt_limb *n, uint32_t words,
                             uint32_t choice)
{
    fill(s, words);
    s[words - 1] &= 0x7fffffff;
    if (choice < 2)
        memset(s, 0, words * sizeof *s);
    else if (choice < 4)
        memcpy(s, n, words * sizeof *s);
    if (choice == 1 || choice == 2)
        s[0] ^= 1;
}

static void put_be32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* A signature under any n, once in eight 2^bits - 1, and any target: what it
 * came to, less the target, stands in the work. */
static void whole(uint32_t words)
{
    static uint32_t count;
    struct kjwt_key key = {.n = (const uint32_t *)a,
                           .target = (const uint32_t *)b,
                           .bits = 32 * words};
    uint8_t digest[KJWT_SHA256_SIZE];
    char *signature = (char *)(t + MAX_WORDS);
    uint32_t proof = 0;
    kjwt_limb status;

    fill(a, words);
    if (count % 8 == 7)
        memset(a, 0xff, words * sizeof *a);
    a[0] |= 1;
    a[words - 1] |= 0x80000000;
    fill(b, words);
    choose_signature(t, a, words, count++ % 16);
    for (uint32_t i = 0; i < words; i++)
        put_be32((uint8_t *)signature + 4 * i, t[words - 1 - i]);
    for (uint32_t i = 0; i < sizeof digest; i += 4)
        put_be32(digest + i, stress_limb());
    key.n0inv[0] = negated_inverse(a[0]);
    status = (uint32_t)kjwt_rsassa_verify(&key, digest, signature, 4 * words,
                                          work, &proof);
    add_to_hash(&status, 1);
    add_to_hash(&proof, 1);
    if (proof != 0)
        add_to_hash((const kjwt_limb *)work, words);
}

static void run(const char *name, void (*operation)(uint32_t), uint32_t words,
                uint32_t count)
{
    uint8_t hash[KJWT_SHA256_SIZE];

    (void)kjwt_sha256_init(hash_memory);
    for (uint32_t i = 0; i < count; i++)
        operation(words);
    (void)kjwt_sha256_finish(hash_memory, hash);
    console_text(name);
    for (uint32_t i = 0; i < sizeof hash; i++) {
        board_put("0123456789abcdef"[hash[i] >> 4]);
        board_put("0123456789abcdef"[hash[i] & 15]);
    }
    board_put('\n');
}

static uint32_t read_number(void)
{
    uint32_t number = 0;
    int byte;

    while ((byte = board_get()) >= '0' && byte <= '9')
        number = number * 10 + (uint32_t)(byte - '0');
    return number;
}

int main(void)
{
    uint32_t words;
    uint32_t count;
    uint32_t whole_count;

    board_init();
    console_text("# carry\n");
    words = read_number() / 32;
    count = read_number();
    whole_count = read_number();
    seed = words;
    if (words <= MAX_WORDS && words % 16 == 0) {
        run("multiply ", multiply, words, count);
        run("square ", square, words, count);
        run("reduce ", reduce, words, count);
        run("whole ", whole, words, whole_count);
    }
    board_exit(0);
}
