/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "crypto.h"
#include "kjwt_keyset.h"
#include "rsa_kernel.h"
#include "rsa_key.h"

/* For an odd n, n is its own inverse mod 8; each of Newton's steps doubles the
 * bits that are right: 3, 6, 12, 24, 48, 96. */
void kjwt_rsa_n0inv(const uint32_t *n, uint32_t n0inv[2])
{
    const uint64_t low = (uint64_t)n[1] << 32 | n[0];
    uint64_t inverse = low;

    for (int step = 0; step < 5; step++)
        inverse *= 2 - low * inverse;
    inverse = 0 - inverse;
    n0inv[0] = (uint32_t)inverse;
    n0inv[1] = (uint32_t)(inverse >> 32);
}

static void subtract(kjwt_limb *y, const kjwt_limb *n, uint32_t words)
{
    uint32_t borrow = 0;

    for (uint32_t i = 0; i < words; i++) {
        uint64_t difference = (uint64_t)y[i] - n[i] - borrow;

        y[i] = (uint32_t)difference;
        borrow = (uint32_t)(difference >> 32) & 1;
    }
}

static bool is_below(const kjwt_limb *y, const kjwt_limb *n, uint32_t words)
{
    uint32_t below = 0;

    for (uint32_t i = 0; i < words; i++)
        below = (uint32_t)(y[i] < n[i]) | ((uint32_t)(y[i] == n[i]) & below);
    return below != 0;
}

/* y / 2 mod n of a y below n: y, or y + n, whichever is even. */
static void halve(kjwt_limb *y, const kjwt_limb *n, uint32_t words)
{
    const uint32_t odd = 0 - (y[0] & 1);
    uint64_t sum = (uint64_t)y[0] + (n[0] & odd);

    for (uint32_t i = 0; i < words; i++) {
        uint32_t low = (uint32_t)sum;

        sum >>= 32;
        if (i + 1 < words)
            sum += (uint64_t)y[i + 1] + (n[i + 1] & odd);
        y[i] = low >> 1 | (uint32_t)sum << 31;
    }
}

/*
 * A Montgomery squaring is y^2 / R mod n, with R = 2^bits. From y = 1 on, k of
 * them come to R^-(2^k - 1): sixteen to R^-65535. Fifteen halvings do the rest.
 */
void kjwt_rsa_target(const struct kjwt_key *key, void *work, uint32_t *target)
{
    const uint32_t words = key->bits / 32;
    const kjwt_limb *n = (const kjwt_limb *)key->n;
    kjwt_limb *y = work;
    kjwt_limb *t = y + words;

    memset(y, 0, words * sizeof *y);
    y[0] = 1;
    for (int i = 0; i < 16; i++) {
        uint32_t carry;

        kjwt_limbs_square(t, y, words);
        carry = kjwt_limbs_reduce(t, n, key->n0inv[0], words);
        memcpy(y, t + words, words * sizeof *y);
        if (carry != 0)
            subtract(y, n, words);
    }
    while (!is_below(y, n, words))
        subtract(y, n, words);
    for (int i = 0; i < 15; i++)
        halve(y, n, words);
    memcpy(target, y, words * sizeof *y);
}

/* len of 1 to 3 bytes become len + 1 characters. */
static void encode_group(const uint8_t bytes[3], char text[4])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789-_";
    const uint32_t bits = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 |
                          bytes[2];

    for (uint32_t i = 0; i < 4; i++)
        text[i] = alphabet[bits >> (18 - 6 * i) & 63];
}

void kjwt_rsa_thumbprint_text(const uint8_t thumbprint[32],
                              char text[KJWT_THUMBPRINT_TEXT])
{
    const uint8_t last[3] = {thumbprint[30], thumbprint[31], 0};

    for (uint32_t i = 0; i < 10; i++)
        encode_group(thumbprint + 3 * i, text + 4 * i);
    encode_group(last, text + 40);
    text[KJWT_THUMBPRINT_TEXT - 1] = '\0';
}

/* Byte i of the modulus, the most significant first; 0 behind the last. */
static uint8_t modulus_byte(const struct kjwt_key *key, uint32_t i)
{
    const uint32_t from_least = key->bits / 8 - 1 - i;

    if (i >= key->bits / 8)
        return 0;
    return (uint8_t)(key->n[from_least / 4] >> (from_least % 4 * 8));
}

static kjwt_status hash_modulus(const struct kjwt_key *key, void *context)
{
    const uint32_t size = key->bits / 8;
    kjwt_status status = KJWT_OK;

    for (uint32_t i = 0; i < size && status == KJWT_OK; i += 3) {
        const uint8_t bytes[3] = {modulus_byte(key, i),
                                  modulus_byte(key, i + 1),
                                  modulus_byte(key, i + 2)};
        char text[4];

        encode_group(bytes, text);
        status = kjwt_sha256_update(context, text,
                                    size - i < 3 ? size - i + 1 : 4);
    }
    return status;
}

/* RFC 7638 3.2: the required members in lexicographic order, no white space. */
kjwt_status kjwt_key_thumbprint(const struct kjwt_key *key, void *work,
                                uint8_t thumbprint[KJWT_THUMBPRINT_SIZE])
{
    static const char head[] = "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"";
    static const char tail[] = "\"}";
    kjwt_status status = kjwt_sha256_init(work);

    if (status == KJWT_OK)
        status = kjwt_sha256_update(work, head, sizeof head - 1);
    if (status == KJWT_OK)
        status = hash_modulus(key, work);
    if (status == KJWT_OK)
        status = kjwt_sha256_update(work, tail, sizeof tail - 1);
    if (status == KJWT_OK)
        status = kjwt_sha256_finish(work, thumbprint);
    kjwt_sha256_abort(work);
    return status;
}
