/*
 * The constants of Montgomery arithmetic that a device does not compute.
 *
 * Big integers are arrays of `words` 32-bit words, the least significant first;
 * R = 2^(32 words); n is odd and its highest bit is set.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MONTGOMERY_H
#define MONTGOMERY_H

#include <stddef.h>
#include <stdint.h>

#define MONTGOMERY_MAX_WORDS 128

/* -n^-1 mod 2^64, of the lowest 64 bits of n. */
uint64_t montgomery_n0inv(uint64_t n);

/* target = 2^-(65535 * 32 words + 15) mod n, with n0inv = -n^-1 mod 2^32: what
 * struct kjwt_key has of that name. */
void montgomery_target(const uint32_t *n, uint32_t n0inv, size_t words,
                       uint32_t *target);

#endif
