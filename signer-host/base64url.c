/*
 * base64url: the encoding of every part of a JWS and of a JWK's numbers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base64url.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_encode(const void *bytes, size_t len, char *text)
{
    const uint8_t *in = bytes;
    uint32_t bits = 0;
    unsigned held = 0;

    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | in[i];
        for (held += 8; held >= 6; held -= 6)
            *text++ = alphabet[bits >> (held - 6) & 63];
    }
    if (held > 0)
        *text++ = alphabet[bits << (6 - held) & 63];
    *text = '\0';
}

bool base64url_decode(const char *text, size_t len, uint8_t *bytes, size_t size,
                      size_t *bytes_len)
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t count = 0;

    if (len % 4 == 1)
        return false;
    for (size_t i = 0; i < len; i++) {
        const char *at = memchr(alphabet, text[i], sizeof alphabet - 1);

        if (at == NULL)
            return false;
        bits = bits << 6 | (uint32_t)(at - alphabet);
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (count == size)
            return false;
        bytes[count++] = (uint8_t)(bits >> held);
    }
    *bytes_len = count;
    return (bits & ((1u << held) - 1)) == 0;
}
