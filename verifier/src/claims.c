/*
 * Accessors of a verified Claims Set.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json.h"

/* One name of a path: the whole path, or a JSON Pointer's reference token
 * (RFC 6901 3), which ends at a slash and has its own escapes. */
struct path {
    const char *pos;
    bool pointer;
};

/* The next byte of the name; 0 at its end. */
static uint8_t path_next(struct path *path)
{
    uint8_t byte = (uint8_t)*path->pos;

    if (byte == 0 || (path->pointer && byte == '/'))
        return 0;
    path->pos++;
    if (path->pointer && byte == '~') {
        byte = (uint8_t)*path->pos;
        if (byte != '0' && byte != '1')
            return '~'; /* a lone ~ stands for itself */
        path->pos++;
        return byte == '0' ? '~' : '/';
    }
    return byte;
}

/* Whether a member has the path's next name. */
static bool is_name(struct kjwt_json_value name, struct path path)
{
    struct kjwt_json_string string = kjwt_json_string(name);
    uint8_t byte;

    do {
        byte = kjwt_json_string_next(&string);
        if (byte != path_next(&path))
            return false;
    } while (byte != 0);
    return true;
}

/* RFC 6901 4: an array index has no leading zero. No array of a token has
 * anywhere near 10^6 elements. */
static bool read_index(struct path path, uint32_t *index)
{
    const bool zero = *path.pos == '0';
    uint32_t digits = 0;
    uint8_t byte;

    *index = 0;
    while ((byte = path_next(&path)) != 0) {
        if ((uint32_t)(byte - '0') >= 10 ||
            ++digits > (zero ? 1u : 6u))
            return false;
        *index = *index * 10 + (byte - '0');
    }
    return digits > 0;
}

/* The element or member of a value that the path's next name selects. */
static struct kjwt_json_value step(struct kjwt_json_value container,
                                   struct path path)
{
    struct kjwt_json_value name = {NULL, 0};
    struct kjwt_json_value value = {NULL, 0};
    struct kjwt_json_scan scan;
    uint32_t index = 0;

    if (container.text[0] != '{' &&
        (container.text[0] != '[' || !read_index(path, &index)))
        return value;
    scan = kjwt_json_scan(container);
    while (kjwt_json_scan_next(&scan, &name, &value))
        if (scan.object ? is_name(name, path) : index-- == 0)
            break;
    return value;
}

/* The outermost object, without the white space around it. */
static struct kjwt_json_value outermost(const struct kjwt_claims *claims)
{
    struct kjwt_json_value value = {claims->json, claims->json_len};

    while (value.text[0] != '{') {
        value.text++;
        value.len--;
    }
    while (value.text[value.len - 1] != '}')
        value.len--;
    return value;
}

static kjwt_status find(const struct kjwt_claims *claims, const char *name,
                        struct kjwt_json_value *value)
{
    struct path path = {name, name != NULL && *name == '/'};

    if (claims == NULL || name == NULL)
        return KJWT_ERR_ARGUMENT;
    if (!kjwt_claims_verified(claims))
        return KJWT_ERR_UNVERIFIED;
    *value = outermost(claims);
    while (*path.pos != '\0' && value->text != NULL) {
        if (path.pointer)
            path.pos++; /* the slash */
        *value = step(*value, path);
        while (path_next(&path) != 0)
            continue;
    }
    return value->text != NULL ? KJWT_OK : KJWT_ERR_CLAIM_MISSING;
}

kjwt_status kjwt_claims_span(const struct kjwt_claims *claims,
                             const char *path, const char **json, size_t *len)
{
    struct kjwt_json_value value;
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (json == NULL || len == NULL)
        return KJWT_ERR_ARGUMENT;
    *json = NULL;
    *len = 0;
    status = find(claims, path, &value);
    if (status != KJWT_OK)
        return status;
    *json = value.text;
    *len = value.len;
    return KJWT_OK;
}

kjwt_status kjwt_claims_string(const struct kjwt_claims *claims,
                               const char *path, char *buf, size_t size,
                               size_t *len)
{
    struct kjwt_json_value value;
    struct kjwt_json_string string;
    kjwt_status status = KJWT_ERR_ARGUMENT;
    size_t written = 0;
    uint8_t byte;

    if (len != NULL)
        *len = 0;
    if (buf == NULL)
        return KJWT_ERR_ARGUMENT;
    if (size == 0)
        return KJWT_ERR_BUFFER_SIZE;
    buf[0] = '\0';
    status = find(claims, path, &value);
    if (status != KJWT_OK)
        return status;
    if (!kjwt_json_is_string(value))
        return KJWT_ERR_CLAIM_TYPE;
    string = kjwt_json_string(value);
    while ((byte = kjwt_json_string_next(&string)) != 0) {
        if (written + 1 == size) {
            buf[0] = '\0';
            return KJWT_ERR_BUFFER_SIZE;
        }
        buf[written++] = (char)byte;
    }
    buf[written] = '\0';
    if (len != NULL)
        *len = written;
    return KJWT_OK;
}

/* RFC 8259 6: an int without frac and exp. */
static kjwt_status read_int(struct kjwt_json_value value, int64_t *result)
{
    const uint32_t negative = value.text[0] == '-';
    const uint32_t last_digit = 7 + negative; /* of 2^63 - 1 and of 2^63 */
    uint64_t magnitude = 0;
    bool fits = true;

    for (size_t i = negative; i < value.len; i++) {
        const uint32_t digit = (uint32_t)(uint8_t)value.text[i] - '0';

        if (digit >= 10) /* a fraction, however many digits before it */
            return KJWT_ERR_CLAIM_TYPE;
        fits = fits && (magnitude < INT64_MAX / 10 ||
                        (magnitude == INT64_MAX / 10 && digit <= last_digit));
        if (fits)
            magnitude = magnitude * 10 + digit;
    }
    if (!fits)
        return KJWT_ERR_CLAIM_RANGE;
    /* Negation that also holds for -2^63. */
    *result = negative && magnitude != 0 ? -(int64_t)(magnitude - 1) - 1
                                         : (int64_t)magnitude;
    return KJWT_OK;
}

kjwt_status kjwt_claims_int(const struct kjwt_claims *claims, const char *path,
                            int64_t *value)
{
    struct kjwt_json_value found;
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (value == NULL)
        return KJWT_ERR_ARGUMENT;
    *value = 0;
    status = find(claims, path, &found);
    return status == KJWT_OK ? read_int(found, value) : status;
}

kjwt_status kjwt_claims_date(const struct kjwt_claims *claims,
                             const char *path, int64_t *value)
{
    struct kjwt_json_value found;
    struct kjwt_numeric_date date;
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (value == NULL)
        return KJWT_ERR_ARGUMENT;
    *value = 0;
    status = find(claims, path, &found);
    if (status == KJWT_OK)
        status = kjwt_numeric_date(found, &date);
    if (status == KJWT_OK)
        *value = date.seconds;
    return status;
}

kjwt_status kjwt_claims_bool(const struct kjwt_claims *claims,
                             const char *path, bool *value)
{
    struct kjwt_json_value found;
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (value == NULL)
        return KJWT_ERR_ARGUMENT;
    *value = false;
    status = find(claims, path, &found);
    if (status != KJWT_OK)
        return status;
    /* A checked value that begins with t or f is true or false. */
    if (found.text[0] != 't' && found.text[0] != 'f')
        return KJWT_ERR_CLAIM_TYPE;
    *value = found.text[0] == 't';
    return KJWT_OK;
}

kjwt_status kjwt_claims_count(const struct kjwt_claims *claims,
                              const char *path, size_t *count)
{
    struct kjwt_json_value found;
    struct kjwt_json_value name;
    struct kjwt_json_scan scan;
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (count == NULL)
        return KJWT_ERR_ARGUMENT;
    *count = 0;
    status = find(claims, path, &found);
    if (status != KJWT_OK)
        return status;
    if (found.text[0] != '{' && found.text[0] != '[')
        return KJWT_ERR_CLAIM_TYPE;
    scan = kjwt_json_scan(found);
    while (kjwt_json_scan_next(&scan, &name, &found))
        ++*count;
    return KJWT_OK;
}
