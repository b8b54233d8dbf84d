/*
 * Strings unescaped on the fly, for every string that the grammar lets through.
 * SPDX-License-Identifier: Apache-2.0
 *
 * proof_character is a step of an induction and so holds for strings of any
 * length: from the start of a character, reading takes that character whole, as
 * far as the grammar read it and no further, and yields its UTF-8 (RFC 3629 3),
 * never 0. The others are for strings of at most LENGTH bytes, quotes included.
 */
#define take           grammar_take
#define unicode_escape grammar_unicode_escape
#include <json_grammar.c>
#undef take
#undef unicode_escape
#include <json_string.c>

#include "proof.h"

static char buffer[LENGTH];

/* A value that begins with a quote and passed the grammar. */
static struct kjwt_json_value any_checked_string(void)
{
    struct kjwt_json_value value;
    struct kjwt_json_cursor c;

    __CPROVER_havoc_object(buffer);
    value.len = any_length(LENGTH);
    value.text = buffer + LENGTH - value.len;
    assume(value.len >= 2 && value.text[0] == '"');
    c.pos = (const uint8_t *)value.text + 1;
    c.end = (const uint8_t *)value.text + value.len;
    assume(string(&c) == KJWT_OK && c.pos == c.end);
    return value;
}

static uint32_t code_point(const uint8_t bytes[4], size_t count)
{
    uint32_t point = count == 1 ? bytes[0] : bytes[0] & (0x7fu >> count);

    for (size_t i = 1; i < count; i++)
        point = point << 6 | (bytes[i] & 0x3f);
    return point;
}

static uint32_t escaped_unit(const uint8_t *hex)
{
    struct kjwt_json_cursor c = {hex, hex + 4};

    return kjwt_json_hex4(&c);
}

/* An escape: `\\` and what the grammar's escape() took. */
static void proof_escape(struct kjwt_json_string reader, struct kjwt_json_cursor c)
{
    const uint8_t *const escaped = c.pos;
    uint8_t bytes[4] = {0};
    size_t count = 0;
    uint32_t point;

    assume(escape(&c) == KJWT_OK);
    do {
        prove(count < 4, "four bytes at most");
        bytes[count++] = kjwt_json_string_next(&reader);
        prove(bytes[count - 1] != 0, "not the end");
    } while (reader.pending != 0);
    prove(reader.rest.pos == c.pos, "the whole escape");
    if (*escaped != 'u') {
        prove(count == 1, "one byte");
        return;
    }
    point = escaped_unit(escaped + 1);
    if (point >= 0xd800 && point <= 0xdbff)
        point = 0x10000 + (point - 0xd800) * 0x400 +
                (escaped_unit(escaped + 7) - 0xdc00);
    prove(code_point(bytes, count) == point, "the code point");
    for (c = (struct kjwt_json_cursor){bytes + 1, bytes + count}; count > 1; count = 0)
        prove(utf8_tail(&c, bytes[0]) == KJWT_OK && c.pos == c.end, "UTF-8");
}

void proof_character(void)
{
    const size_t len = any_length(LENGTH);
    const uint8_t *const end = (const uint8_t *)buffer + LENGTH;
    struct kjwt_json_cursor c = {end - len, end};
    struct kjwt_json_string reader = {c, 0};
    uint8_t byte;

    __CPROVER_havoc_object(buffer);
    byte = grammar_take(&c);
    if (byte == '\\') {
        proof_escape(reader, c);
        return;
    }
    prove(kjwt_json_string_next(&reader) == byte, "the byte itself");
    prove(reader.rest.pos == c.pos && reader.pending == 0,
          "and that alone");
    end_of_proof();
}

/* A string as kjwt_json_string() gets it is without its quotes. */
void proof_begin(void)
{
    const struct kjwt_json_value value = any_checked_string();
    struct kjwt_json_string reader = kjwt_json_string(value);

    prove(reader.rest.pos == (const uint8_t *)value.text + 1 &&
              reader.rest.end ==
                  (const uint8_t *)value.text + value.len - 1 &&
              reader.pending == 0,
          "without the quotes");
    end_of_proof();
}

void proof_is(void)
{
    const struct kjwt_json_value value = any_checked_string();
    const char *expected = any_string(LENGTH);
    struct kjwt_json_string reader = kjwt_json_string(value);
    const bool is = kjwt_json_string_is(value, expected);
    bool same = true;
    size_t i = 0;
    uint8_t byte;

    do {
        byte = kjwt_json_string_next(&reader);
        same = same && byte == (uint8_t)expected[i];
        i += expected[i] != '\0';
    } while (byte != 0);
    prove(is == (same && expected[i] == '\0'), "equal, whole");
    end_of_proof();
}

/* What is no string, or not there, equals nothing. */
void proof_is_other(void)
{
    const char *expected = any_string(2);
    char first = nondet_u8();
    struct kjwt_json_value value = {nondet_bool() ? &first : NULL, 1};

    assume(first != '"');
    prove(!kjwt_json_string_is(value, expected), "no string");
    end_of_proof();
}
