/*
 * The least that a firmware does with a contender: one verification.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "contender.h"

int main(void)
{
    /* volatile: nothing of the inputs is known when this is optimized. */
    const uint8_t *volatile message = NULL;
    uint8_t *volatile signature = NULL;
    volatile size_t len = 0;
    uint8_t digest[DIGEST_SIZE];

    return contender_init() && contender_hash(message, len, digest) &&
           contender_rsa(signature, digest);
}
