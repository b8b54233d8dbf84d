/* SPDX-License-Identifier: Apache-2.0 */
#include "base64url.h"
#include "proof.h"

/* The sextets of '-' to 'z', and -1 for what is none. */
static const int8_t sextets['z' - '-' + 1] = {
    62, -1, -1, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, -1, -1, -1,
    -1, -1, -1, -1, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
    12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, -1, -1,
    -1, -1, 63, -1, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37,
    38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
};

/* All bits are set of what is none. */
static uint32_t sextet(uint32_t c)
{
    c -= '-';
    if (c >= sizeof sextets)
        c = '.' - '-';
    return (uint32_t)sextets[c];
}

/*
 *   characters  | aaaaaa | bbbbbb | cccccc | dddddd |
 *   bytes       | aaaaaabb | bbbbcccc | ccdddddd |
 *
 * A group's bits come behind a one, which says how many there are. What the last
 * group has beyond its last byte must be zero; of one character no encoder makes
 * a group.
 */
kjwt_status kjwt_base64url_decode(char *text, size_t len, size_t *decoded_len)
{
    char *out = text;
    uint32_t bits = 1;

    *decoded_len = len * 6 / 8;
    for (const char *const end = text + len; text != end; text++) {
        bits = bits << 6 | sextet((uint8_t)*text);
        if (bits >> 24 == 0)
            continue;
        if (bits >> 24 != 1) /* none of the alphabet */
            return KJWT_ERR_BASE64URL;
        *out++ = (char)(uint8_t)(bits >> 16);
        *out++ = (char)(uint8_t)(bits >> 8);
        *out++ = (char)(uint8_t)bits;
        bits = 1;
    }
    if (bits >> 12 == 0)
        return bits == 1 ? KJWT_OK : KJWT_ERR_BASE64URL;
    if (bits >> 18 != 0) {
        *out++ = (char)(uint8_t)(bits >> 10);
        bits <<= 2; /* which leaves two bits over, not four */
    }
    *out = (char)(uint8_t)(bits >> 4);
    return (bits & 15) == 0 ? KJWT_OK : KJWT_ERR_BASE64URL;
}

KJWT_NOINLINE uint32_t kjwt_base64url_fold(const char *text, size_t len)
{
    const char *next = text + len;
    uint32_t fold = 0;

    do
        fold = kjwt_rotate_right(fold ^ sextet((uint8_t)*--next), 6);
    while (next != text);
    return fold;
}

KJWT_NOINLINE uint32_t kjwt_base64url_fold_decoded(const char *bytes,
                                                   size_t len)
{
    const char *next = bytes + len;
    uint32_t fold = 0;

    while (next != bytes)
        fold = kjwt_rotate_right(fold ^ (uint8_t)*--next, 8);
    return fold;
}
