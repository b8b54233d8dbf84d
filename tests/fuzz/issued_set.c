/* SPDX-License-Identifier: Apache-2.0 */
#include "../../signer-host/base64url.h"
#include "issued.h"
#include "kjwt_keyset.h"
#include "test_keys.h"

/* More than a token has room for. */
#define MAX_REVOKED (2 * (KJWT_MAX_TOKEN_LENGTH / 46))

/* --------------------------------------------------------------- device --- */

static struct kjwt_keyset keyset;
static KJWT_KEYSET_MEMORY(memory, KJWT_MAX_KEYS, PUBLIC_KEY_MAX_BITS,
                          MAX_REVOKED);

static kjwt_status load(void *context, uint32_t record, void *data, size_t size,
                        size_t *len)
{
    (void)context, (void)record, (void)data, (void)size, (void)len;
    return KJWT_ERR_STORE_EMPTY;
}

static kjwt_status save(void *context, uint32_t record, const void *data,
                        size_t len)
{
    (void)context, (void)record, (void)data, (void)len;
    return KJWT_OK;
}

static const struct kjwt_store store = {load, save, NULL};

static bool accepts(const struct issued *issued, const struct fuzz_input *token)
{
    static KJWT_WORK(work, PUBLIC_KEY_MAX_BITS);
    const struct kjwt_key root = public_key_view(issued->signer);
    const struct kjwt_policy roots = {.keys = &root, .key_count = 1};
    char *copy = fuzz_copy(token->bytes, token->len);
    kjwt_status status =
        kjwt_keyset_update(&keyset, &roots, work, sizeof work, copy, token->len,
                           issued->now);

    free(copy);
    return status == KJWT_OK;
}

/* -------------------------------------------------------------- revoked --- */

struct thumbprints {
    uint8_t list[MAX_REVOKED * 2][KJWT_THUMBPRINT_SIZE];
    size_t count;
};

static bool has(const struct thumbprints *all, const uint8_t *thumbprint)
{
    for (size_t i = 0; i < all->count; i++)
        if (memcmp(all->list[i], thumbprint, KJWT_THUMBPRINT_SIZE) == 0)
            return true;
    return false;
}

static void add(struct thumbprints *all, const uint8_t *thumbprint)
{
    if (has(all, thumbprint))
        return;
    must(all->count < sizeof all->list / sizeof all->list[0],
         "revocations have room");
    memcpy(all->list[all->count++], thumbprint, KJWT_THUMBPRINT_SIZE);
}

static void add_text(struct thumbprints *all, const char *text)
{
    uint8_t thumbprint[KJWT_THUMBPRINT_SIZE];
    size_t len = 0;

    must(base64url_decode(text, strlen(text), thumbprint, sizeof thumbprint,
                          &len) &&
             len == sizeof thumbprint,
         "a thumbprint that was taken is one");
    add(all, thumbprint);
}

static void add_held(struct thumbprints *all)
{
    for (size_t i = 0; i < keyset.revoked_count; i++)
        add(all, keyset.revoked + i * KJWT_THUMBPRINT_SIZE);
}

static void add_given(struct thumbprints *all, const struct options *options)
{
    struct public_key keys[KJWT_MAX_KEYS];
    const char *text;

    for (size_t i = 0; (text = options_value(options, "revoke", i)); i++) {
        size_t count = 0;

        if (strchr(text, ':') == NULL) {
            add_text(all, text);
            continue;
        }
        test_keys_add(text, keys, &count);
        while (count > 0)
            add_text(all, keys[--count].thumbprint);
    }
}

/* --------------------------------------------------------------- checks --- */

static void check_keys(const struct options *options)
{
    struct public_key keys[KJWT_MAX_KEYS];
    const char *uri;
    size_t count = 0;

    for (size_t i = 0; (uri = options_value(options, "add", i)); i++)
        test_keys_add(uri, keys, &count);
    must(keyset.key_count == count && count > 0,
         "the set has as many keys as were given");
    for (size_t i = 0; i < count; i++)
        must(keyset.keys[i].bits == keys[i].bits &&
                 memcmp(keyset.keys[i].n, keys[i].n, keys[i].bits / 8) == 0 &&
                 strcmp(keyset.keys[i].kid, keys[i].kid) == 0,
             "the set's keys are those that were given, by their kids");
}

static void check_claims(const struct issued *issued, int64_t held,
                         bool revoked)
{
    const char *version = options_value(issued->options, "version", 0);
    const bool expires = options_given(issued->options, "exp");

    must(keyset.version ==
             (version != NULL ? strtoll(version, NULL, 10) : held + 1),
         "the version is the one given, or the next");
    must(issued_has_date(issued, "iat", issued->now) &&
             issued_has_date(issued, "exp", issued_date(issued, "exp", -1)),
         "the dates are those given");
    must(json_object_size(issued->claims) ==
             3 + (size_t)expires + (size_t)revoked,
         "a set says nothing else");
}

static void check_revoked(const struct thumbprints *expected)
{
    struct thumbprints revoked = {.count = 0};

    add_held(&revoked);
    must(keyset.revoked_count == expected->count &&
             revoked.count == expected->count,
         "as many are revoked as were, once each");
    for (size_t i = 0; i < expected->count; i++)
        must(has(&revoked, expected->list[i]), "who was revoked stays so");
}

/* A device without a set, or with the set before. */
static void check_device(const struct issued *issued,
                         const struct thumbprints *expected)
{
    must(accepts(issued, &issued->token), "a device takes the set");
    check_revoked(expected);
    check_keys(issued->options);
}

static void start_device(void)
{
    must(kjwt_keyset_open(&keyset, &store, memory, sizeof memory) ==
             KJWT_ERR_STORE_EMPTY,
         "a device begins without a set");
}

void issued_check_set(const struct issued *issued)
{
    struct thumbprints expected = {.count = 0};
    int64_t held = 0;

    add_given(&expected, issued->options);
    if (issued->previous->len > 0) {
        start_device();
        must(accepts(issued, issued->previous),
             "the set before that was taken is one");
        held = keyset.version;
        add_held(&expected);
        check_device(issued, &expected);
    }
    start_device();
    check_device(issued, &expected);
    check_claims(issued, held, expected.count > 0);
}
