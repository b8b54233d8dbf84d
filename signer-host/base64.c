/*
 * base64 and base64url: they differ in two characters and the padding.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base64.h"

#include <stdlib.h>

#include "base64url.h"

static const char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789-_";
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789+/";

/* Returns where the text ends. */
static char *encode(const char *characters, const void *bytes, size_t len,
                    char *text)
{
    const uint8_t *in = bytes;
    uint32_t bits = 0;
    unsigned held = 0;

    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | in[i];
        for (held += 8; held >= 6; held -= 6)
            *text++ = characters[bits >> (held - 6) & 63];
    }
    if (held > 0)
        *text++ = characters[bits << (6 - held) & 63];
    *text = '\0';
    return text;
}

void base64url_encode(const void *bytes, size_t len, char *text)
{
    (void)encode(url_alphabet, bytes, len, text);
}

void base64_encode(const void *bytes, size_t len, char *text)
{
    char *end = encode(alphabet, bytes, len, text);

    while ((end - text) % 4 != 0)
        *end++ = '=';
    *end = '\0';
}

json_t *base64_json(const void *bytes, size_t len)
{
    char *text = malloc(BASE64_LENGTH(len) + 1);
    json_t *string = NULL;

    if (text != NULL) {
        base64_encode(bytes, len, text);
        string = json_stringn(text, BASE64_LENGTH(len));
    }
    free(text);
    return string;
}

/* 64: none of the alphabet. */
static uint32_t value_of(const char *characters, char c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a' + 26);
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0' + 52);
    return c == characters[62] ? 62 : c == characters[63] ? 63 : 64;
}

static bool decode(const char *characters, const char *text, size_t len,
                   uint8_t *bytes, size_t size, size_t *bytes_len)
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t count = 0;

    if (len % 4 == 1)
        return false;
    for (size_t i = 0; i < len; i++) {
        uint32_t value = value_of(characters, text[i]);

        if (value == 64)
            return false;
        bits = bits << 6 | value;
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

bool base64url_decode(const char *text, size_t len, uint8_t *bytes, size_t size,
                      size_t *bytes_len)
{
    return decode(url_alphabet, text, len, bytes, size, bytes_len);
}

bool base64_decode(const char *text, size_t len, uint8_t *bytes, size_t size,
                   size_t *bytes_len)
{
    if (len % 4 != 0)
        return false;
    for (int i = 0; i < 2 && len > 0 && text[len - 1] == '='; i++)
        len--;
    return decode(alphabet, text, len, bytes, size, bytes_len);
}
