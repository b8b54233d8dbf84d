/*
 * RSA with a modulus of 64 small primes: by the Chinese remainder theorem each
 * signature is 64 exponentiations of one word, which take microseconds.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "stand_in.h"

#include <string.h>

#include <mbedtls/sha256.h>

#define E     UINT64_C(65537)
#define COUNT STAND_IN_PRIMES

/* The words of a message's digest; those above are the padding. */
#define DIGEST_WORDS 8

/* The largest primes below 2^32, as distances from it. */
static const uint16_t distances[COUNT] = {
    5,    17,   65,   99,   107,  135,  153,  185,  209,  267,  299,
    315,  353,  369,  387,  419,  467,  483,  527,  629,  635,  639,
    645,  657,  677,  705,  713,  743,  819,  849,  855,  869,  923,
    929,  959,  999,  1053, 1059, 1065, 1079, 1109, 1119, 1133, 1143,
    1167, 1175, 1197, 1209, 1223, 1253, 1289, 1295, 1319, 1325, 1329,
    1347, 1359, 1385, 1409, 1449, 1455, 1457, 1475, 1503};

/* Of 2048 bits, least significant word first. */
struct number {
    uint32_t words[COUNT];
};

static uint64_t prime(size_t i)
{
    return (UINT64_C(1) << 32) - distances[i];
}

/* ------------------------------------------------------- small numbers --- */

/* x mod p: 2^32 is p's distance from it, mod p. */
static uint32_t reduce(uint64_t x, size_t i)
{
    x = (x >> 32) * distances[i] + (uint32_t)x;
    x = (x >> 32) * distances[i] + (uint32_t)x;
    return (uint32_t)(x >= prime(i) ? x - prime(i) : x);
}

static uint32_t power(uint32_t base, uint64_t exponent, size_t i)
{
    uint32_t result = 1;

    for (; exponent > 0; exponent >>= 1) {
        if (exponent & 1)
            result = reduce((uint64_t)result * base, i);
        base = reduce((uint64_t)base * base, i);
    }
    return result;
}

/* e * d = 1 mod (p - 1): the k with p - 1 | k (p - 1) + 1 = e d has
 * k = -1 / (p - 1) mod e, and 1 / x = x^(e - 2) = x^65535, since e is a prime.
 */
static uint32_t private_exponent(uint64_t p)
{
    uint64_t x = E - (p - 1) % E;
    uint64_t k = 1;

    for (int i = 0; i < 16; i++) {
        k = k * x % E;
        x = x * x % E;
    }
    return (uint32_t)((k * (p - 1) + 1) / E);
}

/* ------------------------------------------------------- large numbers --- */

/* number = number * factor + term; what exceeds 2048 bits is lost. */
static void multiply_add(struct number *number, uint64_t factor, uint64_t term)
{
    for (size_t i = 0; i < COUNT; i++) {
        term += number->words[i] * factor;
        number->words[i] = (uint32_t)term;
        term >>= 32;
    }
}

/* high 2^(32 count) + the lowest words of the number, modulo a prime. */
static uint32_t modulo(uint32_t high, const struct number *number, size_t count,
                       size_t i)
{
    while (count-- > 0)
        high = reduce((uint64_t)high << 32 | number->words[count], i);
    return high;
}

static void from_bytes(const uint8_t bytes[STAND_IN_BYTES],
                       struct number *number)
{
    for (size_t i = 0; i < COUNT; i++) {
        const uint8_t *at = bytes + STAND_IN_BYTES - 4 * (i + 1);

        number->words[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
                           (uint32_t)at[2] << 8 | at[3];
    }
}

static void to_bytes(const struct number *number, uint8_t bytes[STAND_IN_BYTES])
{
    for (size_t i = 0; i < STAND_IN_BYTES; i++)
        bytes[STAND_IN_BYTES - 1 - i] =
            (uint8_t)(number->words[i / 4] >> 8 * (i % 4));
}

/* d0 + p0 (d1 + p1 (d2 + ...)), modulo a prime, as far as there are digits. */
static uint32_t sum_of_digits(const struct stand_in *stand_in,
                              const uint32_t digits[COUNT], size_t i)
{
    uint64_t low = 0;
    uint64_t high = 0;

    for (size_t j = 0; j < i; j++) {
        uint64_t product = (uint64_t)digits[j] * stand_in->places[i][j];

        low += (uint32_t)product;
        high += product >> 32;
    }
    return reduce(high * distances[i] + low, i);
}

/* The number with these remainders, by Garner's mixed radix. */
static void combine(const struct stand_in *stand_in,
                    const uint32_t remainders[COUNT], struct number *number)
{
    uint32_t digits[COUNT];

    for (size_t i = 0; i < COUNT; i++) {
        uint32_t rest = reduce(
            remainders[i] + prime(i) - sum_of_digits(stand_in, digits, i), i);

        digits[i] = reduce((uint64_t)rest * stand_in->inverses[i], i);
    }
    memset(number, 0, sizeof *number);
    for (size_t i = COUNT; i-- > 0;)
        multiply_add(number, prime(i), digits[i]);
}

/* ----------------------------------------------------------------- RSA --- */

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2): 00 01 ff .. ff 00 DigestInfo, with a digest
 * of zeros. */
static void pad(uint8_t em[STAND_IN_BYTES])
{
    static const uint8_t digest_info[] = {
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
        0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    uint8_t *digest = em + STAND_IN_BYTES - 4 * DIGEST_WORDS;
    uint8_t *info = digest - sizeof digest_info;

    memset(em, 0xff, STAND_IN_BYTES);
    em[0] = 0;
    em[1] = 1;
    info[-1] = 0;
    memcpy(info, digest_info, sizeof digest_info);
    memset(digest, 0, 4 * DIGEST_WORDS);
}

static void prepare(struct stand_in *stand_in)
{
    uint8_t em[STAND_IN_BYTES];
    struct number padding;

    pad(em);
    from_bytes(em, &padding);
    memmove(padding.words, padding.words + DIGEST_WORDS,
            (COUNT - DIGEST_WORDS) * sizeof padding.words[0]);
    for (size_t i = 0; i < COUNT; i++) {
        uint32_t place = 1;

        for (size_t j = 0; j < i; j++) {
            stand_in->places[i][j] = place;
            place = reduce(place * prime(j), i);
        }
        stand_in->inverses[i] = power(place, prime(i) - 2, i);
        stand_in->exponents[i] = private_exponent(prime(i));
        stand_in->paddings[i] = modulo(0, &padding, COUNT - DIGEST_WORDS, i);
    }
}

bool stand_in_open(struct stand_in *stand_in, struct error *error)
{
    static const uint8_t exponent[] = {1, 0, 1};
    struct number modulus = {.words = {1}};
    uint8_t bytes[STAND_IN_BYTES];

    for (size_t i = 0; i < COUNT; i++)
        multiply_add(&modulus, prime(i), 0);
    to_bytes(&modulus, bytes);
    prepare(stand_in);
    return public_key_from_modulus(bytes, sizeof bytes, exponent,
                                   sizeof exponent, &stand_in->key, error);
}

bool stand_in_sign(const struct stand_in *stand_in, const void *message,
                   size_t len, uint8_t signature[STAND_IN_BYTES],
                   struct error *error)
{
    uint8_t em[STAND_IN_BYTES] = {0};
    struct number number;
    uint32_t remainders[COUNT];

    if (mbedtls_sha256(message, len, em + STAND_IN_BYTES - 4 * DIGEST_WORDS,
                       0) != 0)
        return out_of_memory(error);
    from_bytes(em, &number);
    for (size_t i = 0; i < COUNT; i++)
        remainders[i] =
            power(modulo(stand_in->paddings[i], &number, DIGEST_WORDS, i),
                  stand_in->exponents[i], i);
    combine(stand_in, remainders, &number);
    to_bytes(&number, signature);
    return true;
}
