/*
 * The generator of random numbers of an nRF51 or nRF52 (nRF51 Series Reference
 * Manual 3.0, 21), with its bias corrected, and the chip's number (FICR).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "board.h"

#define RNG(offset) (*(volatile uint32_t *)(0x4000d000u + (offset)))
#define RNG_START   RNG(0x000u)
#define RNG_STOP    RNG(0x004u)
#define RNG_VALRDY  RNG(0x100u)
#define RNG_CONFIG  RNG(0x504u)
#define RNG_VALUE   RNG(0x508u)

#define CONFIG_CORRECT_BIAS 1u
/* Of looking whether a byte is there: it takes 677 us on the average. */
#define TRIES 1000000u

#define FICR_DEVICEID ((const volatile uint32_t *)0x10000060u)

static bool wait(void)
{
    for (uint32_t tries = TRIES; RNG_VALRDY == 0; tries--)
        if (tries == 0)
            return false;
    return true;
}

bool board_random(void *context, void *data, size_t len)
{
    uint8_t *bytes = data;
    bool good = true;

    (void)context;
    RNG_CONFIG = CONFIG_CORRECT_BIAS;
    RNG_VALRDY = 0;
    RNG_START = 1;
    for (; good && len > 0; len--) {
        good = wait();
        RNG_VALRDY = 0;
        *bytes++ = (uint8_t)RNG_VALUE;
    }
    RNG_STOP = 1;
    return good;
}

size_t board_id(uint8_t id[BOARD_ID_SIZE])
{
    const uint32_t words[2] = {FICR_DEVICEID[0], FICR_DEVICEID[1]};

    memcpy(id, words, sizeof words);
    return sizeof words;
}
