/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "jws.h"
#include "proof.h"

/* RFC 7515 7.1, 3.1: two dots, and for an RS256 token three non-empty parts. */
kjwt_status kjwt_jws_split(struct kjwt_jws *jws, char *token, size_t len,
                           uint32_t *proof)
{
    size_t dot[2] = {0, 0};
    size_t dots = 0;

    if (len > KJWT_MAX_TOKEN_LENGTH)
        return KJWT_ERR_LIMIT_TOKEN;
    for (size_t i = 0; i < len; i++) {
        if (token[i] != '.')
            continue;
        if (dots == 2)
            return KJWT_ERR_SERIALIZATION;
        dot[dots++] = i;
    }
    if (dots != 2 || dot[0] == 0 || dot[1] == dot[0] + 1 || dot[1] + 1 == len)
        return KJWT_ERR_SERIALIZATION;

    jws->header = token;
    jws->header_len = dot[0];
    jws->payload = token + dot[0] + 1;
    jws->payload_len = dot[1] - dot[0] - 1;
    jws->signature = token + dot[1] + 1;
    jws->signature_len = len - dot[1] - 1;
    jws->signing_input_len = dot[1];
    *proof += KJWT_PROOF_SPLIT;
    return KJWT_OK;
}

KJWT_NOINLINE static uint8_t lower(uint8_t c)
{
    return (uint32_t)(c - 'A') < 26 ? (uint8_t)(c + 'a' - 'A') : c;
}

/* Skips prefix if the string begins with it, ASCII case aside. */
static void skip_prefix(struct kjwt_json_string *string, const char *prefix)
{
    struct kjwt_json_string ahead = *string;

    while (*prefix != '\0')
        if (lower(kjwt_json_string_next(&ahead)) != (uint8_t)*prefix++)
            return;
    *string = ahead;
}

/* RFC 7515 4.1.9: a media type, whose "application/" may be left out. */
static bool is_media_type(struct kjwt_json_value value, const char *expected)
{
    struct kjwt_json_string string;
    uint8_t byte;

    if (!kjwt_json_is_string(value))
        return false;
    string = kjwt_json_string(value);
    skip_prefix(&string, "application/");
    do {
        byte = kjwt_json_string_next(&string);
        if (lower(byte) != lower((uint8_t)*expected++))
            return false;
    } while (byte != 0);
    return true;
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
