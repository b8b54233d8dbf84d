/*
 * Members by name, over jsmn's tokens.
 * SPDX-License-Identifier: Apache-2.0
 *
 * proof_parse: jsmn's own code, for every text of at most LENGTH bytes that is
 * JSON (json_model.h) and a table of KJWT_MAX_JSON_TOKENS tokens, which here
 * may be too small: it keeps to the table and leaves tokens that are well
 * formed (below). The others: for every table of at most KJWT_MAX_JSON_TOKENS
 * well formed tokens over a text of LENGTH bytes, whatever they are; strings
 * are read through their contract (json_string.c).
 */
#include <json_lookup.c>

#include "json_model.h"

static char text[LENGTH];
static jsmntok_t tokens[KJWT_MAX_JSON_TOKENS];

/* The contract of kjwt_json_string_next(): any byte, and an end. */
uint8_t reads_byte(struct kjwt_json_string *string)
{
    prove(__CPROVER_r_ok(string->rest.pos,
                         string->rest.end - string->rest.pos),
          "the rest of the string can be read");
    if (string->rest.pos == string->rest.end)
        return 0;
    string->rest.pos++;
    return nondet_u8();
}

/* Of kjwt_json_string(). */
struct kjwt_json_string kjwt_json_string(struct kjwt_json_value value)
{
    const uint8_t *const first = (const uint8_t *)value.text;
    struct kjwt_json_string string = {{first + 1, first + value.len - 1}, 0};

    prove(__CPROVER_r_ok(value.text, value.len) && value.len >= 2, "a string");
    return string;
}

/* Of kjwt_json_string_is(). */
bool is(struct kjwt_json_value value, const char *expected)
{
    prove(__CPROVER_r_ok(value.text, value.len) && value.len > 0 &&
              expected != NULL,
          "the value can be read");
    return nondet_bool();
}

/* Of kjwt_json_check(). */
kjwt_status checks(const char *json, size_t len)
{
    return model_is_json(json, len) ? KJWT_OK : KJWT_ERR_JSON;
}

/* Of has_duplicates(). */
bool duplicates(const struct kjwt_json_object *object, uint32_t i)
{
    prove(i < object->count, "one of the tokens");
    return nondet_bool();
}

/*
 * What the readers rely on: tokens in the order of the text, each within it
 * (strings with room for their quotes), the first an object that holds all ...
 */
static bool in_order(uint32_t count)
{
    bool well = count >= 1 && count <= KJWT_MAX_JSON_TOKENS &&
                tokens[0].type == JSMN_OBJECT;

    for (uint32_t i = 0; i < KJWT_MAX_JSON_TOKENS; i++) {
        const int quote = tokens[i].type == JSMN_STRING;

        if (i < count)
            well = well && tokens[i].start >= quote &&
                   tokens[i].end <= LENGTH - quote &&
                   tokens[i].start < tokens[i].end + quote &&
                   (i == 0 || tokens[i].start > tokens[i - 1].start);
    }
    return well;
}

/* ... and within the object at i a name, its value, the next name. */
static bool alternate(uint32_t count, uint32_t i)
{
    const uint32_t behind = token_behind(tokens, count, i);
    uint32_t name = i + 1;

    if (i == 0 && behind != count)
        return false;
    while (name < behind) {
        if (tokens[name].type != JSMN_STRING || name + 1 >= behind)
            return false;
        name = token_behind(tokens, behind, name + 1);
    }
    return true;
}

void proof_parse(void)
{
    const size_t len = any_length(LENGTH);
    const uint32_t i = nondet_u32();
    struct kjwt_json_object object;
    kjwt_status status;

    __CPROVER_havoc_object(text);
    __CPROVER_havoc_object(tokens);
    status = kjwt_json_parse(&object, text, len, tokens);
    prove(status == KJWT_OK || status == KJWT_ERR_JSON ||
              status == KJWT_ERR_LIMIT_JSON_TOKENS ||
              status == KJWT_ERR_JSON_OBJECT ||
              status == KJWT_ERR_JSON_DUPLICATE,
          "the status");
    if (status != KJWT_OK && status != KJWT_ERR_JSON_DUPLICATE)
        return;
    prove(object.text == text && object.tokens == tokens, "what it is of");
    prove(in_order(object.count), "the tokens are in order");
    if (i < object.count && tokens[i].type == JSMN_OBJECT)
        prove(alternate(object.count, i), "names and values alternate");
    end_of_proof();
}

static struct kjwt_json_object any_object(uint32_t i)
{
    struct kjwt_json_object object = {text, tokens, nondet_u32()};

    __CPROVER_havoc_object(text);
    __CPROVER_havoc_object(tokens);
    assume(in_order(object.count) && i < object.count);
    assume(tokens[i].type != JSMN_OBJECT || alternate(object.count, i));
    return object;
}

static void is_within(struct kjwt_json_value value)
{
    prove(value.text >= text && value.len > 0 &&
              value.len <= (size_t)(text + LENGTH - value.text),
          "the value lies within the text");
}

void proof_duplicates(void)
{
    const uint32_t i = nondet_u32();
    const struct kjwt_json_object object = any_object(i);

    assume(tokens[i].type == JSMN_OBJECT);
    (void)has_duplicates(&object, i);
    end_of_proof();
}

void proof_member(void)
{
    const struct kjwt_json_object object = any_object(0);
    struct kjwt_json_value value = kjwt_json_member(&object, "exp");

    prove(value.text != NULL || value.len == 0, "a value or none");
    if (value.text != NULL)
        is_within(value);
    end_of_proof();
}

void proof_token(void)
{
    const uint32_t i = nondet_u32();
    const struct kjwt_json_object object = any_object(i);

    is_within(kjwt_json_token(&object, i));
    end_of_proof();
}
