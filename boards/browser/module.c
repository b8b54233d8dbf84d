/*
 * The verifier as a WebAssembly module: memory that the page fills in, and
 * calls on it. It imports nothing. Pointers are addresses in its memory;
 * verifier.mjs is the other side.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "crypto.h"
#include "offence.h"

#define EXPORT(name) __attribute__((export_name(name)))

#define MAX_BITS      4096u
#define MAX_WORDS     (MAX_BITS / 32u)
#define EXPECTED_SIZE 256u

/* One more than the longest: what is longer is refused by its length alone. */
static char token[KJWT_MAX_TOKEN_LENGTH + 1];
static char scratch[KJWT_MAX_TOKEN_LENGTH + 1];
static KJWT_WORK(work, MAX_BITS);

static struct key_memory {
    _Alignas(8) uint32_t n[MAX_WORDS];
    _Alignas(8) uint32_t target[MAX_WORDS];
    char kid[EXPECTED_SIZE];
} key_memory[KJWT_MAX_KEYS];
static struct kjwt_key keys[KJWT_MAX_KEYS];

enum expected { ISSUER, SUBJECT, AUDIENCE, TYP, EXPECTED_COUNT };
static char expected[EXPECTED_COUNT][EXPECTED_SIZE];

static struct kjwt_policy policy = {.keys = keys};
static struct kjwt_claims claims;
static struct offence offence;
static size_t decoded_len;

/* --------------------------------------------------------------- input --- */

EXPORT("version") const char *version(void)
{
    return KJWT_VERSION;
}

EXPORT("token_address") char *token_address(void)
{
    return token;
}

EXPORT("token_size") size_t token_size(void)
{
    return sizeof token;
}

EXPORT("max_keys") size_t max_keys(void)
{
    return KJWT_MAX_KEYS;
}

EXPORT("text_size") size_t text_size(void)
{
    return EXPECTED_SIZE;
}

EXPORT("key_n") uint32_t *key_n(size_t i)
{
    return key_memory[i].n;
}

EXPORT("key_target") uint32_t *key_target(size_t i)
{
    return key_memory[i].target;
}

EXPORT("key_kid") char *key_kid(size_t i)
{
    return key_memory[i].kid;
}

/* An empty kid is none. */
EXPORT("set_key")
void set_key(size_t i, uint32_t bits, uint32_t n0inv_low, uint32_t n0inv_high)
{
    const struct key_memory *memory = &key_memory[i];

    keys[i] = (struct kjwt_key){
        .kid = memory->kid[0] != '\0' ? memory->kid : NULL,
        .n = memory->n,
        .target = memory->target,
        .n0inv = {n0inv_low, n0inv_high},
        .bits = bits,
    };
}

EXPORT("expected_address") char *expected_address(enum expected which)
{
    return expected[which];
}

/* Whether the text at expected_address() is held against the token. */
EXPORT("expect") void expect(enum expected which, bool given)
{
    const char **const fields[] = {&policy.issuer, &policy.subject,
                                   &policy.audience, &policy.typ};

    *fields[which] = given ? expected[which] : NULL;
}

/* ------------------------------------------------------------- verdict --- */

EXPORT("verify")
kjwt_status verify(size_t len, size_t key_count, int64_t now, uint32_t leeway_s,
                   uint32_t max_age_s, uint32_t options)
{
    kjwt_status status;

    policy.key_count = key_count;
    policy.leeway_s = leeway_s;
    policy.max_age_s = max_age_s;
    policy.options = options;
    offence = (struct offence){.part = PART_NONE};
    status = kjwt_verify_const(&policy, work, sizeof work, token, len, scratch,
                               sizeof scratch, now, &claims);
    if (status != KJWT_OK)
        offence = offence_find(status, token, len, scratch, work);
    else if (!kjwt_claims_verified(&claims))
        status = KJWT_ERR_UNVERIFIED;
    return status;
}

/* The verified Claims Set of the last verify() that returned KJWT_OK. */
EXPORT("claims_address") const char *claims_address(void)
{
    return claims.json;
}

EXPORT("claims_len") size_t claims_len(void)
{
    return claims.json_len;
}

EXPORT("status_name") const char *status_name(kjwt_status status)
{
    return kjwt_status_name(status);
}

EXPORT("status_text") const char *status_text(kjwt_status status)
{
    return kjwt_status_text(status);
}

/* What the last verify() objected to, see offence.h. */
EXPORT("offence_part") enum part offence_part(void)
{
    return offence.part;
}

EXPORT("offence_start") size_t offence_start(void)
{
    return offence.start;
}

EXPORT("offence_end") size_t offence_end(void)
{
    return offence.end;
}

EXPORT("offence_decoded_start") size_t offence_decoded_start(void)
{
    return offence.decoded_start;
}

EXPORT("offence_decoded_end") size_t offence_decoded_end(void)
{
    return offence.decoded_end;
}

/* --------------------------------------------------------------- views --- */

/* Decodes a part of the token, unverified, to decoded_address(), where the
 * next call overwrites it, and the Claims Set of verify() with it. */
EXPORT("decode") kjwt_status decode(enum part part, size_t len)
{
    return offence_decode(part, token, len, scratch, &decoded_len);
}

EXPORT("decoded_address") const char *decoded_address(void)
{
    return scratch;
}

EXPORT("decoded_len") size_t decoded_length(void)
{
    return decoded_len;
}

/* Of the first len bytes at token_address(), to decoded_address(). */
EXPORT("sha256") kjwt_status sha256(size_t len)
{
    kjwt_status status = kjwt_sha256_init(work);

    if (status == KJWT_OK)
        status = kjwt_sha256_update(work, token, len);
    if (status == KJWT_OK)
        status = kjwt_sha256_finish(work, (uint8_t *)scratch);
    kjwt_sha256_abort(work);
    return status;
}
