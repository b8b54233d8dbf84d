/*
 * A chip's identity as a text.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "admit.h"

void kjwt_hexadecimal(char *text, const uint8_t *id, size_t id_len)
{
    static const char digits[] = "0123456789abcdef";

    for (; id_len > 0; id_len--, id++) {
        *text++ = digits[*id >> 4];
        *text++ = digits[*id & 15];
    }
    *text = '\0';
}

kjwt_status kjwt_device_id(char *text, size_t size, const char *prefix,
                           const uint8_t *id, size_t id_len)
{
    size_t len = 0;

    if (text == NULL || size == 0 || prefix == NULL || id == NULL ||
        id_len == 0)
        return KJWT_ERR_ARGUMENT;
    text[0] = '\0';
    while (prefix[len] != '\0')
        len++;
    if (len >= size || id_len > (size - len - 1) / 2)
        return KJWT_ERR_BUFFER_SIZE;
    memcpy(text, prefix, len);
    kjwt_hexadecimal(text + len, id, id_len);
    return KJWT_OK;
}
