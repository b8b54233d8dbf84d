/*
 * Members of a JSON object by name, over jsmn's tokens. The only file that
 * includes jsmn.h.
 * SPDX-License-Identifier: Apache-2.0
 */
/* Another component may bring jsmn with other options, for all files. */
#undef JSMN_HEADER
#undef JSMN_PARENT_LINKS
#undef JSMN_STATIC
#undef JSMN_STRICT
#define JSMN_STATIC
#include <jsmn.h>

#include "json.h"

_Static_assert(KJWT_MAX_JSON_TOKENS * sizeof(jsmntok_t) <= KJWT_WORK_SIZE(2048),
               "the JSON tokens lie in the smallest work");

/* jsmn's spans of strings leave the quotes out. */
static struct kjwt_json_value token_value(const char *text,
                                          const jsmntok_t *token)
{
    const int quote = token->type == JSMN_STRING;
    struct kjwt_json_value value = {
        text + token->start - quote,
        (size_t)(token->end - token->start + 2 * quote)};

    return value;
}

/* The token behind the value at i and all that lies within it. */
static uint32_t token_behind(const jsmntok_t *tokens, uint32_t count,
                             uint32_t i)
{
    const int end = tokens[i].end;

    do
        i++;
    while (i < count && tokens[i].start < end);
    return i;
}

static bool same_name(const char *text, const jsmntok_t *a, const jsmntok_t *b)
{
    struct kjwt_json_string name_a = kjwt_json_string(token_value(text, a));
    struct kjwt_json_string name_b = kjwt_json_string(token_value(text, b));
    uint8_t byte;

    do {
        byte = kjwt_json_string_next(&name_a);
        if (byte != kjwt_json_string_next(&name_b))
            return false;
    } while (byte != 0);
    return true;
}

/* Members of the object at i: a name, its value, the next name. */
static bool has_duplicates(const struct kjwt_json_object *object, uint32_t i)
{
    const jsmntok_t *tokens = object->tokens;
    const uint32_t behind = token_behind(tokens, object->count, i);

    for (uint32_t a = i + 1; a < behind;) {
        uint32_t next = token_behind(tokens, behind, a + 1);

        for (uint32_t b = next; b < behind;
             b = token_behind(tokens, behind, b + 1))
            if (same_name(object->text, &tokens[a], &tokens[b]))
                return true;
        a = next;
    }
    return false;
}

kjwt_status kjwt_json_parse(struct kjwt_json_object *object, const char *text,
                            size_t len, void *tokens)
{
    const jsmntok_t *token = tokens;
    kjwt_status status = kjwt_json_check(text, len);
    jsmn_parser parser;
    int count;

    if (status != KJWT_OK)
        return status;
    jsmn_init(&parser);
    count = jsmn_parse(&parser, text, len, tokens, KJWT_MAX_JSON_TOKENS);
    if (count < 1)
        return KJWT_ERR_LIMIT_JSON_TOKENS;
    if (token[0].type != JSMN_OBJECT)
        return KJWT_ERR_JSON_OBJECT;
    object->text = text;
    object->tokens = tokens;
    object->count = (uint32_t)count;
    for (uint32_t i = 0; i < object->count; i++)
        if (token[i].type == JSMN_OBJECT && has_duplicates(object, i))
            return KJWT_ERR_JSON_DUPLICATE;
    return KJWT_OK;
}

struct kjwt_json_value kjwt_json_member(const struct kjwt_json_object *object,
                                        const char *name)
{
    const jsmntok_t *tokens = object->tokens;
    struct kjwt_json_value value = {NULL, 0};

    for (uint32_t i = 1; i < object->count;
         i = token_behind(tokens, object->count, i + 1)) {
        if (kjwt_json_string_is(token_value(object->text, &tokens[i]), name)) {
            value = token_value(object->text, &tokens[i + 1]);
            break;
        }
    }
    return value;
}

struct kjwt_json_value kjwt_json_token(const struct kjwt_json_object *object,
                                       uint32_t i)
{
    const jsmntok_t *tokens = object->tokens;

    return token_value(object->text, &tokens[i]);
}
