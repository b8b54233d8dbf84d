/*
 * Accepting a newer key set, for every set, whatever is found in it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * revoked: for every array of TEXT_LENGTH bytes: thumbprints are written to
 * where their array began and never beyond what has been read. keys: no more
 * than KJWT_MAX_KEYS. build: for a key of 64 and one of 32 bits, and one
 * thumbprint before and one now: the record has the size that was checked, and
 * nothing else is written. update: what is refused changes
 * nothing, and only a set that is newer, or the newest again, is stored.
 */
#include <keyset_update.c>

#include "scan_contracts.h"

static uint64_t work[KJWT_WORK_SIZE(2048) / 8];
static struct kjwt_keyset keyset;
static struct incoming in;

/* base64url.c */
kjwt_status kjwt_base64url_decode(char *encoded, size_t len, size_t *decoded)
{
    prove(__CPROVER_w_ok(encoded, len) && len == 43, "a thumbprint");
    prove(encoded >= in.revoked.text + in.thumbprint_count * 32,
          "not yet overwritten");
    *decoded = 32;
    return nondet_status();
}

void proof_revoked(void)
{
    const struct kjwt_json_value none = {NULL, 0};

    __CPROVER_havoc_object(text);
    in.revoked = nondet_bool() ? none : any_value();
    assume(in.revoked.text == NULL ||
           (in.revoked.text[0] == '[' && in.revoked.len >= 2));
    if (read_revoked(&in) != KJWT_OK || in.revoked.text == NULL)
        return;
    prove(in.thumbprint_count * KJWT_THUMBPRINT_SIZE <= in.revoked.len &&
              (const char *)in.thumbprints == in.revoked.text,
          "where their array was");
    end_of_proof();
}

/* jwk.c */
kjwt_status kjwt_jwk_read(struct kjwt_json_value object, struct kjwt_jwk *jwk)
{
    prove(is_readable(object), "a value");
    __CPROVER_havoc_slice(jwk, sizeof *jwk);
    return nondet_status();
}

/* In place of check_key(). */
kjwt_status checks_key(const struct kjwt_keyset *of,
                       const struct kjwt_policy *roots, void *memory,
                       size_t work_size, const struct incoming *incoming,
                       struct kjwt_jwk *jwk)
{
    prove(of == &keyset && roots != NULL && memory == work && incoming == &in &&
              __CPROVER_w_ok(jwk, sizeof *jwk),
          "a key");
    (void)work_size;
    return nondet_status();
}

/* In place of same_string() and same_modulus(). */
bool are_same_strings(struct kjwt_json_value a, struct kjwt_json_value b)
{
    (void)a;
    (void)b;
    return nondet_bool();
}

bool are_same_moduli(const struct kjwt_key *a, const struct kjwt_key *b)
{
    prove(a != b && __CPROVER_r_ok(a, sizeof *a) && __CPROVER_r_ok(b, sizeof *b),
          "two keys");
    return nondet_bool();
}

void proof_keys(void)
{
    const struct kjwt_policy roots = {0};

    __CPROVER_havoc_object(text);
    in.keys = any_value();
    assume(in.keys.text[0] == '[' && in.keys.len >= 2);
    if (read_keys(&keyset, &roots, work, sizeof work, &in) != KJWT_OK)
        return;
    prove(in.key_count >= 1 && in.key_count <= KJWT_MAX_KEYS, "keys");
    end_of_proof();
}

/* -------------------------------------------------------- the record --- */

static uint32_t moduli[2];
static uint8_t *end_of_record;

static bool in_record(const void *part, size_t len)
{
    return __CPROVER_same_object(part, keyset.memory) &&
           (const uint8_t *)part + len <= end_of_record;
}

/* rsa_key.c */
void kjwt_rsa_target(const struct kjwt_key *key, void *memory, uint32_t *target)
{
    const uint32_t words = key->bits / 32;

    prove(memory == work && in_record(target, words * sizeof *target),
          "in the record");
    for (uint32_t i = 0; i < words; i++)
        target[i] = nondet_u32();
}

/* Whether the one that is revoked now was revoked before. */
static bool was_revoked;

bool kjwt_keyset_has(const uint8_t *thumbprints, size_t count,
                     const uint8_t thumbprint[KJWT_THUMBPRINT_SIZE])
{
    prove((count == 0 ||
           (count == 1 && __CPROVER_r_ok(thumbprints, KJWT_THUMBPRINT_SIZE))) &&
              __CPROVER_r_ok(thumbprint, KJWT_THUMBPRINT_SIZE),
          "thumbprints");
    return count == 1 && was_revoked;
}

void proof_build(void)
{
    uint8_t record[SIZE];
    uint8_t thumbprints[KJWT_THUMBPRINT_SIZE];
    const struct kjwt_keyset_head *const head = (const void *)record;

    __CPROVER_havoc_object(text);
    plain_strings = true;
    in.key_count = KJWT_MAX_KEYS;
    for (size_t i = 0; i < KJWT_MAX_KEYS; i++) {
        in.jwk[i].kid.text = text;
        in.jwk[i].kid.len = TEXT_LENGTH;
        in.jwk[i].key.n = moduli;
        in.jwk[i].key.bits = i == 0 ? 64 : 32;
    }
    assume(text[0] == '"');
    for (size_t i = 1; i < TEXT_LENGTH; i++)
        assume(text[i] != '\0');
    was_revoked = nondet_bool();
    in.thumbprints = thumbprints;
    in.thumbprint_count = 1;
    keyset.memory = record;
    keyset.size = any_length(SIZE);
    keyset.revoked = record + sizeof *head;
    keyset.revoked_count = 1;
    assume(keyset.size >= sizeof *head + KJWT_THUMBPRINT_SIZE);
    if (check_size(&keyset, &in) != KJWT_OK)
        return;
    prove(in.size <= keyset.size, "it fits");
    end_of_record = record + in.size;
    build(&keyset, &in, work);
    prove(head->size == in.size && head->key_count == KJWT_MAX_KEYS &&
              head->revoked_count == in.revoked_count,
          "its head");
    prove(record[in.size - 1] == 0, "its last kid ends");
    end_of_proof();
}

/* -------------------------------------------------------- all of it --- */

enum { VERIFIED, HEAD, REVOKED, KEYS, FITS, BUILT, STORED };

static int passed; /* steps */
static bool is_newer;
static bool is_same;

static kjwt_status step_ends(int step)
{
    const kjwt_status status = nondet_status();

    prove(passed == step, "the steps in their order, and none after a failure");
    passed += status == KJWT_OK;
    return status;
}

/* In place of the steps. */
kjwt_status verifies(const struct kjwt_keyset *of,
                     const struct kjwt_policy *roots, void *memory,
                     size_t work_size, char *token, size_t token_len,
                     int64_t now, struct kjwt_claims *claims,
                     uint8_t thumbprint[KJWT_THUMBPRINT_SIZE])
{
    prove(of == &keyset && roots != NULL && claims != NULL && thumbprint != NULL,
          "what the caller gave");
    (void)memory;
    (void)work_size;
    (void)token;
    (void)token_len;
    (void)now;
    return step_ends(VERIFIED);
}

kjwt_status reads_head(const struct kjwt_claims *claims, void *memory,
                       struct incoming *incoming)
{
    (void)claims;
    (void)memory;
    __CPROVER_havoc_object(incoming);
    is_newer = incoming->version > keyset.floor;
    is_same = incoming->version == keyset.floor &&
              memcmp(incoming->digest, keyset.floor_digest, 32) == 0;
    return step_ends(HEAD);
}

kjwt_status reads_revoked(struct incoming *incoming)
{
    incoming->thumbprint_count = 0;
    return step_ends(REVOKED);
}

kjwt_status reads_keys(const struct kjwt_keyset *of,
                       const struct kjwt_policy *roots, void *memory,
                       size_t work_size, struct incoming *incoming)
{
    (void)of;
    (void)roots;
    (void)memory;
    (void)work_size;
    (void)incoming;
    return step_ends(KEYS);
}

kjwt_status checks_size(const struct kjwt_keyset *of, struct incoming *incoming)
{
    (void)of;
    (void)incoming;
    return step_ends(FITS);
}

void builds(struct kjwt_keyset *of, const struct incoming *incoming,
            void *memory)
{
    (void)of;
    (void)incoming;
    (void)memory;
    prove(passed == BUILT, "the steps in their order, and none after a failure");
    prove(is_newer || is_same, "never an older set");
    passed++;
}

kjwt_status stores(struct kjwt_keyset *of, size_t size)
{
    (void)of;
    (void)size;
    return step_ends(STORED);
}

void proof_update(void)
{
    const struct kjwt_policy roots = {0};
    uint8_t record[1];
    char token[1];
    kjwt_status status;

    __CPROVER_havoc_object(&keyset);
    keyset.memory = record;
    status = kjwt_keyset_update(nondet_bool() ? &keyset : NULL,
                                nondet_bool() ? &roots : NULL, work,
                                sizeof work, token, sizeof token, nondet_i64());
    if (status != KJWT_OK)
        return;
    prove(passed == STORED + 1 ||
              (passed == REVOKED && is_same && keyset.status == KJWT_OK),
          "stored, or the very set that is in use");
    end_of_proof();
}
