/*
 * The grammar of RFC 8259 a second time, as a pushdown automaton that makes one
 * step per byte: what kjwt_json_check() is proved against, and what the proofs
 * of its readers take for granted of a text. Bytes from 0x80 on count as
 * characters here; UTF-8, surrogates and U+0000 are proved apart.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JSON_MODEL_H
#define JSON_MODEL_H

#include "proof.h"

enum model_state {
    VALUE,         /* a value must follow */
    FIRST_ELEMENT, /* a value, or the end of the array */
    NAME,          /* a member's name must follow */
    FIRST_NAME,    /* a name, or the end of the object */
    COLON,
    BEHIND, /* a value is complete */
    CHARACTERS,
    ESCAPE,
    HEX1,
    HEX2,
    HEX3,
    HEX4,
    MINUS,
    ZERO,
    INTEGER,
    POINT,
    FRACTION,
    EXPONENT,
    EXPONENT_SIGN,
    EXPONENT_DIGITS,
    T,
    TR,
    TRU,
    F,
    FA,
    FAL,
    FALS,
    N,
    NU,
    NUL,
    REFUSED
};

struct model {
    enum model_state state;
    uint32_t objects; /* one bit per level, the innermost lowest */
    uint32_t depth;
    bool is_name;
};

static inline bool is_digit_byte(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_hex_byte(uint8_t c)
{
    return is_digit_byte(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline bool is_space_byte(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A number that may end here ends before any other byte. */
static inline enum model_state number_step(enum model_state state, uint8_t c)
{
    const bool e = c == 'e' || c == 'E';

    switch (state) {
    case MINUS:
        return c == '0' ? ZERO : is_digit_byte(c) ? INTEGER : REFUSED;
    case ZERO:
        return c == '.' ? POINT : e ? EXPONENT : BEHIND;
    case INTEGER:
        return is_digit_byte(c) ? INTEGER
               : c == '.'       ? POINT
               : e              ? EXPONENT
                                : BEHIND;
    case POINT:
        return is_digit_byte(c) ? FRACTION : REFUSED;
    case FRACTION:
        return is_digit_byte(c) ? FRACTION : e ? EXPONENT : BEHIND;
    case EXPONENT:
        return is_digit_byte(c)       ? EXPONENT_DIGITS
               : c == '+' || c == '-' ? EXPONENT_SIGN
                                      : REFUSED;
    case EXPONENT_SIGN:
        return is_digit_byte(c) ? EXPONENT_DIGITS : REFUSED;
    default:
        return is_digit_byte(c) ? EXPONENT_DIGITS : BEHIND;
    }
}

static inline void model_open(struct model *m, uint8_t c)
{
    if (m->depth == KJWT_MAX_JSON_DEPTH) {
        m->state = REFUSED;
        return;
    }
    m->depth++;
    m->objects = m->objects << 1 | (c == '{');
    m->state = c == '{' ? FIRST_NAME : FIRST_ELEMENT;
}

static inline void model_value(struct model *m, uint8_t c)
{
    m->is_name = false;
    if (c == '{' || c == '[')
        model_open(m, c);
    else
        m->state = c == '"'           ? CHARACTERS
                   : c == '-'         ? MINUS
                   : c == '0'         ? ZERO
                   : is_digit_byte(c) ? INTEGER
                   : c == 't'         ? T
                   : c == 'f'         ? F
                   : c == 'n'         ? N
                                      : REFUSED;
}

static inline void model_behind(struct model *m, uint8_t c)
{
    const bool object = (m->objects & 1) != 0;

    if (is_space_byte(c))
        return;
    if (m->depth > 0 && c == ',') {
        m->state = object ? NAME : VALUE;
    } else if (m->depth > 0 && c == (object ? '}' : ']')) {
        m->depth--;
        m->objects >>= 1;
    } else {
        m->state = REFUSED;
    }
}

static inline void model_name(struct model *m, uint8_t c)
{
    m->is_name = true;
    m->state = c == '"' ? CHARACTERS : REFUSED;
}

/* Where nothing of a token has been read. */
static inline void model_between(struct model *m, uint8_t c)
{
    const enum model_state state = m->state;

    if (is_space_byte(c))
        return;
    if ((state == FIRST_ELEMENT && c == ']') ||
        (state == FIRST_NAME && c == '}')) {
        m->state = BEHIND;
        m->depth--;
        m->objects >>= 1;
    } else if (state == VALUE || state == FIRST_ELEMENT) {
        model_value(m, c);
    } else if (state == COLON) {
        m->state = c == ':' ? VALUE : REFUSED;
    } else {
        model_name(m, c);
    }
}

static inline enum model_state string_step(const struct model *m, uint8_t c)
{
    if (m->state == CHARACTERS)
        return c == '"'    ? (m->is_name ? COLON : BEHIND)
               : c == '\\' ? ESCAPE
               : c < 0x20  ? REFUSED
                           : CHARACTERS;
    if (m->state == ESCAPE)
        return c == 'u' ? HEX1
               : c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' ||
                       c == 'n' || c == 'r' || c == 't'
                   ? CHARACTERS
                   : REFUSED;
    if (!is_hex_byte(c))
        return REFUSED;
    return m->state == HEX4 ? CHARACTERS : m->state + 1;
}

static inline enum model_state literal_step(enum model_state state, uint8_t c)
{
    static const char next[] = "rue" "alse" "ull";

    if (c != (uint8_t)next[state - T])
        return REFUSED;
    return state == TRU || state == FALS || state == NUL ? BEHIND : state + 1;
}

static inline void model_step(struct model *m, uint8_t c)
{
    if (m->state >= MINUS && m->state <= EXPONENT_DIGITS) {
        m->state = number_step(m->state, c);
        if (m->state == BEHIND)
            model_behind(m, c);
    } else if (m->state < BEHIND) {
        model_between(m, c);
    } else if (m->state == BEHIND) {
        model_behind(m, c);
    } else if (m->state <= HEX4) {
        m->state = string_step(m, c);
    } else if (m->state != REFUSED) {
        m->state = literal_step(m->state, c);
    }
}

/* Whether text[len] is exactly one value. */
static inline bool model_is_json(const char *text, size_t len)
{
    struct model m = {VALUE, 0, 0, false};

    for (size_t i = 0; i < len; i++)
        model_step(&m, (uint8_t)text[i]);
    return m.depth == 0 && (m.state == BEHIND || m.state == ZERO ||
                            m.state == INTEGER || m.state == FRACTION ||
                            m.state == EXPONENT_DIGITS);
}

#endif
