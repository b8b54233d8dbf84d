/*
 * The JSON functions as their callers may take them: what json_lookup.c,
 * json_string.c and numeric_date.c are proved to do, and any result besides.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JSON_CONTRACTS_H
#define JSON_CONTRACTS_H

#include "json.h"
#include "proof.h"

#ifndef TEXT_LENGTH
#define TEXT_LENGTH 8
#endif

/* The checked text that values point into. */
static char text[TEXT_LENGTH];

/* A value within the text; a string has room for its quotes. */
static struct kjwt_json_value any_value(void)
{
    struct kjwt_json_value value;
    const size_t from = any_length(TEXT_LENGTH - 1);

    value.text = text + from;
    value.len = any_length(TEXT_LENGTH - from);
    assume(value.len >= 1 && (*value.text != '"' || value.len >= 2));
    return value;
}

static bool is_readable(struct kjwt_json_value value)
{
    return __CPROVER_r_ok(value.text, value.len) && value.len >= 1;
}

struct kjwt_json_value kjwt_json_member(const struct kjwt_json_object *object,
                                        const char *name)
{
    const struct kjwt_json_value none = {NULL, 0};

    prove(object->text == text && name != NULL, "an object and a name");
    return nondet_bool() ? none : any_value();
}

struct kjwt_json_value kjwt_json_token(const struct kjwt_json_object *object,
                                       uint32_t i)
{
    prove(object->text == text && i < object->count, "one of the tokens");
    return any_value();
}

struct kjwt_json_string kjwt_json_string(struct kjwt_json_value value)
{
    const uint8_t *const first = (const uint8_t *)value.text;
    struct kjwt_json_string string = {{first + 1, first + value.len - 1}, 0};

    prove(is_readable(value) && *value.text == '"', "a string");
    return string;
}

/* Whether strings have no escapes, and bytes are what stands there. */
static bool plain_strings;

uint8_t kjwt_json_string_next(struct kjwt_json_string *string)
{
    struct kjwt_json_cursor *rest = &string->rest;

    prove(__CPROVER_r_ok(rest->pos, rest->end - rest->pos),
          "the rest of the string can be read");
    if (rest->pos == rest->end)
        return 0;
    rest->pos++;
    return plain_strings ? rest->pos[-1] : nondet_u8();
}

bool kjwt_json_string_is(struct kjwt_json_value value, const char *expected)
{
    prove(expected != NULL, "something to compare with");
    if (value.text == NULL)
        return false;
    prove(is_readable(value), "a value");
    return *value.text == '"' && nondet_bool();
}

kjwt_status kjwt_numeric_date(struct kjwt_json_value value,
                              struct kjwt_numeric_date *date)
{
    prove(is_readable(value), "a value");
    date->seconds = nondet_i64();
    date->fraction = nondet_bool();
    if (nondet_bool())
        return KJWT_ERR_NUMERIC_DATE;
    assume(date->seconds >= 0 && date->seconds <= INT64_C(253402300799));
    return KJWT_OK;
}

#endif
