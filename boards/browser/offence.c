/* SPDX-License-Identifier: Apache-2.0 */
#include "offence.h"

#include <string.h>

#include "base64url.h"
#include "json.h"
#include "jws.h"

/* --------------------------------------------------------------- parts --- */

/* A token's part as it stands there. false where there is none. */
static bool find_part(enum part part, const char *token, size_t len,
                      struct offence *found)
{
    size_t start = 0;
    size_t dots = 0;

    for (size_t i = 0; i <= len; i++) {
        if (i < len && token[i] != '.')
            continue;
        if (dots == (size_t)part) {
            *found = (struct offence){.part = part, .start = start, .end = i};
            return true;
        }
        dots++;
        start = i + 1;
    }
    return false;
}

kjwt_status offence_decode(enum part part, const char *token, size_t len,
                           char *scratch, size_t *decoded_len)
{
    struct offence found;

    *decoded_len = 0;
    if (!find_part(part, token, len, &found))
        return KJWT_ERR_SERIALIZATION;
    memcpy(scratch, token + found.start, found.end - found.start);
    return kjwt_base64url_decode(scratch, found.end - found.start, decoded_len);
}

static struct offence whole_part(enum part part, const char *token, size_t len)
{
    struct offence found = {.part = PART_NONE, .end = len};

    (void)find_part(part, token, len, &found);
    return found;
}

/* RFC 7515 7.1: the empty parts, the dots that are too many, or all of it. */
static struct offence in_serialization(const char *token, size_t len)
{
    struct offence whole = {.part = PART_NONE, .end = len};
    struct offence third, fourth;

    if (!find_part(PART_SIGNATURE, token, len, &third))
        return whole;
    if (find_part(PART_NONE, token, len, &fourth)) {
        whole.start = third.end;
        return whole;
    }
    for (enum part part = PART_HEADER; part < PART_NONE; part++) {
        struct offence found = whole_part(part, token, len);

        if (found.start != found.end)
            continue;
        /* Nothing can be marked but the dot beside it. */
        if (part == PART_SIGNATURE)
            found.start--;
        else
            found.end++;
        return found;
    }
    return whole;
}

/* ----------------------------------------------------------- base64url --- */

/* The last of four characters carries six bits, whichever they are. */
static bool is_foreign(char c)
{
    char text[4] = {'A', 'A', 'A', c};
    size_t len;

    return kjwt_base64url_decode(text, sizeof text, &len) != KJWT_OK;
}

/* The first byte that is not of the alphabet, else the last one, whose bits
 * are left over or which is one too many. */
static struct offence in_base64url(enum part part, const char *token,
                                   size_t len)
{
    struct offence found = whole_part(part, token, len);
    size_t end = found.end;

    for (size_t i = found.start; i < end; i++)
        if (is_foreign(token[i])) {
            found.start = i;
            found.end = i + 1;
            return found;
        }
    found.start = end - 1;
    return found;
}

/* ---------------------------------------------------------------- JSON --- */

/* Characters i to i + 3 of a part carry bytes 3 i / 4 to 3 i / 4 + 2. */
static struct offence at_bytes(struct offence part, size_t start, size_t end)
{
    part.end = part.start + (end * 4 + 2) / 3;
    part.start += start * 4 / 3;
    part.decoded_start = start;
    part.decoded_end = end;
    return part;
}

/* The member of that name of the part's object, name and value; the part as it
 * stands where there is none. */
static struct offence at_member(struct offence part, const char *text,
                                size_t len, const char *name)
{
    struct kjwt_json_value object = {text, len};
    struct kjwt_json_scan scan;
    struct kjwt_json_value member, value;

    while (object.len > 0 && *object.text != '{') { /* white space before it */
        object.text++;
        object.len--;
    }
    scan = kjwt_json_scan(object);
    while (kjwt_json_scan_next(&scan, &member, &value))
        if (kjwt_json_string_is(member, name))
            return at_bytes(part, (size_t)(member.text - text),
                            (size_t)(value.text + value.len - text));
    return part;
}

/* What policy.c holds for a wrong type, or a wrong date, in its order. */
static const char *wrong_claim(const struct kjwt_json_object *claims,
                               kjwt_status status)
{
    static const char *const strings[] = {"iss", "sub", "jti"};
    static const char *const dates[] = {"exp", "nbf", "iat"};

    for (size_t i = 0; i < 3; i++) {
        const char *name =
            status == KJWT_ERR_CLAIM_TYPE ? strings[i] : dates[i];
        struct kjwt_json_value value = kjwt_json_member(claims, name);
        struct kjwt_numeric_date date;

        if (value.text == NULL)
            continue;
        if (status == KJWT_ERR_CLAIM_TYPE
                ? !kjwt_json_is_string(value)
                : kjwt_numeric_date(value, &date) != KJWT_OK)
            return name;
    }
    return "aud";
}

static const char *limiting_claim(const struct kjwt_json_object *claims)
{
    return kjwt_json_member(claims, "exp").text != NULL ? "exp" : "nbf";
}

/* The member that a status is about; NULL: none. */
static const struct {
    kjwt_status status;
    const char *name;
} members[] = {
    {KJWT_ERR_ALG, "alg"},           {KJWT_ERR_CRIT, "crit"},
    {KJWT_ERR_B64, "b64"},           {KJWT_ERR_TYP, "typ"},
    {KJWT_ERR_KID, "kid"},           {KJWT_ERR_KEY_UNKNOWN, "kid"},
    {KJWT_ERR_KEY_AMBIGUOUS, "kid"}, {KJWT_ERR_ISSUER, "iss"},
    {KJWT_ERR_SUBJECT, "sub"},       {KJWT_ERR_AUDIENCE, "aud"},
    {KJWT_ERR_EXPIRED, "exp"},       {KJWT_ERR_NOT_YET_VALID, "nbf"},
    {KJWT_ERR_IAT_FUTURE, "iat"},    {KJWT_ERR_TOO_OLD, "iat"},
};

static const char *member_of(kjwt_status status,
                             const struct kjwt_json_object *claims)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        if (members[i].status == status)
            return members[i].name;
    if (status == KJWT_ERR_CLAIM_TYPE || status == KJWT_ERR_NUMERIC_DATE)
        return wrong_claim(claims, status);
    return status == KJWT_ERR_TIME_UNKNOWN ? limiting_claim(claims) : NULL;
}

static bool is_of_the_header(kjwt_status status)
{
    return status == KJWT_ERR_ALG || status == KJWT_ERR_CRIT ||
           status == KJWT_ERR_B64 || status == KJWT_ERR_TYP ||
           status == KJWT_ERR_KID || status == KJWT_ERR_KEY_UNKNOWN ||
           status == KJWT_ERR_KEY_AMBIGUOUS;
}

/* A status of JSON comes from the part whose text has it, the header first. */
static struct offence in_json(kjwt_status status, const char *token, size_t len,
                              char *scratch, void *work)
{
    enum part part = PART_HEADER;
    struct kjwt_json_object object;
    size_t text_len;
    kjwt_status found;
    const char *name;

    (void)offence_decode(part, token, len, scratch, &text_len);
    found = kjwt_json_parse(&object, scratch, text_len, work);
    if (found == KJWT_OK && !is_of_the_header(status)) {
        part = PART_PAYLOAD;
        (void)offence_decode(part, token, len, scratch, &text_len);
        found = kjwt_json_parse(&object, scratch, text_len, work);
    }
    name = found == KJWT_OK ? member_of(status, &object) : NULL;
    if (name == NULL)
        return whole_part(part, token, len);
    return at_member(whole_part(part, token, len), scratch, text_len, name);
}

/* -------------------------------------------------------------- status --- */

/* The device decodes the header first, the Claims Set last. */
static enum part not_base64url(const char *token, size_t len, char *scratch)
{
    static const enum part order[] = {PART_HEADER, PART_SIGNATURE};
    size_t decoded_len;

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (offence_decode(order[i], token, len, scratch, &decoded_len) !=
            KJWT_OK)
            return order[i];
    return PART_PAYLOAD;
}

struct offence offence_find(kjwt_status status, const char *token, size_t len,
                            char *scratch, void *work)
{
    struct offence too_long = {PART_NONE, KJWT_MAX_TOKEN_LENGTH, len, 0, 0};

    switch (status) {
    case KJWT_ERR_LIMIT_TOKEN:
        return too_long;
    case KJWT_ERR_SERIALIZATION:
        return in_serialization(token, len);
    case KJWT_ERR_BASE64URL:
        return in_base64url(not_base64url(token, len, scratch), token, len);
    case KJWT_ERR_SIGNATURE_LENGTH:
    case KJWT_ERR_SIGNATURE_RANGE:
    case KJWT_ERR_SIGNATURE:
        return whole_part(PART_SIGNATURE, token, len);
    default:
        return in_json(status, token, len, scratch, work);
    }
}
