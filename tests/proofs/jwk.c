/*
 * An RSA public key in JSON, for every text of TEXT_LENGTH bytes and whatever
 * scanning finds in it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * to_limbs: for every n of at most SIZE bytes, of any alignment: n's bytes and
 * 7 behind it are written, and the limbs are n. read: a key is taken only if
 * kjwt_verify() can use it; where n stood there is room for a kid behind it.
 */
#include <jwk.c>

#include "scan_contracts.h"

#ifndef SIZE
#define SIZE 8
#endif

void proof_to_limbs(void)
{
    const size_t size = any_length(SIZE / 4) * 4;
    const size_t misaligned = any_length(7);
    char *bytes = (char *)any_memory(SIZE + 14) + misaligned;
    char before[SIZE];
    const size_t i = any_length(SIZE - 1);
    const uint32_t *limbs;

    for (size_t j = 0; j < size; j++)
        before[j] = bytes[j];
    limbs = to_limbs(bytes, size);
    prove((uintptr_t)limbs % 8 == 0 && (const char *)limbs >= bytes &&
              (const char *)limbs <= bytes + 7,
          "aligned");
    if (i < size)
        prove((uint8_t)(limbs[i / 4] >> 8 * (i % 4)) ==
                  (uint8_t)before[size - 1 - i],
              "n, big-endian");
    end_of_proof();
}

void proof_member(void)
{
    const struct kjwt_json_value none = {NULL, 0};
    const struct kjwt_json_value object = nondet_bool() ? none : any_value();
    struct kjwt_json_value value;

    __CPROVER_havoc_object(text);
    assume(object.text == NULL ||
           ((*object.text != '{' && *object.text != '[') || object.len >= 2));
    value = kjwt_jwk_member(object, "n");
    prove(value.text == NULL ||
              (is_readable(value) && value.text > object.text &&
               value.text + value.len < object.text + object.len),
          "none, or one within the object");
    end_of_proof();
}

static struct kjwt_json_value n_text;
static struct kjwt_json_value e_text;
static bool has_d;

/* In place of kjwt_jwk_member(). */
struct kjwt_json_value member(struct kjwt_json_value object, const char *name)
{
    const struct kjwt_json_value none = {NULL, 0};
    const struct kjwt_json_value value = nondet_bool() ? none : any_value();

    (void)object;
    if (name[0] == 'n')
        n_text = value;
    else if (name[0] == 'e')
        e_text = value;
    else if (name[0] == 'd')
        has_d = value.text != NULL;
    return value;
}

/* base64url.c */
kjwt_status kjwt_base64url_decode(char *encoded, size_t len, size_t *decoded)
{
    prove(encoded == n_text.text + 1 && len == n_text.len - 2, "n");
    *decoded = len / 4 * 3 + len % 4 * 3 / 4;
    return nondet_status();
}

/* In place of to_limbs(). */
const uint32_t *limbs(char *bytes, size_t size)
{
    prove(bytes == n_text.text + 1 && __CPROVER_w_ok(bytes, size + 7) &&
              bytes + size + 7 < n_text.text + n_text.len,
          "n and its slack, within its text");
    return (const uint32_t *)(bytes + (-(uintptr_t)bytes & 7));
}

/* rsa_key.c */
void kjwt_rsa_n0inv(const uint32_t *n, uint32_t n0inv[2])
{
    prove((n[0] & 1) == 1, "an odd modulus");
    n0inv[0] = nondet_u32();
    n0inv[1] = nondet_u32();
}

void proof_read(void)
{
    struct kjwt_jwk jwk;
    kjwt_status status;

    __CPROVER_havoc_object(text);
    status = kjwt_jwk_read(any_value(), &jwk);
    if (status != KJWT_OK)
        return;
    prove(!has_d && e_text.text != NULL, "a public key");
    prove(jwk.key.bits == 2048 || jwk.key.bits == 3072 || jwk.key.bits == 4096,
          "of a size");
    prove((const char *)jwk.key.n >= n_text.text + 1 &&
              (const char *)jwk.key.n + jwk.key.bits / 8 <= jwk.spare &&
              jwk.spare + 72 <= n_text.text + n_text.len,
          "n, and room behind it");
    prove(jwk.kid.text == NULL || is_readable(jwk.kid), "a kid or none");
    end_of_proof();
}
