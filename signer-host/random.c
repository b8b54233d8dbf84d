/*
 * The operating system's generator.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "random.h"

#include <unistd.h>

#include <mbedtls/entropy.h>

/* getentropy() gives no more at a time. */
#define CHUNK ((size_t)256)

int random_bytes(void *unused, unsigned char *bytes, size_t len)
{
    (void)unused;
    while (len > 0) {
        size_t part = len < CHUNK ? len : CHUNK;

        if (getentropy(bytes, part) != 0)
            return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
        bytes += part;
        len -= part;
    }
    return 0;
}
