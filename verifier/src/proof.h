/*
 * The proof word: what every check adds to it, passed or not. Claims are what
 * they should be only if all checks ran and each came out right.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A check adds its constant and its result, KJWT_OK or a difference of 0. That
 * is data, not a branch: a glitched jump behind a check that failed leaves the
 * result in, one that jumps over a check leaves its constant out.
 */
#ifndef KJWT_PROOF_H
#define KJWT_PROOF_H

#include "kjwt.h"

/* Where it starts, and what passed checks add: numbers that an instruction
 * holds, of which no few add up to another. */
#define KJWT_PROOF_START 0x6a09e667u
#define KJWT_PROOF_KEYS 0x11u
#define KJWT_PROOF_SPLIT 0x2fu
#define KJWT_PROOF_HEADER 0x53u
#define KJWT_PROOF_KEY 0x8bu
#define KJWT_PROOF_SIGNATURE 0xb5u
#define KJWT_PROOF_JSON 0xc7u
#define KJWT_PROOF_POLICY 0xf1u

#define KJWT_PROOF_ALL                                                         \
    (KJWT_PROOF_START + KJWT_PROOF_KEYS + KJWT_PROOF_SPLIT +                   \
     KJWT_PROOF_HEADER + KJWT_PROOF_KEY + KJWT_PROOF_SIGNATURE +               \
     KJWT_PROOF_JSON + KJWT_PROOF_POLICY)

/* The same value, of which the compiler knows nothing: without this it finds
 * that a proof can only be right behind all those branches, and drops it. What
 * the pointer points to is unknown to it, too. */
#if defined(__GNUC__)
#define KJWT_NOINLINE __attribute__((noinline))
static inline uint32_t kjwt_opaque(uint32_t value)
{
    __asm__ volatile("" : "+r"(value));
    return value;
}

static inline const void *kjwt_opaque_pointer(const void *pointer)
{
    __asm__ volatile("" : "+r"(pointer) : : "memory");
    return pointer;
}
#else
#define KJWT_NOINLINE
static inline uint32_t kjwt_opaque(uint32_t value)
{
    volatile uint32_t copy = value;

    return copy;
}

static inline const void *kjwt_opaque_pointer(const void *pointer)
{
    const void *volatile copy = pointer;

    return copy;
}
#endif

/* An error that stays one, whatever a glitch has made of it. */
static inline kjwt_status kjwt_stays_refused(kjwt_status status)
{
    status = (kjwt_status)kjwt_opaque((uint32_t)status);
    status |= status == KJWT_OK;
    return status;
}

static inline uint32_t kjwt_rotate_right(uint32_t word, uint32_t bits)
{
    return word >> bits | word << ((32 - bits) & 31);
}

#endif
