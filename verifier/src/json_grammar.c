/*
 * The grammar of RFC 8259, over the bytes. jsmn accepts most malformed texts;
 * it only sees what passed here.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json.h"

_Static_assert(KJWT_MAX_JSON_DEPTH >= 1 && KJWT_MAX_JSON_DEPTH <= 32,
               "one bit per level in a uint32_t");

/* No grammar rule wants a NUL, so the end can be told as one. */
static uint8_t peek(const struct kjwt_json_cursor *c)
{
    return c->pos < c->end ? *c->pos : 0;
}

static uint8_t take(struct kjwt_json_cursor *c)
{
    return c->pos < c->end ? *c->pos++ : 0;
}

static bool is_digit(uint32_t c)
{
    return c - '0' < 10;
}

static void skip_whitespace(struct kjwt_json_cursor *c)
{
    uint8_t byte;

    while ((byte = peek(c)) == ' ' || byte == '\t' || byte == '\n' ||
           byte == '\r')
        c->pos++;
}

uint32_t kjwt_json_hex4(struct kjwt_json_cursor *c)
{
    uint32_t unit = 0;

    for (int i = 0; i < 4; i++) {
        uint32_t digit = take(c);

        if (is_digit(digit))
            digit -= '0';
        else if ((digit | 0x20) - 'a' < 6)
            digit = (digit | 0x20) - 'a' + 10;
        else
            return UINT32_MAX;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* What follows `\u`. A high surrogate takes its low one with it. */
static kjwt_status unicode_escape(struct kjwt_json_cursor *c)
{
    uint32_t unit = kjwt_json_hex4(c);

    if (unit > 0xffff)
        return KJWT_ERR_JSON;
    if (unit == 0)
        return KJWT_ERR_JSON_NUL;
    if (unit - 0xd800 >= 0x800)
        return KJWT_OK;
    if (unit >= 0xdc00 || take(c) != '\\' || take(c) != 'u' ||
        kjwt_json_hex4(c) - 0xdc00 >= 0x400)
        return KJWT_ERR_JSON_SURROGATE;
    return KJWT_OK;
}

static kjwt_status escape(struct kjwt_json_cursor *c)
{
    const uint8_t byte = take(c);

    if (byte == 'u')
        return unicode_escape(c);
    for (const char *known = "\"\\/bfnrt"; *known != '\0'; known++)
        if (byte == (uint8_t)*known)
            return KJWT_OK;
    return KJWT_ERR_JSON;
}

/* RFC 3629 4: what follows a lead byte of 0xc2 to 0xf4. The shortest form
 * only, no surrogates, nothing above U+10FFFF. */
static kjwt_status utf8_tail(struct kjwt_json_cursor *c, uint32_t lead)
{
    uint32_t tail_len = 1u + (lead >= 0xe0) + (lead >= 0xf0);
    uint32_t code_point = lead & (0x3fu >> tail_len);

    if (lead - 0xc2 > 0xf4 - 0xc2)
        return KJWT_ERR_JSON_UTF8;
    for (uint32_t i = 0; i < tail_len; i++) {
        uint32_t byte = take(c);

        if ((byte & 0xc0) != 0x80)
            return KJWT_ERR_JSON_UTF8;
        code_point = code_point << 6 | (byte & 0x3f);
    }
    /* The least code points of 2, 3 and 4 bytes are 2^7, 2^11 and 2^16. */
    if (code_point >> (tail_len == 1 ? 7 : 5 * tail_len + 1) == 0 ||
        code_point - 0xd800 < 0x800 || code_point > 0x10ffff)
        return KJWT_ERR_JSON_UTF8;
    return KJWT_OK;
}

/* A string's characters and its closing quote. */
static kjwt_status string(struct kjwt_json_cursor *c)
{
    for (;;) {
        uint32_t byte = take(c);
        kjwt_status status = KJWT_OK;

        if (byte == '"')
            return KJWT_OK;
        if (byte < 0x20) /* a raw control character, or the end */
            return KJWT_ERR_JSON;
        if (byte == '\\')
            status = escape(c);
        else if (byte >= 0x80)
            status = utf8_tail(c, byte);
        if (status != KJWT_OK)
            return status;
    }
}

static bool digits(struct kjwt_json_cursor *c)
{
    const uint8_t *start = c->pos;

    while (is_digit(peek(c)))
        c->pos++;
    return c->pos > start;
}

/* RFC 8259 6: [ "-" ] int [ frac ] [ exp ] */
static kjwt_status number(struct kjwt_json_cursor *c)
{
    if (peek(c) == '-')
        c->pos++;
    if (peek(c) == '0')
        c->pos++;
    else if (!digits(c))
        return KJWT_ERR_JSON;
    if (peek(c) == '.') {
        c->pos++;
        if (!digits(c))
            return KJWT_ERR_JSON;
    }
    if ((peek(c) | 0x20) == 'e') {
        c->pos++;
        if (peek(c) == '+' || peek(c) == '-')
            c->pos++;
        if (!digits(c))
            return KJWT_ERR_JSON;
    }
    return KJWT_OK;
}

static kjwt_status literal(struct kjwt_json_cursor *c, const char *word)
{
    while (*word != '\0')
        if (take(c) != (uint8_t)*word++)
            return KJWT_ERR_JSON;
    return KJWT_OK;
}

/* A string, number or literal, all of it. */
static kjwt_status scalar(struct kjwt_json_cursor *c)
{
    switch (peek(c)) {
    case '"':
        c->pos++;
        return string(c);
    case 't':
        return literal(c, "true");
    case 'f':
        return literal(c, "false");
    case 'n':
        return literal(c, "null");
    default:
        return number(c);
    }
}

static kjwt_status member_name(struct kjwt_json_cursor *c)
{
    kjwt_status status = KJWT_ERR_JSON;

    if (take(c) != '"')
        return KJWT_ERR_JSON;
    status = string(c);
    if (status != KJWT_OK)
        return status;
    skip_whitespace(c);
    if (take(c) != ':')
        return KJWT_ERR_JSON;
    skip_whitespace(c);
    return KJWT_OK;
}

/*
 * Reads values until the outermost one is complete. `objects` holds one bit
 * per open level, the innermost lowest: 1 for an object.
 *
 * Each turn of the outer loop stands before a value, and in an object before
 * that value's name.
 */
static kjwt_status value(struct kjwt_json_cursor *c)
{
    uint32_t objects = 0;
    uint32_t depth = 0;

    for (;;) {
        kjwt_status status = KJWT_OK;
        uint8_t first;
        uint8_t closing;

        if ((objects & 1) != 0)
            status = member_name(c);
        first = peek(c);
        if (status == KJWT_OK && (first == '{' || first == '[')) {
            if (depth == KJWT_MAX_JSON_DEPTH)
                return KJWT_ERR_LIMIT_JSON_DEPTH;
            c->pos++;
            depth++;
            objects = objects << 1 | (first == '{');
            skip_whitespace(c);
            /* '[' + 2 is ']', '{' + 2 is '}' */
            if (peek(c) != first + 2)
                continue;
        } else if (status == KJWT_OK) {
            status = scalar(c);
        }
        if (status != KJWT_OK)
            return status;

        for (;; c->pos++) {
            if (depth == 0)
                return KJWT_OK;
            skip_whitespace(c);
            closing = (objects & 1) != 0 ? '}' : ']';
            if (peek(c) != closing)
                break;
            objects >>= 1;
            depth--;
        }
        if (take(c) != ',')
            return KJWT_ERR_JSON;
        skip_whitespace(c);
    }
}

kjwt_status kjwt_json_check(const char *text, size_t len)
{
    struct kjwt_json_cursor c = {(const uint8_t *)text, (const uint8_t *)text + len};
    kjwt_status status = KJWT_ERR_JSON;

    skip_whitespace(&c);
    status = value(&c);
    if (status != KJWT_OK)
        return status;
    skip_whitespace(&c);
    return c.pos == c.end ? KJWT_OK : KJWT_ERR_JSON;
}
