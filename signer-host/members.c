/*
 * JSON objects as lists of names and texts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "members.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flat_json.h"

void members_free(struct members *members)
{
    for (size_t i = 0; i < members->count; i++) {
        free(members->list[i].name);
        free(members->list[i].json);
    }
    free(members->list);
    members->list = NULL;
    members->count = 0;
}

static struct member *find(const struct members *members, const char *name)
{
    for (size_t i = 0; i < members->count; i++)
        if (strcmp(members->list[i].name, name) == 0)
            return &members->list[i];
    return NULL;
}

const char *members_get(const struct members *members, const char *name)
{
    const struct member *member = find(members, name);

    return member == NULL ? NULL : member->json;
}

void members_remove(struct members *members, const char *name)
{
    struct member *member = find(members, name);

    if (member == NULL)
        return;
    free(member->name);
    free(member->json);
    members->count--;
    memmove(member, member + 1,
            (size_t)(members->list + members->count - member) * sizeof *member);
}

static bool is_utf8(const char *text)
{
    char *json = flat_json_string(text);

    free(json);
    return json != NULL;
}

static bool append(struct members *members, const char *name, char *json)
{
    struct member *list =
        realloc(members->list, (members->count + 1) * sizeof *list);
    char *copy = strdup(name);

    if (list != NULL)
        members->list = list;
    if (list == NULL || copy == NULL) {
        free(copy);
        return false;
    }
    list[members->count].name = copy;
    list[members->count].json = json;
    members->count++;
    return true;
}

/* Takes json over, whatever happens. */
static bool put(struct members *members, const char *name, char *json,
                struct error *error)
{
    struct member *member = find(members, name);

    if (json == NULL)
        return out_of_memory(error);
    if (member != NULL) {
        free(member->json);
        member->json = json;
        return true;
    }
    if (!is_utf8(name)) {
        free(json);
        return error_set(error, EXIT_USAGE, "the name %s is not UTF-8", name);
    }
    if (append(members, name, json))
        return true;
    free(json);
    return out_of_memory(error);
}

/* ------------------------------------------------------------- reading --- */

json_t *members_parse(const char *text, size_t len, json_error_t *reason)
{
    return json_loadb(text, len,
                      JSON_REJECT_DUPLICATES | JSON_DECODE_ANY |
                          JSON_DECODE_INT_AS_REAL,
                      reason);
}

json_t *members_value(const struct members *members, const char *name)
{
    const char *text = members_get(members, name);
    json_error_t reason;

    return text != NULL ? members_parse(text, strlen(text), &reason) : NULL;
}

/* One past the string that begins with the quote at text. */
static const char *string_end(const char *text)
{
    for (text++; *text != '"'; text++)
        if (*text == '\\')
            text++;
    return text + 1;
}

/* A valid JSON text without its white space. */
static char *compact(const char *text, size_t len)
{
    const char *end = text + len;
    char *copy = malloc(len + 1);
    char *out = copy;

    if (copy == NULL)
        return NULL;
    while (text < end) {
        size_t run = *text == '"' ? (size_t)(string_end(text) - text) : 1;

        if (strchr(" \t\r\n", *text) == NULL) {
            memcpy(out, text, run);
            out += run;
        }
        text += run;
    }
    *out = '\0';
    return copy;
}

/* One past the value that begins at text, in a compact and valid object. */
static const char *value_end(const char *text)
{
    size_t depth = 0;

    for (;;) {
        if (depth == 0 && (*text == ',' || *text == '}'))
            return text;
        if (*text == '{' || *text == '[')
            depth++;
        if (*text == '}' || *text == ']')
            depth--;
        text = *text == '"' ? string_end(text) : text + 1;
    }
}

static bool load_member(struct members *members, const char **at,
                        struct error *error)
{
    const char *colon = string_end(*at);
    const char *end = value_end(colon + 1);
    json_error_t reason;
    json_t *name = members_parse(*at, (size_t)(colon - *at), &reason);
    bool done;

    *at = end;
    if (name == NULL)
        return out_of_memory(error);
    done = put(members, json_string_value(name),
               strndup(colon + 1, (size_t)(end - colon - 1)), error);
    json_decref(name);
    return done;
}

/* text is a compact object. */
static bool load_members(struct members *members, const char *text,
                         struct error *error)
{
    while (*text != '}') {
        text++; /* the brace or the comma */
        if (*text == '"' && !load_member(members, &text, error))
            return false;
    }
    return true;
}

static bool check_object(const char *text, size_t len, struct error *error)
{
    json_error_t reason;
    json_t *json = members_parse(text, len, &reason);
    bool is_object = json_is_object(json);

    if (json == NULL)
        return error_set(error, EXIT_REFUSED, "no JSON object: line %d: %s",
                         reason.line, reason.text);
    json_decref(json);
    return is_object ||
           error_set(error, EXIT_REFUSED, "the JSON text is no object");
}

bool members_load(struct members *members, const char *text, size_t len,
                  struct error *error)
{
    char *copy;
    bool done;

    if (!check_object(text, len, error))
        return false;
    copy = compact(text, len);
    done = copy != NULL ? load_members(members, copy, error)
                        : out_of_memory(error);
    free(copy);
    return done;
}

/* ------------------------------------------------------------- writing --- */

bool members_set_json(struct members *members, const char *name,
                      const char *json, struct error *error)
{
    json_error_t reason;
    json_t *value = members_parse(json, strlen(json), &reason);

    if (value == NULL)
        return error_set(error, EXIT_USAGE, "%s is no JSON value: %s", json,
                         reason.text);
    json_decref(value);
    return put(members, name, compact(json, strlen(json)), error);
}

bool members_set_string(struct members *members, const char *name,
                        const char *value, struct error *error)
{
    char *json = flat_json_string(value);

    if (json == NULL)
        return error_set(error, EXIT_USAGE, "the value of %s is not UTF-8",
                         name);
    return put(members, name, json, error);
}

bool members_set_integer(struct members *members, const char *name,
                         int64_t value, struct error *error)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, value);
    return put(members, name, strdup(text), error);
}

/* ,"name":value behind the text, which it takes over. */
static char *append_member(char *text, size_t *len, const struct member *member)
{
    char *name = flat_json_string(member->name);
    size_t name_len = name != NULL ? strlen(name) : 0;
    size_t value_len = strlen(member->json);
    char *longer =
        name != NULL ? realloc(text, *len + name_len + value_len + 4) : NULL;

    if (longer != NULL) {
        longer[*len] = ',';
        memcpy(longer + *len + 1, name, name_len);
        longer[*len + 1 + name_len] = ':';
        memcpy(longer + *len + 2 + name_len, member->json, value_len);
        *len += 2 + name_len + value_len;
    } else {
        free(text);
    }
    free(name);
    return longer;
}

char *members_dump(const struct members *members)
{
    char *text = malloc(sizeof "{}");
    size_t len = 0;

    for (size_t i = 0; text != NULL && i < members->count; i++)
        text = append_member(text, &len, &members->list[i]);
    if (text == NULL)
        return NULL;
    text[0] = '{';
    (void)strcpy(text + (len > 0 ? len : 1), "}");
    return text;
}
