/*
 * RSASSA-PKCS1-v1_5 verification (RFC 8017 8.2.2) over an RSA kernel. The
 * padding is never parsed: the expected block is compared whole.
 * SPDX-License-Identifier: Apache-2.0
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
    uint8_t *aligned = (uint8_t *)bytes + (misaligned != 0 ? 8 - misaligned : 0);
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

static void subtract(kjwt_limb *r, const kjwt_limb *n, uint32_t words)
{
    uint32_t borrow = 0;

    for (uint32_t i = 0; i < words; i++) {
        uint64_t difference = (uint64_t)r[i] - n[i] - borrow;

        r[i] = (uint32_t)difference;
        borrow = (uint32_t)(difference >> 32) & 1;
    }
}

/* r = t / R mod n, below R. */
static void reduce(const struct montgomery *m, kjwt_limb *r)
{
    uint32_t carry = kjwt_limbs_reduce(m->t, m->n, m->n0inv, m->words);

    memcpy(r, m->t + m->words, m->words * sizeof *r);
    if (carry != 0)
        subtract(r, m->n, m->words);
}

/* r = a * b / R mod n; r may be a. */
static void multiply(const struct montgomery *m, kjwt_limb *r,
                     const kjwt_limb *a, const kjwt_limb *b)
{
    kjwt_limbs_multiply(m->t, a, b, m->words);
    reduce(m, r);
}

/* RSAVP1 (RFC 8017 5.2.2) for e = 65537 = 2^16 + 1: em = s^e mod n. */
static void rsavp1(const struct montgomery *m, kjwt_limb *em,
                   const kjwt_limb *s, const kjwt_limb *rr)
{
    multiply(m, em, s, rr); /* s R */
    for (int i = 0; i < 16; i++) {
        kjwt_limbs_square(m->t, em, m->words);
        reduce(m, em);      /* in the end s^65536 R */
    }
    multiply(m, em, em, s); /* s^65537 */
    if (!is_below(em, m->n, m->words))
        subtract(em, m->n, m->words);
}

/*
 * EMSA-PKCS1-v1_5 (RFC 8017 9.2) with SHA-256, as limbs from the least:
 *
 *   00 01 | ff ... ff | 00 DigestInfo (19 bytes) | H (32 bytes)
 *   top limb: 0001ffff  limbs 12 .. 8              limbs 7 .. 0
 *
 * Returns the OR of all differences: 0 where em is that block.
 */
static uint32_t compare_block(const kjwt_limb *em, uint32_t words,
                              const uint8_t digest[KJWT_SHA256_SIZE])
{
    static const uint32_t digest_info[5] = {0x05000420, 0x03040201, 0x86480165,
                                            0x0d060960, 0x00303130};
    uint32_t difference = em[words - 1] ^ 0x0001ffff;

    for (uint32_t i = 0; i < 8; i++)
        difference |= em[i] ^ read_be32(digest + 4 * (7 - i));
    for (uint32_t i = 0; i < 5; i++)
        difference |= em[8 + i] ^ digest_info[i];
    for (uint32_t i = 13; i < words - 1; i++)
        difference |= ~em[i];
    return difference;
}

kjwt_status kjwt_rsassa_verify(const struct kjwt_key *key,
                               const uint8_t digest[KJWT_SHA256_SIZE],
                               char *signature, size_t signature_len,
                               void *work, uint32_t *proof)
{
    const uint32_t words = key->bits / 32;
    kjwt_limb *em = work;
    const struct montgomery m = {(const kjwt_limb *)key->n, em + words,
                                 key->n0inv[0], words};
    kjwt_limb *s;
    uint32_t difference;

    if (signature_len != key->bits / 8)
        return KJWT_ERR_SIGNATURE_LENGTH;
    s = to_limbs(signature, words);
    if (!is_below(s, m.n, words))
        return KJWT_ERR_SIGNATURE_RANGE;
    rsavp1(&m, em, s, (const kjwt_limb *)key->rr);
    difference = compare_block(em, words, digest);
    *proof += KJWT_PROOF_SIGNATURE ^ difference;
    return difference == 0 ? KJWT_OK : KJWT_ERR_SIGNATURE;
}
