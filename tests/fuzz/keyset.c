/*
 * Key sets and certificates.
 *
 *     s        key sets, one after the other, signed by the root key
 *     d        a certificate's claims, then the claims of a token that the
 *              certified key signed
 *              (a line, then texts with an empty line in between; @R stands for
 *              the root key's modulus, @O for the other key's)
 *     r        the rest is what a store holds as the set's record
 *
 * What was accepted is stored and read again as it was, versions do not go
 * back, and every key works.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kjwt_keyset.h"

#include <jansson.h>

#include "../../verifier/src/keyset_record.h"
#include "signing.h"

#define NOW         INT64_C(1800000000)
#define RECORD_SIZE KJWT_KEYSET_SIZE(2, 2048, 4)

static KJWT_WORK(work, 4096);

/* --------------------------------------------------------------- store --- */

static struct {
    uint8_t data[RECORD_SIZE];
    size_t len; /* 0: empty */
} records[2];

static size_t slot_of(uint32_t record)
{
    must(record == KJWT_RECORD_KEYSET || record == KJWT_RECORD_KEYSET_VERSION,
         "key sets have two records");
    return record == KJWT_RECORD_KEYSET ? 0 : 1;
}

static kjwt_status load(void *context, uint32_t record, void *data, size_t size,
                        size_t *len)
{
    const size_t slot = slot_of(record);

    (void)context;
    if (records[slot].len == 0)
        return KJWT_ERR_STORE_EMPTY;
    if (records[slot].len > size)
        return KJWT_ERR_STORE_READ;
    *len = records[slot].len;
    memcpy(data, records[slot].data, *len);
    return KJWT_OK;
}

static kjwt_status save(void *context, uint32_t record, const void *data,
                        size_t len)
{
    const size_t slot = slot_of(record);

    (void)context;
    must(len > 0 && len <= RECORD_SIZE, "a record fits its memory");
    memcpy(records[slot].data, data, len);
    records[slot].len = len;
    return KJWT_OK;
}

static const struct kjwt_store store = {load, save, NULL};

/* -------------------------------------------------------------- texts --- */

static char *sign(bool other, const char *typ, const struct fuzz_input *text,
                  size_t *len)
{
    const struct fuzz_input header = {(const uint8_t *)typ, strlen(typ)};
    struct fuzz_input claims = signing_fill_in(text);
    char *token = other ? signing_other_token(&header, &claims, len)
                        : signing_token(&header, &claims, len);

    free((void *)(uintptr_t)claims.bytes);
    return token;
}

/* ---------------------------------------------------------------- sets --- */

/* Verifying with the keys ends, whatever they are. */
static struct kjwt_policy use_keys(const struct kjwt_keyset *keyset)
{
    struct kjwt_policy policy = {.keys = NULL};
    struct kjwt_claims claims;
    const struct fuzz_input header = {(const uint8_t *)"{\"alg\":\"RS256\"}",
                                      15};
    const struct fuzz_input body = {(const uint8_t *)"{\"exp\":1800000001}",
                                    18};
    size_t len;
    char *token = signing_token(&header, &body, &len);

    must(kjwt_keyset_policy(keyset, &policy) == KJWT_OK &&
             policy.key_count <= KJWT_MAX_KEYS,
         "a set in use has keys");
    must(kjwt_verify(&policy, work, sizeof work, token, len, NOW, &claims) !=
             KJWT_OK,
         "a root's token is no device's token");
    free(token);
    return policy;
}

/* n0inv is -1 / n. */
static void check_keys(const struct kjwt_keyset *keyset)
{
    const struct kjwt_policy policy = use_keys(keyset);

    for (size_t i = 0; i < policy.key_count; i++)
        must(policy.keys[i].n[0] * policy.keys[i].n0inv[0] == UINT32_MAX &&
                 policy.keys[i].kid != NULL,
             "a key's constants are right");
}

static void check_stored(const struct kjwt_keyset *keyset)
{
    static KJWT_KEYSET_MEMORY(memory, 2, 2048, 4);
    struct kjwt_keyset again;

    must(kjwt_keyset_open(&again, &store, memory, sizeof memory) == KJWT_OK &&
             again.version == keyset->version &&
             again.key_count == keyset->key_count &&
             again.revoked_count == keyset->revoked_count,
         "a set is stored as it is used");
    for (size_t i = 0; i < again.key_count; i++)
        must(strcmp(again.keys[i].kid, keyset->keys[i].kid) == 0 &&
                 memcmp(again.keys[i].n, keyset->keys[i].n, 256) == 0,
             "a key is stored as it is used");
}

static void try_sets(struct fuzz_input *input)
{
    static KJWT_KEYSET_MEMORY(memory, 2, 2048, 4);
    struct kjwt_key root = signing_key();
    const struct kjwt_policy roots = {.keys = &root, .key_count = 1};
    struct kjwt_keyset keyset;

    memset(records, 0, sizeof records);
    (void)kjwt_keyset_open(&keyset, &store, memory, sizeof memory);
    for (int i = 0; i < 3 && input->len > 0; i++) {
        struct fuzz_input text = fuzz_paragraph(input);
        struct kjwt_keyset before = keyset;
        size_t len;
        char *token = sign(false,
                           "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\"}",
                           &text, &len);

        if (kjwt_keyset_update(&keyset, &roots, work, sizeof work, token, len,
                               NOW) == KJWT_OK) {
            must(keyset.version >= before.floor, "versions do not go back");
            check_keys(&keyset);
            check_stored(&keyset);
        } else {
            must(keyset.version == before.version &&
                     keyset.key_count == before.key_count &&
                     keyset.status == before.status,
                 "a refused set leaves the one in use");
        }
        free(token);
    }
}

/* A record with the floor that belongs to it. */
static void try_record(const struct fuzz_input *input)
{
    uint64_t *memory = malloc(RECORD_SIZE);
    struct kjwt_keyset keyset;

    must(memory != NULL, "there is memory");
    memset(records, 0, sizeof records);
    records[0].len = input->len < RECORD_SIZE ? input->len : RECORD_SIZE;
    if (records[0].len > 0)
        memcpy(records[0].data, input->bytes, records[0].len);
    if (kjwt_keyset_open(&keyset, &store, memory, RECORD_SIZE) == KJWT_OK)
        (void)use_keys(&keyset);
    free(memory);
}

/* ---------------------------------------------------------- delegation --- */

static json_t *claims_of(const struct kjwt_claims *claims)
{
    return json_loadb(claims->json, claims->json_len, 0, NULL);
}

static void try_delegation(struct fuzz_input *input)
{
    struct kjwt_key root = signing_key();
    const struct kjwt_policy policy = {
        .keys = &root, .key_count = 1, .audience = "device-1"};
    struct fuzz_input cert = fuzz_paragraph(input);
    struct fuzz_input claims = fuzz_paragraph(input);
    struct kjwt_certificate certificate = {.token = NULL};
    struct kjwt_claims verified;
    size_t len;
    char *token =
        sign(true, "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", &claims, &len);

    certificate.token = sign(
        false, "{\"alg\":\"RS256\",\"typ\":\"kjwt-cert+jwt\"}", &cert,
        &certificate.len);
    if (kjwt_verify_delegated(&policy, NULL, work, sizeof work, &certificate,
                              token, len, NOW, &verified) == KJWT_OK) {
        json_t *read = claims_of(&verified);

        must(kjwt_claims_verified(&verified) &&
                 verified.key == &certificate.key,
             "the certified key signed");
        must(json_is_string(json_object_get(read, "iss")),
             "a delegated token has an issuer");
        json_decref(read);
    } else {
        must(!kjwt_claims_verified(&verified), "a refusal leaves no claims");
    }
    free(certificate.token);
    free(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct fuzz_input kind = fuzz_part(&input, "\n");

    if (kind.len == 1 && kind.bytes[0] == 'd')
        try_delegation(&input);
    else if (kind.len == 1 && kind.bytes[0] == 'r')
        try_record(&input);
    else
        try_sets(&input);
    return 0;
}
