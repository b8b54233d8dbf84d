/*
 * What names an issuer or a token, in a size that can be stored.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "admit.h"
#include "crypto.h"
#include "json.h"

/* A claim's string, unescaped, and its NUL: no string of a token holds one, so
 * two different names never hash the same bytes. */
static kjwt_status update(const struct kjwt_admission *admission,
                          const char *name)
{
    struct kjwt_json_value value = {NULL, 0};
    struct kjwt_json_string string;
    uint8_t bytes[16];
    size_t len = 0;
    kjwt_status status =
        kjwt_claims_span(admission->claims, name, &value.text, &value.len);

    if (status == KJWT_ERR_CLAIM_MISSING)
        return kjwt_sha256_update(admission->work, "", 1);
    if (status == KJWT_OK && !kjwt_json_is_string(value))
        status = KJWT_ERR_CLAIM_TYPE;
    if (status != KJWT_OK)
        return status;
    string = kjwt_json_string(value);
    do {
        bytes[len] = kjwt_json_string_next(&string);
        if (bytes[len++] != 0 && len < sizeof bytes)
            continue;
        status = kjwt_sha256_update(admission->work, bytes, len);
        if (bytes[len - 1] == 0)
            break;
        len = 0;
    } while (status == KJWT_OK);
    return status;
}

kjwt_status kjwt_admit_digest(const struct kjwt_admission *admission,
                              const char *name,
                              uint8_t digest[KJWT_DIGEST_BYTES])
{
    uint8_t whole[KJWT_SHA256_SIZE];
    kjwt_status status = kjwt_sha256_init(admission->work);

    if (status == KJWT_OK)
        status = update(admission, "iss");
    if (status == KJWT_OK && name != NULL)
        status = update(admission, name);
    if (status == KJWT_OK)
        status = kjwt_sha256_finish(admission->work, whole);
    kjwt_sha256_abort(admission->work);
    if (status == KJWT_OK)
        memcpy(digest, whole, KJWT_DIGEST_BYTES);
    return status;
}
