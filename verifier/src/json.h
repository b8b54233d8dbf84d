/*
 * JSON texts (RFC 8259) of a token: the grammar, look-up by name, values.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   bytes -> kjwt_json_check() -> kjwt_json_parse() -> kjwt_json_member()
 *            the grammar          jsmn's tokens,       a value's span
 *                                 no duplicates
 *
 * Everything below kjwt_json_parse() reads text that passed kjwt_json_check()
 * and relies on it.
 */
#ifndef KJWT_JSON_H
#define KJWT_JSON_H

#include "kjwt.h"

/*
 * Holds text[len] against the grammar of RFC 8259: exactly one value, every
 * byte accounted for. Beyond the grammar: no unpaired surrogate, no U+0000, at
 * most KJWT_MAX_JSON_DEPTH levels. Iterative, one bit per level.
 *
 * Returns KJWT_OK, KJWT_ERR_JSON, KJWT_ERR_JSON_UTF8, KJWT_ERR_JSON_SURROGATE,
 * KJWT_ERR_JSON_NUL or KJWT_ERR_LIMIT_JSON_DEPTH.
 */
kjwt_status kjwt_json_check(const char *text, size_t len);

/* What is left of a text. */
struct kjwt_json_cursor {
    const uint8_t *pos;
    const uint8_t *end;
};

/* Four hexadecimal digits (RFC 8259 7); above 0xffff: there were none. */
uint32_t kjwt_json_hex4(struct kjwt_json_cursor *c);

/* A value's JSON text, quotes and brackets included: its first byte tells the
 * type. text NULL: there is none. */
struct kjwt_json_value {
    const char *text;
    size_t len;
};

/* An object that passed kjwt_json_parse(); its tokens lie in the work. */
struct kjwt_json_object {
    const char *text;
    const void *tokens;
    uint32_t count;
};

/*
 * Checks text[len], finds its JSON tokens with jsmn and refuses duplicate
 * member names, compared unescaped, in every object within it. tokens has room
 * for KJWT_MAX_JSON_TOKENS (KJWT_WORK_SIZE(2048) bytes, aligned).
 *
 * Returns KJWT_OK, what kjwt_json_check() returns, KJWT_ERR_LIMIT_JSON_TOKENS,
 * KJWT_ERR_JSON_OBJECT where the text is no object, KJWT_ERR_JSON_DUPLICATE.
 */
kjwt_status kjwt_json_parse(struct kjwt_json_object *object, const char *text,
                            size_t len, void *tokens);

/* The value of the object's own member of that name, compared unescaped. */
struct kjwt_json_value kjwt_json_member(const struct kjwt_json_object *object,
                                        const char *name);

/* The value of JSON token i < object->count: the object itself, then each name
 * and value within it, however deep, in the order of the text. */
struct kjwt_json_value kjwt_json_token(const struct kjwt_json_object *object,
                                       uint32_t i);

/* --- strings: unescaped one UTF-8 byte at a time, never in place --- */

struct kjwt_json_string {
    struct kjwt_json_cursor rest;
    uint32_t pending; /* further bytes of a \u escape, the next one lowest */
};

/* Begins reading a value that starts with a quote. */
struct kjwt_json_string kjwt_json_string(struct kjwt_json_value value);

/* The next byte, 0 at the end: no checked string contains U+0000. */
uint8_t kjwt_json_string_next(struct kjwt_json_string *string);

/* Whether the value is a string and equals a NUL-terminated one. */
bool kjwt_json_string_is(struct kjwt_json_value value, const char *expected);

/* Whether the value is a string. */
static inline bool kjwt_json_is_string(struct kjwt_json_value value)
{
    return value.text != NULL && value.text[0] == '"';
}

/* --- scanning without tokens, for the accessors --- */

/* Reads the elements of an array or the members of an object in turn. */
struct kjwt_json_scan {
    const char *pos;
    const char *end;
    bool object;
};

/* Begins with a value that is an array or an object. */
struct kjwt_json_scan kjwt_json_scan(struct kjwt_json_value container);

/* The next element, or the next member with its name; *value.text is NULL
 * behind the last. Returns whether there was one. */
bool kjwt_json_scan_next(struct kjwt_json_scan *scan,
                         struct kjwt_json_value *name,
                         struct kjwt_json_value *value);

/* --- numbers --- */

/* A NumericDate (RFC 7519 2). Refused: other types, negative values, exponents
 * and what lies after the year 9999. */
struct kjwt_numeric_date {
    int64_t seconds;  /* rounded down */
    bool fraction;    /* whether rounding changed it */
};
kjwt_status kjwt_numeric_date(struct kjwt_json_value value,
                              struct kjwt_numeric_date *date);

#endif
