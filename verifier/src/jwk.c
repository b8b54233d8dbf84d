/* SPDX-License-Identifier: Apache-2.0 */
#include "base64url.h"
#include "jwk.h"
#include "rsa_kernel.h"
#include "rsa_key.h"

struct kjwt_json_value kjwt_jwk_member(struct kjwt_json_value object,
                                       const char *name)
{
    struct kjwt_json_value found = {NULL, 0};
    struct kjwt_json_value value;
    struct kjwt_json_scan scan;

    if (object.text == NULL || object.text[0] != '{')
        return found;
    scan = kjwt_json_scan(object);
    while (kjwt_json_scan_next(&scan, &found, &value))
        if (kjwt_json_string_is(found, name))
            break;
    return value;
}

/* Absent, or that string. */
static bool may_be(struct kjwt_json_value object, const char *name,
                   const char *expected)
{
    const struct kjwt_json_value value = kjwt_jwk_member(object, name);

    return value.text == NULL || kjwt_json_string_is(value, expected);
}

/* RFC 7518 6.3.1, 6.3.2; RFC 7517 4.2, 4.4. */
static bool is_public_rs256(struct kjwt_json_value object)
{
    return kjwt_json_string_is(kjwt_jwk_member(object, "kty"), "RSA") &&
           kjwt_json_string_is(kjwt_jwk_member(object, "e"), "AQAB") &&
           may_be(object, "use", "sig") && may_be(object, "alg", "RS256") &&
           kjwt_jwk_member(object, "d").text == NULL;
}

static void swap(uint8_t *a, uint8_t *b)
{
    const uint8_t byte = *a;

    *a = *b;
    *b = byte;
}

/* Big-endian bytes become limbs in place, at the first aligned address. */
static const uint32_t *to_limbs(char *bytes, size_t size)
{
    uint8_t *aligned = (uint8_t *)bytes + ((0 - (uintptr_t)bytes) & 7);
    kjwt_limb *limbs = (kjwt_limb *)(void *)aligned;

    for (size_t i = size; i-- > 0;)
        aligned[i] = (uint8_t)bytes[i];
    for (size_t i = 0; i < size / 2; i++)
        swap(aligned + i, aligned + size - 1 - i);
    for (size_t i = 0; i < size / 4; i++) {
        const uint8_t *least = aligned + 4 * i;

        limbs[i] = (uint32_t)least[3] << 24 | (uint32_t)least[2] << 16 |
                   (uint32_t)least[1] << 8 | least[0];
    }
    return (const uint32_t *)limbs;
}

kjwt_status kjwt_jwk_read(struct kjwt_json_value object, struct kjwt_jwk *jwk)
{
    const struct kjwt_json_value n = kjwt_jwk_member(object, "n");
    kjwt_status status = KJWT_ERR_KEY;
    const uint32_t *limbs;
    size_t size;
    char *text;

    jwk->kid = kjwt_jwk_member(object, "kid");
    if (!is_public_rs256(object) || !kjwt_json_is_string(n) ||
        (jwk->kid.text != NULL && (!kjwt_json_is_string(jwk->kid) ||
                                   kjwt_json_string_is(jwk->kid, ""))))
        return KJWT_ERR_KEY;
    text = (char *)(uintptr_t)(n.text + 1); /* the caller's to overwrite */
    status = kjwt_base64url_decode(text, n.len - 2, &size);
    if (status != KJWT_OK)
        return status;
    if (size != 2048 / 8 && size != 3072 / 8 && size != 4096 / 8)
        return KJWT_ERR_KEY;
    limbs = to_limbs(text, size);
    if ((limbs[0] & 1) == 0 || limbs[size / 4 - 1] >> 31 == 0)
        return KJWT_ERR_KEY;
    jwk->key.kid = NULL;
    jwk->key.target = NULL;
    jwk->key.n = limbs;
    jwk->key.bits = (uint32_t)size * 8;
    kjwt_rsa_n0inv(limbs, jwk->key.n0inv);
    jwk->spare = text + size + 7; /* wherever n was aligned */
    return KJWT_OK;
}
