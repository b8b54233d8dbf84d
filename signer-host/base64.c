/*
 * base64 through mbedTLS.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base64.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/base64.h>

bool base64_decode(const char *text, uint8_t *bytes, size_t size, size_t *len)
{
    size_t text_len = strlen(text);
    uint8_t *again = malloc(text_len + 5);
    size_t again_len;
    bool done = again != NULL &&
                mbedtls_base64_decode(bytes, size, len, (const uint8_t *)text,
                                      text_len) == 0 &&
                mbedtls_base64_encode(again, text_len + 5, &again_len, bytes,
                                      *len) == 0 &&
                again_len == text_len && memcmp(again, text, text_len) == 0;

    free(again);
    return done;
}

json_t *base64_json(const void *bytes, size_t len)
{
    size_t size = (len + 2) / 3 * 4 + 1;
    uint8_t *text = malloc(size);
    size_t text_len;
    json_t *string = NULL;

    if (text != NULL &&
        mbedtls_base64_encode(text, size, &text_len, bytes, len) == 0)
        string = json_stringn((const char *)text, text_len);
    free(text);
    return string;
}
