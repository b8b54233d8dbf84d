/*
 * Strings of a checked JSON text, unescaped on the fly: unescaping in place
 * would let a value forge the text behind it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json.h"

struct kjwt_json_string kjwt_json_string(struct kjwt_json_value value)
{
    /* Without the quotes. */
    const uint8_t *text = (const uint8_t *)value.text;
    struct kjwt_json_string string = {{text + 1, text + value.len - 1}, 0};

    return string;
}

static uint8_t take(struct kjwt_json_string *string)
{
    return string->rest.pos < string->rest.end ? *string->rest.pos++ : 0;
}

/* RFC 8259 7 and RFC 3629 3: the first byte; the others become pending. */
static uint8_t unicode_escape(struct kjwt_json_string *string)
{
    uint32_t code_point = kjwt_json_hex4(&string->rest);
    uint32_t limit = 0x40; /* of what fits into the first byte */

    if (code_point < 0x80)
        return (uint8_t)code_point;
    if (code_point - 0xd800 < 0x400) {
        string->rest.pos += 2; /* the low surrogate's `\u` */
        code_point = ((code_point - 0xd800) << 10) + 0x10000 +
                     (kjwt_json_hex4(&string->rest) - 0xdc00);
    }
    do {
        string->pending = string->pending << 8 | 0x80 | (code_point & 0x3f);
        code_point >>= 6;
        limit >>= 1;
    } while (code_point >= limit);
    /* 110xxxxx, 1110xxxx, 11110xxx */
    return (uint8_t)(0u - 2 * limit + code_point);
}

uint8_t kjwt_json_string_next(struct kjwt_json_string *string)
{
    uint8_t byte = (uint8_t)string->pending;

    if (byte != 0) {
        string->pending >>= 8;
        return byte;
    }
    byte = take(string);
    if (byte != '\\')
        return byte;
    byte = take(string);
    if (byte == 'u')
        return unicode_escape(string);
    for (const char *pair = "b\bf\fn\nr\rt\t"; *pair != '\0'; pair += 2)
        if (byte == (uint8_t)pair[0])
            return (uint8_t)pair[1];
    return byte; /* the quote, the backslash, the slash */
}

bool kjwt_json_string_is(struct kjwt_json_value value, const char *expected)
{
    struct kjwt_json_string string;
    uint8_t byte;

    if (!kjwt_json_is_string(value))
        return false;
    string = kjwt_json_string(value);
    do {
        byte = kjwt_json_string_next(&string);
        if (byte != (uint8_t)*expected++)
            return false;
    } while (byte != 0);
    return true;
}
