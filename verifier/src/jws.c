/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "jws.h"
#include "proof.h"

/* Behind the next dot, or the end. */
KJWT_NOINLINE static char *behind_dot(char *next, const char *end)
{
    while (next != end && *next++ != '.')
        ;
    return next;
}

/* RFC 7515 7.1, 3.1: two dots, and for an RS256 token three non-empty parts. */
kjwt_status kjwt_jws_split(struct kjwt_jws *jws, char *token, size_t len,
                           uint32_t *proof)
{
    const char *end;

    if (len > KJWT_MAX_TOKEN_LENGTH)
        return KJWT_ERR_LIMIT_TOKEN;
    end = token + len;
    jws->header = token;
    jws->payload = behind_dot(token, end);
    jws->signature = behind_dot(jws->payload, end);
    jws->header_len = (size_t)(jws->payload - token) - 1;
    jws->payload_len = (size_t)(jws->signature - jws->payload) - 1;
    jws->signature_len = (size_t)(end - jws->signature);
    jws->signing_input_len = (size_t)(jws->signature - token) - 1;
    /* Without two dots the signature begins at the end. */
    if (jws->signature_len == 0 || jws->header_len == 0 ||
        jws->payload_len == 0 || behind_dot(jws->signature, end) != end ||
        end[-1] == '.')
        return KJWT_ERR_SERIALIZATION;
    *proof += KJWT_PROOF_SPLIT;
    return KJWT_OK;
}

static uint8_t lower(uint8_t c)
{
    return (uint32_t)(c - 'A') < 26 ? (uint8_t)(c + 'a' - 'A') : c;
}

/* Reads as many bytes of the string as the text has; whether they are the text,
 * ASCII case aside. */
KJWT_NOINLINE static bool read_text(struct kjwt_json_string *string,
                                    const char *text)
{
    while (*text != '\0')
        if (lower(kjwt_json_string_next(string)) != lower((uint8_t)*text++))
            return false;
    return true;
}

/* RFC 7515 4.1.9: a media type, whose "application/" may be left out. */
static bool is_media_type(struct kjwt_json_value value, const char *expected)
{
    struct kjwt_json_string string;

    if (!kjwt_json_is_string(value))
        return false;
    string = kjwt_json_string(value);
    if (!read_text(&string, "application/"))
        string = kjwt_json_string(value);
    return read_text(&string, expected) &&
           kjwt_json_string_next(&string) == 0;
}

kjwt_status kjwt_jws_check_header(const struct kjwt_json_object *header,
                                  const char *typ, struct kjwt_json_value *kid,
                                  uint32_t *proof)
{
    struct kjwt_json_value value = kjwt_json_member(header, "alg");

    if (!kjwt_json_string_is(value, "RS256"))
        return KJWT_ERR_ALG;
    /* No extension is understood here, so none may be critical. */
    value = kjwt_json_member(header, "crit");
    if (value.text != NULL)
        return KJWT_ERR_CRIT;
    value = kjwt_json_member(header, "b64");
    if (value.text != NULL)
        return KJWT_ERR_B64;
    value = kjwt_json_member(header, "typ");
    if (value.text == NULL ? typ != NULL
                           : !is_media_type(value, typ != NULL ? typ : "JWT"))
        return KJWT_ERR_TYP;
    *kid = kjwt_json_member(header, "kid");
    if (kid->text != NULL && !kjwt_json_is_string(*kid))
        return KJWT_ERR_KID;
    *proof += KJWT_PROOF_HEADER;
    return KJWT_OK;
}
