/*
 * Accepting a newer key set. Everything that can be refused is refused before
 * the set in use is touched; what is left then are sums and the store.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   token    the Claims Set; n of each key is decoded where it stands, the
 *            revoked thumbprints to where their array began
 *   memory   the set in use; from build() on the new one
 *   work     SHA-256 contexts; x and t of each key's target
 */
#include <string.h>

#include "base64url.h"
#include "crypto.h"
#include "jwk.h"
#include "keyset_record.h"
#include "rsa_key.h"

/* What every JSON parser holds as an exact integer (RFC 8259 6). */
#define MAX_VERSION ((INT64_C(1) << 53) - 1)

struct incoming {
    int64_t version;
    uint8_t digest[32];
    struct kjwt_json_value keys;
    struct kjwt_json_value revoked;
    const uint8_t *thumbprints; /* the revoked ones, thumbprint_count */
    size_t thumbprint_count;
    size_t revoked_count; /* with those that were revoked before */
    size_t key_count;
    size_t size; /* of the record */
    struct kjwt_jwk jwk[KJWT_MAX_KEYS];
};

static bool is_array(struct kjwt_json_value value)
{
    return value.text != NULL && value.text[0] == '[';
}

/* The version, the digest of all of it, and where the rest stands. */
static kjwt_status read_head(const struct kjwt_claims *claims, void *work,
                             struct incoming *in)
{
    kjwt_status status = kjwt_claims_int(claims, "version", &in->version);

    if (status != KJWT_OK || in->version < 1 || in->version > MAX_VERSION)
        return KJWT_ERR_KEYSET;
    (void)kjwt_claims_span(claims, "keys", &in->keys.text, &in->keys.len);
    status = kjwt_claims_span(claims, "revoked", &in->revoked.text,
                              &in->revoked.len);
    if (!is_array(in->keys) || (status == KJWT_OK && !is_array(in->revoked)))
        return KJWT_ERR_KEYSET;
    status = kjwt_sha256_init(work);
    if (status == KJWT_OK)
        status = kjwt_sha256_update(work, claims->json, claims->json_len);
    if (status == KJWT_OK)
        status = kjwt_sha256_finish(work, in->digest);
    kjwt_sha256_abort(work);
    return status;
}

/* Whether this is the very set that was accepted last. */
static bool is_newest(const struct kjwt_keyset *keyset,
                      const struct incoming *in)
{
    return in->version == keyset->floor &&
           memcmp(in->digest, keyset->floor_digest, sizeof in->digest) == 0;
}

/* Each entry takes 45 characters and leaves 32 bytes, so that writing them one
 * after the other stays behind what is read. */
static kjwt_status read_revoked(struct incoming *in)
{
    char *out = (char *)(uintptr_t)in->revoked.text;
    struct kjwt_json_value name, value;
    struct kjwt_json_scan scan;

    in->thumbprints = (const uint8_t *)out;
    in->thumbprint_count = 0;
    if (in->revoked.text == NULL)
        return KJWT_OK;
    scan = kjwt_json_scan(in->revoked);
    while (kjwt_json_scan_next(&scan, &name, &value)) {
        char *text = (char *)(uintptr_t)(value.text + 1);
        size_t len = 0;

        if (!kjwt_json_is_string(value) ||
            value.len != KJWT_THUMBPRINT_TEXT - 1 + 2 ||
            kjwt_base64url_decode(text, value.len - 2, &len) != KJWT_OK)
            return KJWT_ERR_KEYSET;
        memmove(out, text, len);
        out += len;
        in->thumbprint_count++;
    }
    return KJWT_OK;
}

static bool is_revoked(const struct kjwt_keyset *keyset,
                       const struct incoming *in, const uint8_t *thumbprint)
{
    return kjwt_keyset_has(keyset->revoked, keyset->revoked_count,
                           thumbprint) ||
           kjwt_keyset_has(in->thumbprints, in->thumbprint_count, thumbprint);
}

static bool same_string(struct kjwt_json_value a, struct kjwt_json_value b)
{
    struct kjwt_json_string string_a = kjwt_json_string(a);
    struct kjwt_json_string string_b = kjwt_json_string(b);
    uint8_t byte;

    do {
        byte = kjwt_json_string_next(&string_a);
        if (byte != kjwt_json_string_next(&string_b))
            return false;
    } while (byte != 0);
    return true;
}

static bool same_modulus(const struct kjwt_key *a, const struct kjwt_key *b)
{
    return a->bits == b->bits && memcmp(a->n, b->n, a->bits / 8) == 0;
}

static size_t string_len(struct kjwt_json_value value)
{
    struct kjwt_json_string string = kjwt_json_string(value);
    size_t len = 0;

    while (kjwt_json_string_next(&string) != 0)
        len++;
    return len;
}

/* RFC 7638 1: a thumbprint serves as a kid. It goes where n's text was. */
static void name_key(struct kjwt_jwk *jwk, const uint8_t *thumbprint)
{
    if (jwk->kid.text != NULL)
        return;
    jwk->spare[0] = '"';
    kjwt_rsa_thumbprint_text(thumbprint, jwk->spare + 1);
    jwk->spare[KJWT_THUMBPRINT_TEXT] = '"';
    jwk->kid.text = jwk->spare;
    jwk->kid.len = KJWT_THUMBPRINT_TEXT + 1;
}

/* One key against the work, the revoked and the roots. */
static kjwt_status check_key(const struct kjwt_keyset *keyset,
                             const struct kjwt_policy *roots, void *work,
                             size_t work_size, const struct incoming *in,
                             struct kjwt_jwk *jwk)
{
    uint8_t thumbprint[KJWT_THUMBPRINT_SIZE];
    kjwt_status status = KJWT_ERR_WORK_SIZE;

    if (work_size < KJWT_WORK_SIZE(jwk->key.bits))
        return KJWT_ERR_WORK_SIZE;
    for (size_t i = 0; i < roots->key_count; i++)
        if (same_modulus(&jwk->key, &roots->keys[i]))
            return KJWT_ERR_KEYSET;
    status = kjwt_key_thumbprint(&jwk->key, work, thumbprint);
    if (status != KJWT_OK)
        return status;
    if (is_revoked(keyset, in, thumbprint))
        return KJWT_ERR_KEY_REVOKED;
    name_key(jwk, thumbprint);
    return KJWT_OK;
}

static kjwt_status read_keys(const struct kjwt_keyset *keyset,
                             const struct kjwt_policy *roots, void *work,
                             size_t work_size, struct incoming *in)
{
    struct kjwt_json_scan scan = kjwt_json_scan(in->keys);
    struct kjwt_json_value name, value;
    kjwt_status status = KJWT_OK;

    in->key_count = 0;
    while (kjwt_json_scan_next(&scan, &name, &value)) {
        struct kjwt_jwk *jwk = &in->jwk[in->key_count];

        if (in->key_count == KJWT_MAX_KEYS)
            return KJWT_ERR_LIMIT_KEYS;
        status = kjwt_jwk_read(value, jwk);
        if (status == KJWT_OK)
            status = check_key(keyset, roots, work, work_size, in, jwk);
        if (status != KJWT_OK)
            return status;
        for (size_t i = 0; i < in->key_count; i++)
            if (same_string(in->jwk[i].kid, jwk->kid) ||
                same_modulus(&in->jwk[i].key, &jwk->key))
                return KJWT_ERR_KEY_AMBIGUOUS;
        in->key_count++;
    }
    return in->key_count > 0 ? KJWT_OK : KJWT_ERR_KEYSET;
}

/* Whether incoming revocation i adds one. */
static bool adds(const struct kjwt_keyset *keyset, const struct incoming *in,
                 size_t i)
{
    const uint8_t *thumbprint = in->thumbprints + i * KJWT_THUMBPRINT_SIZE;

    return !kjwt_keyset_has(keyset->revoked, keyset->revoked_count,
                            thumbprint) &&
           !kjwt_keyset_has(in->thumbprints, i, thumbprint);
}

static kjwt_status check_size(const struct kjwt_keyset *keyset,
                              struct incoming *in)
{
    in->revoked_count = keyset->revoked_count;
    for (size_t i = 0; i < in->thumbprint_count; i++)
        in->revoked_count += adds(keyset, in, i);
    in->size = sizeof(struct kjwt_keyset_head) +
               in->revoked_count * KJWT_THUMBPRINT_SIZE;
    for (size_t i = 0; i < in->key_count; i++)
        in->size += kjwt_keyset_key_size(in->jwk[i].key.bits,
                                         string_len(in->jwk[i].kid));
    return in->size <= keyset->size ? KJWT_OK : KJWT_ERR_KEYSET_SIZE;
}

/* Writes a key's part of the record. Returns what is behind it. */
static uint8_t *build_key(uint8_t *pos, const struct kjwt_jwk *jwk, void *work)
{
    struct kjwt_keyset_key_head *head = (void *)pos;
    const size_t size =
        kjwt_keyset_key_size(jwk->key.bits, string_len(jwk->kid));
    struct kjwt_json_string string = kjwt_json_string(jwk->kid);
    uint8_t *const end = pos + size;
    uint32_t *n = (void *)(pos + sizeof *head);
    uint32_t *target = n + jwk->key.bits / 32;
    uint8_t *kid = (uint8_t *)(target + jwk->key.bits / 32);

    head->bits = jwk->key.bits;
    head->kid_size = (uint32_t)(end - kid);
    head->n0inv[0] = jwk->key.n0inv[0];
    head->n0inv[1] = jwk->key.n0inv[1];
    memcpy(n, jwk->key.n, jwk->key.bits / 8);
    kjwt_rsa_target(&jwk->key, work, target);
    while (kid < end)
        *kid++ = kjwt_json_string_next(&string);
    return end;
}

/* The revoked of the set in use stay where they are. */
static void build(struct kjwt_keyset *keyset, const struct incoming *in,
                  void *work)
{
    struct kjwt_keyset_head *head = keyset->memory;
    uint8_t *const revoked = (uint8_t *)(head + 1);
    uint8_t *pos = revoked + keyset->revoked_count * KJWT_THUMBPRINT_SIZE;

    for (size_t i = 0; i < in->thumbprint_count; i++) {
        if (!adds(keyset, in, i))
            continue;
        memcpy(pos, in->thumbprints + i * KJWT_THUMBPRINT_SIZE,
               KJWT_THUMBPRINT_SIZE);
        pos += KJWT_THUMBPRINT_SIZE;
    }
    for (size_t i = 0; i < in->key_count; i++)
        pos = build_key(pos, &in->jwk[i], work);
    head->format = KJWT_KEYSET_FORMAT;
    head->size = (uint32_t)in->size;
    head->key_count = (uint32_t)in->key_count;
    head->revoked_count = (uint32_t)in->revoked_count;
    head->version = in->version;
    memcpy(head->digest, in->digest, sizeof head->digest);
}

/* The set first: a floor without its set would be a device without keys. */
static kjwt_status store(struct kjwt_keyset *keyset, size_t size)
{
    const struct kjwt_store *store = keyset->store;

    if (store->save(store->context, KJWT_RECORD_KEYSET, keyset->memory, size) !=
        KJWT_OK) {
        /* Back to what is stored. */
        (void)kjwt_keyset_open(keyset, store, keyset->memory, keyset->size);
        return KJWT_ERR_STORE_WRITE;
    }
    if (!kjwt_keyset_use(keyset, size))
        return KJWT_ERR_STORE_WRITE;
    return kjwt_keyset_save_floor(keyset);
}

/* The signature and what the roots expect, then the root itself. */
static kjwt_status verify(const struct kjwt_keyset *keyset,
                          const struct kjwt_policy *roots, void *work,
                          size_t work_size, char *token, size_t token_len,
                          int64_t now, struct kjwt_claims *claims,
                          uint8_t thumbprint[KJWT_THUMBPRINT_SIZE])
{
    struct kjwt_policy policy = *roots;
    kjwt_status status = KJWT_ERR_UNVERIFIED;

    policy.typ = KJWT_TYP_KEYSET;
    policy.options |= KJWT_EXP_OPTIONAL;
    status = kjwt_verify(&policy, work, work_size, token, token_len, now,
                         claims);
    if (status == KJWT_OK)
        status = -(kjwt_status)!kjwt_claims_verified(claims) &
                 KJWT_ERR_UNVERIFIED;
    if (status == KJWT_OK)
        status = kjwt_key_thumbprint(claims->key, work, thumbprint);
    if (status == KJWT_OK && kjwt_keyset_has(keyset->revoked,
                                             keyset->revoked_count, thumbprint))
        status = KJWT_ERR_KEY_REVOKED;
    return status;
}

kjwt_status kjwt_keyset_update(struct kjwt_keyset *keyset,
                               const struct kjwt_policy *roots, void *work,
                               size_t work_size, char *token, size_t token_len,
                               int64_t now)
{
    uint8_t signer[KJWT_THUMBPRINT_SIZE];
    struct kjwt_claims claims;
    struct incoming in;
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (keyset == NULL || keyset->memory == NULL || roots == NULL)
        return KJWT_ERR_ARGUMENT;
    status = verify(keyset, roots, work, work_size, token, token_len, now,
                    &claims, signer);
    if (status == KJWT_OK)
        status = read_head(&claims, work, &in);
    if (status != KJWT_OK)
        return status;
    if (keyset->status == KJWT_OK && is_newest(keyset, &in))
        return KJWT_OK;
    if (keyset->floor == KJWT_KEYSET_FLOOR_UNKNOWN)
        return KJWT_ERR_STORE_READ;
    if (in.version <= keyset->floor && !is_newest(keyset, &in))
        return KJWT_ERR_KEYSET_VERSION;
    status = read_revoked(&in);
    if (status == KJWT_OK &&
        kjwt_keyset_has(in.thumbprints, in.thumbprint_count, signer))
        status = KJWT_ERR_KEYSET;
    if (status == KJWT_OK)
        status = read_keys(keyset, roots, work, work_size, &in);
    if (status == KJWT_OK)
        status = check_size(keyset, &in);
    if (status != KJWT_OK)
        return status;
    build(keyset, &in, work);
    return store(keyset, in.size);
}
