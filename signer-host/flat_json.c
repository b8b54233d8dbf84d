/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "flat_json.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAME 63

/* Characters that stand for themselves in JSON, and are ASCII. */
static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* ------------------------------------------------------------- loading --- */

struct reader {
    const char *at;
    const char *end;
};

static bool skip(struct reader *reader, char c)
{
    const char *at = reader->at;

    while (at < reader->end && memchr(" \t\r\n", *at, 4) != NULL)
        at++;
    if (at == reader->end || *at != c)
        return false;
    reader->at = at + 1;
    return true;
}

/* A plain string: where it begins, and its length. */
static bool read_string(struct reader *reader, const char **text, size_t *len)
{
    const char *at;

    if (!skip(reader, '"'))
        return false;
    *text = reader->at;
    for (at = reader->at; at < reader->end && is_plain(*at); at++)
        ;
    *len = (size_t)(at - reader->at);
    reader->at = at;
    return at < reader->end && *reader->at++ == '"';
}

static bool read_member(struct reader *reader, json_t *object)
{
    char name[MAX_NAME + 1];
    const char *text;
    size_t len;

    if (!read_string(reader, &text, &len) || len > MAX_NAME)
        return false;
    memcpy(name, text, len);
    name[len] = '\0';
    return json_object_get(object, name) == NULL && skip(reader, ':') &&
           read_string(reader, &text, &len) &&
           json_object_set_new_nocheck(object, name,
                                       json_stringn_nocheck(text, len)) == 0;
}

static bool read_object(struct reader *reader, json_t *object)
{
    if (!skip(reader, '{'))
        return false;
    do {
        if (!read_member(reader, object))
            return false;
    } while (skip(reader, ','));
    return skip(reader, '}') && reader->at == reader->end;
}

json_t *flat_json_load(const char *text, size_t len)
{
    struct reader reader = {text, text + len};
    json_t *object = json_object();

    if (object != NULL && read_object(&reader, object))
        return object;
    json_decref(object);
    return json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
                      NULL);
}

/* ------------------------------------------------------------- dumping --- */

static bool is_plain_text(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_plain(text[i]))
            return false;
    return true;
}

/* Room for the object as text; 0: it is another kind of JSON. */
static size_t flat_length(json_t *json)
{
    const char *name;
    json_t *value;
    size_t len = 1;

    if (!json_is_object(json) || json_object_size(json) == 0)
        return 0;
    json_object_foreach(json, name, value)
    {
        if (!json_is_string(value) || !is_plain_text(name, strlen(name)) ||
            !is_plain_text(json_string_value(value), json_string_length(value)))
            return 0;
        len += strlen(name) + json_string_length(value) + strlen("\"\":\"\",");
    }
    return len;
}

static char *put(char *at, const char *text, size_t len)
{
    *at++ = '"';
    memcpy(at, text, len);
    at[len] = '"';
    return at + len + 1;
}

char *flat_json_string(const char *text)
{
    size_t len = strlen(text);
    json_t *string;
    char *json;

    if (is_plain_text(text, len)) {
        json = malloc(len + sizeof "\"\"");
        if (json != NULL)
            *put(json, text, len) = '\0';
        return json;
    }
    string = json_string(text);
    json = json_dumps(string, JSON_ENCODE_ANY);
    json_decref(string);
    return json;
}

char *flat_json_dump(json_t *json)
{
    size_t len = flat_length(json);
    const char *name;
    json_t *value;
    char *text;
    char *at;

    if (len == 0)
        return json_dumps(json, JSON_COMPACT);
    text = malloc(len + 1);
    if (text == NULL)
        return NULL;
    at = text;
    json_object_foreach(json, name, value)
    {
        *at++ = ',';
        at = put(at, name, strlen(name));
        *at++ = ':';
        at = put(at, json_string_value(value), json_string_length(value));
    }
    *at++ = '}';
    *at = '\0';
    text[0] = '{';
    return text;
}
