/*
 * Inspecting a token: each part is put into a token of its own, signed with
 * the stand-in key and shown to the verifier. So a bad header does not hide a
 * bad Claims Set, and every verdict is the one that devices give.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "inspection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64url.h"
#include "stand_in.h"
#include "token.h"

#define GOOD_HEADER "eyJhbGciOiJSUzI1NiJ9" /* {"alg":"RS256"} */
#define GOOD_CLAIMS "e30"                  /* {} */

/* Header, payload and signature, still encoded. */
struct parts {
    const char *text[3];
    size_t len[3];
};

static bool split(const struct input *token, struct parts *parts)
{
    const char *at = token->data;
    const char *end = at + token->len;

    for (size_t i = 0; i < 3; i++) {
        const char *dot = memchr(at, '.', (size_t)(end - at));

        if ((dot == NULL) != (i == 2))
            return false;
        if (dot == NULL)
            dot = end;
        parts->text[i] = at;
        parts->len[i] = (size_t)(dot - at);
        at = dot + 1;
    }
    return true;
}

static void object_to(struct inspection *inspection, kjwt_status status)
{
    if (status != KJWT_OK)
        inspection->objections[inspection->objection_count++] = status;
}

/* ------------------------------------------------------------- verdicts --- */

/* HEADER.PAYLOAD, which may hold NULs, with a signature of the stand-in key. */
static char *resign(const struct stand_in *stand_in, const char *header,
                    size_t header_len, const char *payload, size_t payload_len,
                    size_t *token_len, struct error *error)
{
    uint8_t signature[STAND_IN_BYTES];
    char text[BASE64URL_LENGTH(STAND_IN_BYTES) + 1];
    size_t len = header_len + 1 + payload_len;
    char *token = malloc(len + 1 + sizeof text);

    if (token == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    memcpy(token, header, header_len);
    token[header_len] = '.';
    memcpy(token + header_len + 1, payload, payload_len);
    if (!stand_in_sign(stand_in, token, len, signature, error)) {
        free(token);
        return NULL;
    }
    base64url_encode(signature, sizeof signature, text);
    *token_len = len + (size_t)sprintf(token + len, ".%s", text);
    return token;
}

static kjwt_status verdict(const struct kjwt_policy *policy, const char *token,
                           size_t len, int64_t now)
{
    char scratch[KJWT_MAX_TOKEN_LENGTH];
    struct kjwt_claims claims;

    return token_verify(policy, token, len, now, scratch, &claims);
}

static bool judge_header(const struct stand_in *stand_in,
                         const struct parts *parts,
                         struct inspection *inspection, struct error *error)
{
    struct kjwt_key key = public_key_view(&stand_in->key);
    struct kjwt_policy policy = {
        .keys = &key, .key_count = 1, .options = KJWT_EXP_OPTIONAL};
    size_t len;
    char *token = resign(stand_in, parts->text[0], parts->len[0], GOOD_CLAIMS,
                         strlen(GOOD_CLAIMS), &len, error);

    if (token == NULL)
        return false;
    object_to(inspection, verdict(&policy, token, len, 1));
    free(token);
    return true;
}

/* The audience that the token names, so that none is missed. */
static char *own_audience(const struct members *claims)
{
    json_t *aud = members_value(claims, "aud");
    const char *name =
        json_string_value(json_is_array(aud) ? json_array_get(aud, 0) : aud);
    char *copy = name != NULL ? strdup(name) : NULL;

    json_decref(aud);
    return copy;
}

static bool judge_claims(const struct stand_in *stand_in,
                         const struct parts *parts, int64_t now,
                         struct inspection *inspection, struct error *error)
{
    char *audience = own_audience(&inspection->claims.members);
    struct kjwt_key key = public_key_view(&stand_in->key);
    struct kjwt_policy policy = {
        .keys = &key, .key_count = 1, .audience = audience};
    size_t len;
    char *token = resign(stand_in, GOOD_HEADER, strlen(GOOD_HEADER),
                         parts->text[1], parts->len[1], &len, error);

    if (token != NULL)
        object_to(inspection, verdict(&policy, token, len, now));
    free(token);
    free(audience);
    return token != NULL;
}

/* The whole, where it is more than its parts: dots and the length. */
static kjwt_status judge_whole(const struct stand_in *stand_in,
                               const struct input *token)
{
    struct kjwt_key key = public_key_view(&stand_in->key);
    struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    kjwt_status status = verdict(&policy, token->data, token->len, 1);

    return status == KJWT_ERR_SERIALIZATION || status == KJWT_ERR_LIMIT_TOKEN
               ? status
               : KJWT_OK;
}

static kjwt_status judge_signature(const struct inspection *inspection)
{
    size_t len = inspection->signature_len;

    if (!inspection->has_signature)
        return KJWT_ERR_BASE64URL;
    return len == 256 || len == 384 || len == 512 ? KJWT_OK
                                                  : KJWT_ERR_SIGNATURE_LENGTH;
}

/* ------------------------------------------------------------- decoding --- */

static bool decode(const char *text, size_t len, struct inspected_part *part,
                   struct error *error)
{
    struct error reason;

    part->text = malloc(len + 1);
    if (part->text == NULL)
        return out_of_memory(error);
    if (!base64url_decode(text, len, (uint8_t *)part->text, len, &part->len)) {
        free(part->text);
        part->text = NULL;
        return true;
    }
    part->text[part->len] = '\0';
    part->is_object =
        members_load(&part->members, part->text, part->len, &reason);
    return true;
}

static bool decode_all(const struct parts *parts, struct inspection *inspection,
                       struct error *error)
{
    uint8_t *signature = malloc(parts->len[2] + 1);

    if (signature == NULL)
        return out_of_memory(error);
    inspection->has_signature =
        base64url_decode(parts->text[2], parts->len[2], signature,
                         parts->len[2], &inspection->signature_len);
    free(signature);
    return decode(parts->text[0], parts->len[0], &inspection->header, error) &&
           decode(parts->text[1], parts->len[1], &inspection->claims, error);
}

bool inspect(const struct input *token, int64_t now,
             struct inspection *inspection, struct error *error)
{
    struct stand_in stand_in;
    struct parts parts;

    memset(inspection, 0, sizeof *inspection);
    if (!stand_in_open(&stand_in, error))
        return false;
    object_to(inspection, judge_whole(&stand_in, token));
    if (!split(token, &parts))
        return true;
    if (!decode_all(&parts, inspection, error))
        return false;
    /* What is too long as a whole gets no further verdict, what has an empty
     * part has got it. */
    if (inspection->objection_count > 0)
        return true;
    if (!judge_header(&stand_in, &parts, inspection, error) ||
        !judge_claims(&stand_in, &parts, now, inspection, error))
        return false;
    object_to(inspection, judge_signature(inspection));
    return true;
}

void inspection_free(struct inspection *inspection)
{
    free(inspection->header.text);
    free(inspection->claims.text);
    members_free(&inspection->header.members);
    members_free(&inspection->claims.members);
}
