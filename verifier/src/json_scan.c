/*
 * Walks through a checked JSON text without a table of tokens, for the
 * accessors, which have no work memory.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json.h"

static bool is_whitespace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *skip_whitespace(const char *pos, const char *end)
{
    while (pos < end && is_whitespace(*pos))
        pos++;
    return pos;
}

/* pos stands on the opening quote. */
static const char *skip_string(const char *pos, const char *end)
{
    for (pos++; pos < end && *pos != '"'; pos++)
        if (*pos == '\\')
            pos++;
    return pos + 1;
}

/* Behind the value at pos, an element or a member of what ends at end. */
static const char *skip_value(const char *pos, const char *end)
{
    uint32_t depth = 0;

    if (*pos != '"' && *pos != '{' && *pos != '[') {
        while (pos < end && *pos != ',' && !is_whitespace(*pos))
            pos++;
        return pos;
    }
    do {
        if (*pos == '"') {
            pos = skip_string(pos, end);
            continue;
        }
        if (*pos == '{' || *pos == '[')
            depth++;
        if (*pos == '}' || *pos == ']')
            depth--;
        pos++;
    } while (depth > 0 && pos < end);
    return pos;
}

struct kjwt_json_scan kjwt_json_scan(struct kjwt_json_value container)
{
    struct kjwt_json_scan scan = {container.text + 1,
                                  container.text + container.len - 1,
                                  container.text[0] == '{'};

    return scan;
}

/* Takes the value at the scan's position, and what separates it from the
 * next: a comma, a colon, or nothing at the end. */
static struct kjwt_json_value take_value(struct kjwt_json_scan *scan)
{
    struct kjwt_json_value value = {scan->pos, 0};

    scan->pos = skip_value(scan->pos, scan->end);
    value.len = (size_t)(scan->pos - value.text);
    scan->pos = skip_whitespace(scan->pos, scan->end);
    if (scan->pos < scan->end)
        scan->pos = skip_whitespace(scan->pos + 1, scan->end);
    return value;
}

bool kjwt_json_scan_next(struct kjwt_json_scan *scan,
                         struct kjwt_json_value *name,
                         struct kjwt_json_value *value)
{
    value->text = NULL;
    value->len = 0;
    scan->pos = skip_whitespace(scan->pos, scan->end);
    if (scan->pos >= scan->end)
        return false;
    if (scan->object)
        *name = take_value(scan);
    *value = take_value(scan);
    return true;
}
