/*
 * kjwt_json_check() and its parts, over every text of at most LENGTH bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of them satisfy one contract, moves_on(): they read within the text and
 * leave the cursor between where it was and the text's end. A part that others
 * call is proved to keep it, and its callers are proved with the contract in
 * its place, so that their bounds can be larger than the whole's.
 */
#include <json_grammar.c>

#include "json_model.h"

static char buffer[LENGTH];

/* Any text, which ends with the buffer, and a cursor at its start. */
static struct kjwt_json_cursor any_cursor(void)
{
    struct kjwt_json_cursor c;

    __CPROVER_havoc_object(buffer);
    c.end = (const uint8_t *)buffer + LENGTH;
    c.pos = c.end - any_length(LENGTH);
    return c;
}

void moves_on(struct kjwt_json_cursor *c)
{
    prove(__CPROVER_same_object(c->pos, c->end) && c->pos <= c->end,
          "the cursor is in the text");
    c->pos += any_length((size_t)(c->end - c->pos));
}

/* The contract as a part with a status, or with a word to read. */
kjwt_status reads(struct kjwt_json_cursor *c)
{
    moves_on(c);
    return nondet_status();
}

kjwt_status reads_lead(struct kjwt_json_cursor *c, uint32_t lead)
{
    (void)lead;
    return reads(c);
}

static void keeps_contract(const struct kjwt_json_cursor *before,
                           const struct kjwt_json_cursor *after)
{
    prove(after->end == before->end && after->pos >= before->pos &&
              after->pos <= after->end,
          "the cursor moves on within the text");
}

void proof_whitespace(void)
{
    struct kjwt_json_cursor c = any_cursor();
    const struct kjwt_json_cursor before = c;

    skip_whitespace(&c);
    keeps_contract(&before, &c);
    prove(c.pos == c.end || !is_space_byte(*c.pos), "all of it");
    end_of_proof();
}

/* RFC 3629 4, as it is written there. */
static size_t utf8_length(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    const bool c_tail = c >= 0x80 && c <= 0xbf;

    if (a >= 0xc2 && a <= 0xdf && b >= 0x80 && b <= 0xbf)
        return 2;
    if (c_tail && ((a == 0xe0 && b >= 0xa0 && b <= 0xbf) ||
                   (a >= 0xe1 && a <= 0xec && b >= 0x80 && b <= 0xbf) ||
                   (a == 0xed && b >= 0x80 && b <= 0x9f) ||
                   (a >= 0xee && a <= 0xef && b >= 0x80 && b <= 0xbf)))
        return 3;
    if (c_tail && d >= 0x80 && d <= 0xbf &&
        ((a == 0xf0 && b >= 0x90 && b <= 0xbf) ||
         (a >= 0xf1 && a <= 0xf3 && b >= 0x80 && b <= 0xbf) ||
         (a == 0xf4 && b >= 0x80 && b <= 0x8f)))
        return 4;
    return 0;
}

static uint32_t byte_at(const struct kjwt_json_cursor *c, size_t i)
{
    return (size_t)(c->end - c->pos) > i ? c->pos[i] : 0;
}

void proof_utf8(void)
{
    struct kjwt_json_cursor c = any_cursor();
    const struct kjwt_json_cursor before = c;
    const uint8_t lead = nondet_u8();
    size_t len = utf8_length(lead, byte_at(&c, 0), byte_at(&c, 1),
                             byte_at(&c, 2));
    kjwt_status status;

    assume(lead >= 0x80);
    status = utf8_tail(&c, lead);
    keeps_contract(&before, &c);
    prove((status == KJWT_OK) == (len > 0), "RFC 3629 4 and nothing else");
    prove(status != KJWT_OK || (size_t)(c.pos - before.pos) == len - 1,
          "all of the character");
    end_of_proof();
}

static uint32_t hex_value(const struct kjwt_json_cursor *c, size_t first)
{
    uint32_t value = 0;

    for (size_t i = first; i < first + 4; i++) {
        const uint32_t d = byte_at(c, i);

        if (!is_hex_byte((uint8_t)d))
            return UINT32_MAX;
        value = value * 16 + (is_digit_byte((uint8_t)d) ? d - '0'
                              : d >= 'a'                ? d - 'a' + 10
                                                        : d - 'A' + 10);
    }
    return value;
}

void proof_escape(void)
{
    struct kjwt_json_cursor c = any_cursor();
    const struct kjwt_json_cursor before = c;
    const uint32_t unit = hex_value(&c, 1);
    const uint32_t low = hex_value(&c, 7);
    const bool pair = unit >= 0xd800 && unit <= 0xdbff &&
                      byte_at(&c, 5) == '\\' && byte_at(&c, 6) == 'u' &&
                      low >= 0xdc00 && low <= 0xdfff;
    const bool is_unit = unit > 0 && (unit < 0xd800 || unit > 0xdfff) &&
                         unit != UINT32_MAX;
    kjwt_status status = escape(&c);

    keeps_contract(&before, &c);
    if (byte_at(&before, 0) == 'u')
        prove((status == KJWT_OK) == (pair || is_unit),
              "a unit but 0, or a pair of surrogates");
    prove(status != KJWT_OK || byte_at(&before, 0) != 'u' ||
              c.pos - before.pos == (pair ? 11 : 5),
          "all of the escape");
    end_of_proof();
}

void proof_string(void)
{
    struct kjwt_json_cursor c = any_cursor();
    const struct kjwt_json_cursor before = c;
    kjwt_status status = string(&c);

    keeps_contract(&before, &c);
    prove(status != KJWT_OK || (c.pos > before.pos && c.pos[-1] == '"'),
          "it ends behind the closing quote");
    end_of_proof();
}

void proof_number(void)
{
    struct kjwt_json_cursor c = any_cursor();
    const struct kjwt_json_cursor before = c;
    enum model_state state = MINUS;
    const uint8_t *end = c.pos;
    kjwt_status status;

    /* The model has taken the minus; without one a digit must follow too. */
    if (end < c.end && *end == '-')
        end++;
    for (; end < c.end; end++) {
        enum model_state next = number_step(state, *end);

        if (next == BEHIND || next == REFUSED)
            break;
        state = next;
    }
    status = number(&c);
    keeps_contract(&before, &c);
    prove((status == KJWT_OK) ==
              (state == ZERO || state == INTEGER || state == FRACTION ||
               state == EXPONENT_DIGITS),
          "RFC 8259 6 and nothing else");
    prove(status != KJWT_OK || c.pos == end, "all of the number");
    end_of_proof();
}

void proof_scalar(void)
{
    struct kjwt_json_cursor c = any_cursor();
    const struct kjwt_json_cursor before = c;
    kjwt_status status = scalar(&c);

    keeps_contract(&before, &c);
    if (status == KJWT_OK && byte_at(&before, 0) == 'n')
        prove(byte_at(&before, 1) == 'u' && byte_at(&before, 2) == 'l' &&
                  byte_at(&before, 3) == 'l' && c.pos - before.pos == 4,
              "null");
    end_of_proof();
}

void proof_member_name(void)
{
    struct kjwt_json_cursor c = any_cursor();
    const struct kjwt_json_cursor before = c;
    kjwt_status status = member_name(&c);

    keeps_contract(&before, &c);
    prove(status != KJWT_OK || c.pos > before.pos, "a name is no nothing");
    end_of_proof();
}

void proof_value(void)
{
    struct kjwt_json_cursor c = any_cursor();
    const struct kjwt_json_cursor before = c;

    (void)value(&c);
    keeps_contract(&before, &c);
    end_of_proof();
}

/* The whole, nothing replaced: the very texts of the model, but for what lies
 * beyond the grammar. */
void proof_check(void)
{
    const struct kjwt_json_cursor c = any_cursor();
    const char *text = (const char *)c.pos;
    const size_t len = (size_t)(c.end - c.pos);
    const bool is_json = model_is_json(text, len);
    kjwt_status status = kjwt_json_check(text, len);

    prove(status == KJWT_OK || status == KJWT_ERR_JSON ||
              status == KJWT_ERR_JSON_UTF8 ||
              status == KJWT_ERR_JSON_SURROGATE ||
              status == KJWT_ERR_JSON_NUL ||
              status == KJWT_ERR_LIMIT_JSON_DEPTH,
          "the status");
    prove(status != KJWT_OK || is_json, "no other text is accepted");
    prove(!is_json || status == KJWT_OK || status == KJWT_ERR_JSON_UTF8,
          "no JSON text is refused");
    end_of_proof();
}
