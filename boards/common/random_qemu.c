/*
 * QEMU's machines without a generator of random numbers, where everything is as
 * predictable: a counter that a restart leaves alone, stirred. For tests only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

static BOARD_NOINIT uint32_t counter;

/* The finalizer of MurmurHash3, one-to-one. */
static uint32_t stir(uint32_t word)
{
    word = (word ^ (word >> 16)) * 0x85ebca6bu;
    word = (word ^ (word >> 13)) * 0xc2b2ae35u;
    return word ^ (word >> 16);
}

bool board_random(void *context, void *data, size_t len)
{
    uint8_t *bytes = data;

    (void)context;
    while (len-- > 0)
        *bytes++ = (uint8_t)stir(++counter);
    return true;
}
