/*
 * RSASSA-PKCS1-v1_5 verification (RFC 8017 8.2.2) over an RSA kernel. The
 * padding is never parsed: the expected block is compared whole.
 * SPDX-License-Identifier: Apache-2.0
 *
 * EMSA-PKCS1-v1_5 (RFC 8017 9.2) with SHA-256, as limbs from the least:
 *
 *   00 01 | ff ... ff | 00 DigestInfo (19 bytes) | H (32 bytes)
 *   top limb: 0001ffff  limbs 12 .. 8              limbs 7 .. 0
 *
 * Its ff are those of a borrow: EM = 2^(bits - 15) - Z, where Z is 2^416 less
 * limbs 12 .. 0. So with e = 65537 = 2^16 + 1 a signature s is right when
 *
 *   s^65537 + Z = 2^(bits - 15)  mod n
 *
 * and that is compared without leaving the Montgomery domain. R = 2^bits; each
 * reduction divides by R. After 16 squarings of s itself,
 *
 *   x = s^65536 / R^65535  mod n
 *   (x s + 2^15 Z target) / R = target  mod n
 *
 * is the line above over R^65536, for target = 2^(bits - 15) / R^65536, a
 * constant of the key. It takes the place of R^2 mod n in a key, and it saves
 * one of the two multiplications that are no squarings.
 */
#include <string.h>

#include "crypto.h"
#include "proof.h"
#include "rsa_kernel.h"

static uint32_t read_be32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
           (uint32_t)bytes[2] << 8 | bytes[3];
}

/* OS2IP (RFC 8017 4.2) in place: big-endian bytes become limbs, from both ends
 * inwards, at the first aligned address. */
static kjwt_limb *to_limbs(char *bytes, uint32_t words)
{
    const uintptr_t misaligned = (uintptr_t)bytes & 7;
    uint8_t *aligned =
        (uint8_t *)bytes + (misaligned != 0 ? 8 - misaligned : 0);
    kjwt_limb *limbs = (kjwt_limb *)(void *)aligned;

    /* From the end, since they overlap. No memmove(): nothing else here links
     * that. */
    for (size_t i = words * sizeof *limbs; i-- > 0;)
        aligned[i] = (uint8_t)bytes[i];
    for (uint32_t low = 0, high = words - 1; low < high; low++, high--) {
        uint32_t most = read_be32(aligned + 4 * low);
        uint32_t least = read_be32(aligned + 4 * high);

        limbs[low] = least;
        limbs[high] = most;
    }
    return limbs;
}

static bool is_below(const kjwt_limb *a, const kjwt_limb *b, uint32_t words)
{
    while (words-- > 0)
        if (a[words] != b[words])
            return a[words] < b[words];
    return false;
}

/* The modulus and where products are made: t[2 * words]. */
struct montgomery {
    const kjwt_limb *n;
    kjwt_limb *t;
    uint32_t n0inv;
    uint32_t words;
};

/* r -= n. Returns the borrow. */
static uint32_t subtract(const struct montgomery *m, kjwt_limb *r)
{
    uint32_t borrow = 0;

    for (uint32_t i = 0; i < m->words; i++) {
        uint64_t difference = (uint64_t)r[i] - m->n[i] - borrow;

        r[i] = (uint32_t)difference;
        borrow = (uint32_t)(difference >> 32) & 1;
    }
    return borrow;
}

/* r = (carry, t) / R mod n, below R but not always below n. */
static void reduce(const struct montgomery *m, kjwt_limb *r, uint32_t carry)
{
    carry += kjwt_limbs_reduce(m->t, m->n, m->n0inv, m->words);
    memcpy(r, m->t + m->words, m->words * sizeof *r);
    while (carry != 0)
        carry -= subtract(m, r);
}

/* The 14 limbs of 2^15 Z, and 0 as the kernel wants whole blocks. */
#define Z_WORDS 16

static void set_z(kjwt_limb z[Z_WORDS], const uint8_t digest[KJWT_SHA256_SIZE])
{
    static const uint32_t digest_info[5] = {0x05000420, 0x03040201, 0x86480165,
                                            0x0d060960, 0x00303130};
    uint32_t below = 0;
    uint32_t borrow = 0;

    for (uint32_t i = 0; i < 13; i++) {
        uint32_t limb =
            i < 8 ? read_be32(digest + 4 * (7 - i)) : digest_info[i - 8];
        uint32_t shifted = limb << 15 | below >> 17;

        z[i] = 0u - shifted - borrow;
        borrow |= shifted != 0;
        below = limb;
    }
    z[13] = 0x8000 - (below >> 17) - borrow;
    z[14] = 0;
    z[15] = 0;
}

/* x = (x s + 2^15 Z target) / R mod n, below n. */
static void finish(const struct montgomery *m, kjwt_limb *x, const kjwt_limb *s,
                   const kjwt_limb *target, const kjwt_limb z[Z_WORDS])
{
    uint32_t carry;

    memset(m->t, 0, 2 * m->words * sizeof *m->t);
    (void)kjwt_limbs_multiply_add(m->t, z, Z_WORDS, target, m->words);
    carry = kjwt_limbs_multiply_add(m->t, x, m->words, s, m->words);
    reduce(m, x, carry);
    while (!is_below(x, m->n, m->words))
        (void)subtract(m, x);
}

/* Returns 0 where x is the target. x becomes the difference, and nothing of the
 * target stays, not in the upper half of t either, which lies behind x: a glitch
 * that skips the work for the next token must not find it here. A target of 0,
 * which s = 0 would meet, is no key's. */
static uint32_t compare(kjwt_limb *x, const kjwt_limb *target, uint32_t words,
                        uint32_t *proof)
{
    uint32_t difference = 0;
    uint32_t any = 0;

    for (uint32_t i = words; i-- > 0;) {
        const uint32_t limb = x[i] ^ target[i];

        any |= target[i];
        difference |= limb;
        *proof += limb + 1; /* as well, in case a glitch skips an OR; and how
                               many limbs there were */
        x[i] = limb;
        x[2 * words + i] = 0;
    }
    return difference | (any == 0);
}

kjwt_status kjwt_rsassa_verify(const struct kjwt_key *key,
                               const uint8_t digest[KJWT_SHA256_SIZE],
                               char *signature, size_t signature_len,
                               void *work, uint32_t *proof)
{
    const uint32_t words = key->bits / 32;
    const kjwt_limb *target = (const kjwt_limb *)key->target;
    kjwt_limb *x = work;
    const struct montgomery m = {(const kjwt_limb *)key->n, x + words,
                                 key->n0inv[0], words};
    kjwt_limb z[Z_WORDS];
    const kjwt_limb *s;
    const kjwt_limb *factor;
    uint32_t difference;

    if (signature_len != key->bits / 8)
        return KJWT_ERR_SIGNATURE_LENGTH;
    s = to_limbs(signature, words);
    if (!is_below(s, m.n, words))
        return KJWT_ERR_SIGNATURE_RANGE;
    factor = s;
    for (int i = 0; i < 16; i++) {
        kjwt_limbs_square(m.t, factor, words);
        reduce(&m, x, 0);
        factor = x;
    }
    set_z(z, digest);
    finish(&m, x, s, target, z);
    difference = compare(x, target, words, proof);
    *proof += KJWT_PROOF_SIGNATURE - words + kjwt_opaque(difference);
    return difference == 0 ? KJWT_OK : KJWT_ERR_SIGNATURE;
}
