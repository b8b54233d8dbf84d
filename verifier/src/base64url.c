/* SPDX-License-Identifier: Apache-2.0 */
#include "base64url.h"

#define NOT_A_SEXTET 0x40u

static uint32_t sextet(uint32_t c)
{
    if (c - 'a' < 26)
        return c - 'a' + 26;
    if (c - 'A' < 26)
        return c - 'A';
    if (c - '0' < 10)
        return c - '0' + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : NOT_A_SEXTET;
}

/*
 *   characters  | aaaaaa | bbbbbb | cccccc | dddddd |
 *   bytes       | aaaaaabb | bbbbcccc | ccdddddd |
 *
 * The character at i mod 4 = 1, 2, 3 completes a byte and leaves 4, 2, 0 bits
 * over. What is left over at the end must be zero; after a first character of
 * a group (i mod 4 = 0) six bits are left over, which no encoder produces.
 */
kjwt_status kjwt_base64url_decode(char *text, size_t len, size_t *decoded_len)
{
    char *out = text;
    uint32_t bits = 0;
    uint32_t foreign = 0;
    uint32_t left_over = 0;

    for (size_t i = 0; i < len; i++) {
        uint32_t value = sextet((uint8_t)text[i]);

        foreign |= value;
        bits = bits << 6 | value;
        left_over = (left_over + 6) & 7;
        if (left_over != 6)
            *out++ = (char)(uint8_t)(bits >> left_over);
    }
    *decoded_len = (size_t)(out - text);
    bits &= (1u << left_over) - 1;
    if ((foreign & NOT_A_SEXTET) != 0 || left_over == 6 || bits != 0)
        return KJWT_ERR_BASE64URL;
    return KJWT_OK;
}
