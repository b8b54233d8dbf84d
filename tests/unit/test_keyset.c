/*
 * Key sets: what the device computes for a key, which sets are accepted, what a
 * refused one leaves behind, and which set is in use after what.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <sys/mman.h>

#include "flash_cut.h"
#include "flash_ram.h"
#include "keyset_record.h"
#include "records.h"
#include "rsa_key.h"
#include "support.h"

#define KEYSET_HEADER "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\"}"
#define DEVICE_HEADER "{\"alg\":\"RS256\",\"typ\":\"JWT\"}"
#define NOW           INT64_C(1800000000)

/* 1: every power cut; where time is dear (CMakeLists.txt) a seventh of them. */
#ifndef KJWT_EVERY_CUT
#define KJWT_EVERY_CUT 0
#endif

static KJWT_WORK(work, 4096);

/* ------------------------------------------------------- a key's numbers --- */

static void check_numbers(const uint8_t *modulus, size_t size)
{
    static const uint8_t exponent[] = {1, 0, 1};
    static uint32_t target[4096 / 32];
    struct public_key public_key;
    struct kjwt_key key;
    struct error error;
    uint8_t thumbprint[KJWT_THUMBPRINT_SIZE];
    char text[KJWT_THUMBPRINT_TEXT + 1];

    assert_true(public_key_from_modulus(modulus, size, exponent,
                                        sizeof exponent, &public_key, &error));
    key = public_key_view(&public_key);
    key.target = NULL;
    memset(key.n0inv, 0, sizeof key.n0inv);
    kjwt_rsa_n0inv(key.n, key.n0inv);
    assert_memory_equal(key.n0inv, public_key.n0inv, sizeof key.n0inv);
    kjwt_rsa_target(&key, work, target);
    assert_memory_equal(target, public_key.target, key.bits / 8);
    assert_status(kjwt_key_thumbprint(&key, work, thumbprint), KJWT_OK);
    text[KJWT_THUMBPRINT_TEXT] = 'x';
    kjwt_rsa_thumbprint_text(thumbprint, text);
    assert_string_equal(text, public_key.thumbprint);
    assert_int_equal(text[KJWT_THUMBPRINT_TEXT], 'x');
}

/* Moduli of all kinds: near 2^bits, near 2^(bits - 1), ones at both ends,
 * sparse, random. Before the halvings a target is n + 2^1920 for the 3072 bits
 * with ones at both ends, and n - 8 for the last. */
static void test_numbers(void **state)
{
    /* (2^1533 + 1) / (2^73 + 1) * (2^609 + 1) / (2^21 + 1), of which
     * 2^(65535 * 2048 + 3) + 1 is a multiple */
    static const char last[] =
        "fffff800003ffffdff801003ff7fe00401001ff7ff004007fdffbff002007fef"
        "fc0080200bfeffa00802ffbfe7fa00c02ff9fe80300c027f9fec03009fe7fafe"
        "c02809febfb00a0280afebfb00a027fafebfa80a027fafec0280a02bfafec028"
        "09febfafea02809febfb00a0280afebfb00a027fafebfa80a027fafec0280a02"
        "bfafec02809febfafea02809febfb00a0280afebfb00a027fafebfa80a027faf"
        "ec0280a02bfafec02809febfafea02809febfb00a0280afebfb00a027fafec02"
        "809fe7fb00c027f9fec0300bfe7fa00c02ff9fe80200bfeffa00802ffbff0020"
        "07feffc00801ff7ff004007fdffc01003ff7fe00400ffdff800003ffffe00001";
    uint8_t *bytes;
    size_t len;

    (void)state;
    srand(1);
    for (uint32_t bits = 2048; bits <= 4096; bits += 1024) {
        for (int i = 0; i < 24; i++) {
            uint8_t modulus[512];

            for (size_t b = 0; b < bits / 8; b++) {
                const int byte = i == 0   ? 0xff
                                 : i == 1 ? 0
                                 : i == 2 ? -(b < 8 || b >= bits / 8 - 8)
                                 : i < 6  ? rand() % 9 == 0
                                          : rand() >> 7;

                modulus[b] = (uint8_t)byte;
            }
            modulus[0] |= 0x80;
            modulus[bits / 8 - 1] |= 1;
            check_numbers(modulus, bits / 8);
        }
    }
    bytes = from_hex(last, &len);
    check_numbers(bytes, len);
    free(bytes);
}

/* --------------------------------------------------------------- a store --- */

#define RECORD_MAX 8192

/* Two records in RAM, and what is to go wrong. */
static struct {
    uint8_t data[8][RECORD_MAX];
    size_t len[8];
    kjwt_status load[8];
    int saves;
    int fail_save; /* the n-th from now on; 0: none */
    bool damages;  /* what it saves, in the caller's memory */
} flash;

static kjwt_status flash_load(void *context, uint32_t record, void *data,
                              size_t size, size_t *len)
{
    (void)context;
    if (flash.load[record] != KJWT_OK)
        return flash.load[record];
    if (flash.len[record] > size)
        return KJWT_ERR_STORE_READ;
    *len = flash.len[record];
    memcpy(data, flash.data[record], *len);
    return KJWT_OK;
}

static kjwt_status flash_save(void *context, uint32_t record, const void *data,
                              size_t len)
{
    (void)context;
    if (flash.fail_save > 0 && --flash.fail_save == 0)
        return KJWT_ERR_STORE_EMPTY; /* counts as KJWT_ERR_STORE_WRITE */
    assert_true(len <= RECORD_MAX);
    memcpy(flash.data[record], data, len);
    flash.len[record] = len;
    flash.load[record] = KJWT_OK;
    flash.saves++;
    if (flash.damages)
        *(uint8_t *)data ^= 1;
    return KJWT_OK;
}

static const struct kjwt_store flash_store = {flash_load, flash_save, NULL};

static void new_flash(void)
{
    memset(&flash, 0, sizeof flash);
    for (size_t i = 0; i < 8; i++)
        flash.load[i] = KJWT_ERR_STORE_EMPTY;
}

/* ---------------------------------------------------------------- a device --- */

static KJWT_KEYSET_MEMORY(memory, 3, 4096, 4);

/* rsa2048 is the root and other2048 the compiled-in device key, unless a test
 * says otherwise. */
static struct {
    struct kjwt_keyset keyset;
    const struct kjwt_store *store;
    struct kjwt_key roots[2];
    struct kjwt_key compiled;
    struct kjwt_policy root_policy;
    struct kjwt_policy policy;
} device;

static kjwt_status reboot(void)
{
    memset(memory, 0xee, sizeof memory);
    return kjwt_keyset_open(&device.keyset, device.store, memory,
                            sizeof memory);
}

static kjwt_status new_device(void)
{
    device.roots[0] = test_key_public(test_key("rsa2048"));
    device.compiled = test_key_public(test_key("other2048"));
    device.root_policy =
        (struct kjwt_policy){.keys = device.roots, .key_count = 1};
    device.policy =
        (struct kjwt_policy){.keys = &device.compiled, .key_count = 1};
    device.store = &flash_store;
    new_flash();
    return reboot();
}

struct token {
    char text[KJWT_MAX_TOKEN_LENGTH];
    size_t len;
};

static void sign(struct token *token, const char *signer, const char *header,
                 const char *payload)
{
    char copy[512];

    strcpy(copy, with_keys(header));
    memcpy(token->text, make_token(test_key(signer), copy, with_keys(payload),
                                   &token->len), sizeof token->text);
}

/* The end of RECORD_MAX bytes, behind which lies nothing. */
static uint8_t *guarded_end(void)
{
    uint8_t *pages = mmap(NULL, 2 * RECORD_MAX, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + RECORD_MAX, RECORD_MAX, PROT_NONE), 0);
    return pages + RECORD_MAX;
}

static kjwt_status update_token(const struct token *token)
{
    static uint8_t *end;
    char *copy;

    if (end == NULL)
        end = guarded_end();
    copy = (char *)end - token->len;
    memcpy(copy, token->text, token->len);
    return kjwt_keyset_update(&device.keyset, &device.root_policy, work,
                              sizeof work, copy, token->len, NOW);
}

static kjwt_status update(const char *signer, const char *header,
                          const char *payload)
{
    struct token token;

    sign(&token, signer, header, payload);
    return update_token(&token);
}

static kjwt_status update_set(const char *payload)
{
    return update("rsa2048", KEYSET_HEADER, payload);
}

/* Whether the device takes a device token of that key. */
static kjwt_status device_token(const char *signer)
{
    struct kjwt_policy policy = device.policy;
    struct kjwt_claims claims;
    char header[256];
    size_t len;
    char *token;
    kjwt_status status = kjwt_keyset_policy(&device.keyset, &policy);

    snprintf(header, sizeof header,
             "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
             test_key_public(test_key(signer)).kid);
    token = make_token(test_key(signer), header, "{\"exp\":1800000001}", &len);
    if (status != KJWT_OK)
        assert_status(kjwt_verify(&policy, work, sizeof work, token, len, NOW,
                                  &claims), KJWT_ERR_POLICY);
    else
        status = kjwt_verify(&policy, work, sizeof work, token, len, NOW,
                             &claims);
    return status;
}

/* ------------------------------------------------------------------ a life --- */

static void test_rotation(void **state)
{
    (void)state;
    assert_status(new_device(), KJWT_ERR_STORE_EMPTY);
    assert_status(device_token("other2048"), KJWT_OK);
    assert_status(device_token("rsa3072"), KJWT_ERR_SIGNATURE_LENGTH);

    /* RFC 7517 4.2, 4.4: what a key may say of itself. */
    assert_status(update_set("{\"version\":1,\"keys\":[{\"kty\":\"RSA\","
                             "\"e\":\"AQAB\",\"n\":\"@n3\",\"use\":\"sig\","
                             "\"alg\":\"RS256\"}]}"), KJWT_OK);
    assert_int_equal(device.keyset.version, 1);
    for (int i = 0; i < 2; i++) {
        assert_status(device_token("rsa3072"), KJWT_OK);
        assert_status(device_token("other2048"), KJWT_ERR_SIGNATURE_LENGTH);
        assert_status(device_token("rsa2048"), KJWT_ERR_SIGNATURE_LENGTH);
        assert_status(reboot(), KJWT_OK);
    }
    /* Several keys, whose kid selects. */
    assert_status(update_set("{\"version\":9007199254740991,"
                             "\"keys\":[@j3,@jo,@j4]}"), KJWT_OK);
    for (int i = 0; i < 2; i++) {
        assert_status(device_token("rsa3072"), KJWT_OK);
        assert_status(device_token("rsa4096"), KJWT_OK);
        assert_status(device_token("other2048"), KJWT_OK);
        assert_status(device_token("rsa2048"), KJWT_ERR_KEY_UNKNOWN);
        assert_status(reboot(), KJWT_OK);
    }
    assert_status(update_set("{\"version\":1,\"keys\":[@j3]}"),
                  KJWT_ERR_KEYSET_VERSION);
    /* Two that differ in their first byte only are two. */
    new_device();
    assert_status(update_set("{\"version\":1,\"keys\":[@j3,{\"kty\":\"RSA\","
                             "\"e\":\"AQAB\",\"n\":\"@c3\"}]}"), KJWT_OK);
    /* And so are kids that differ in their last byte, or by one more. */
    new_device();
    assert_status(update_set("{\"version\":1,\"keys\":["
                             "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n3\","
                             "\"kid\":\"k1\"},"
                             "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@no\","
                             "\"kid\":\"k2\"},"
                             "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n4\","
                             "\"kid\":\"k\"}]}"), KJWT_OK);
}

/* What is stored of a key is what the host exports, wherever its n stands. */
static void test_keys(void **state)
{
    static const char *const names[] = {"rsa3072", "other2048", "rsa4096"};
    static const char pad[] = "1234567";

    (void)state;
    for (size_t i = 0; i < 3 * sizeof pad; i++) {
        const size_t which = i % 3;
        const struct kjwt_key key = test_key_public(test_key(names[which]));
        const struct kjwt_key *stored = &device.keyset.keys[which];
        char set[128];

        new_device();
        sprintf(set, "{\"version\":1,\"x\":\"%s\",\"keys\":[@j3,@jo,@j4]}",
                pad + i / 3);
        assert_status(update_set(set), KJWT_OK);
        assert_int_equal(device.keyset.key_count, 3);
        assert_int_equal(stored->bits, key.bits);
        assert_memory_equal(stored->n, key.n, key.bits / 8);
        assert_memory_equal(stored->target, key.target, key.bits / 8);
        assert_memory_equal(stored->n0inv, key.n0inv, sizeof key.n0inv);
        assert_string_equal(stored->kid, key.kid);
    }
}

/* The same set again is no error and costs no write; after what has made it
 * unreadable it helps. */
static void test_same_set(void **state)
{
    static const char set[] = "{\"version\":3,\"keys\":[@j3]}";
    int saves;

    (void)state;
    new_device();
    assert_status(update_set(set), KJWT_OK);
    saves = flash.saves;
    assert_int_equal(saves, 2);
    assert_status(update_set(set), KJWT_OK);
    assert_int_equal(flash.saves, saves);
    assert_status(update_set("{\"version\":3,\"keys\":[@j4]}"),
                  KJWT_ERR_KEYSET_VERSION);
    assert_status(update_set("{\"version\":3, \"keys\":[@j3]}"),
                  KJWT_ERR_KEYSET_VERSION);
    for (size_t i = 0; i < sizeof device.keyset.floor_digest; i++) {
        device.keyset.floor_digest[i] ^= 1;
        assert_status(update_set(set), KJWT_ERR_KEYSET_VERSION);
        device.keyset.floor_digest[i] ^= 1;
    }
    assert_status(device_token("rsa3072"), KJWT_OK);
}

/* ------------------------------------------------------------ what is refused --- */

#define V6(keys) "{\"version\":6,\"keys\":[" keys "]}"

static const struct {
    const char *name;
    const char *signer;
    const char *header;
    const char *payload;
    kjwt_status status;
} refused[] = {
    /* Versions. */
    {"older", "rsa2048", KEYSET_HEADER, "{\"version\":4,\"keys\":[@j3]}",
     KJWT_ERR_KEYSET_VERSION},
    {"much older", "rsa2048", KEYSET_HEADER, "{\"version\":1,\"keys\":[@j3]}",
     KJWT_ERR_KEYSET_VERSION},
    {"same version, other content", "rsa2048", KEYSET_HEADER,
     "{\"version\":5,\"keys\":[@j4]}", KJWT_ERR_KEYSET_VERSION},
    {"version 0", "rsa2048", KEYSET_HEADER, "{\"version\":0,\"keys\":[@j3]}",
     KJWT_ERR_KEYSET},
    {"negative", "rsa2048", KEYSET_HEADER, "{\"version\":-6,\"keys\":[@j3]}",
     KJWT_ERR_KEYSET},
    {"2^53", "rsa2048", KEYSET_HEADER,
     "{\"version\":9007199254740992,\"keys\":[@j3]}", KJWT_ERR_KEYSET},
    {"beyond 64 bits", "rsa2048", KEYSET_HEADER,
     "{\"version\":99999999999999999999,\"keys\":[@j3]}", KJWT_ERR_KEYSET},
    {"a fraction", "rsa2048", KEYSET_HEADER,
     "{\"version\":6.5,\"keys\":[@j3]}", KJWT_ERR_KEYSET},
    {"a string", "rsa2048", KEYSET_HEADER,
     "{\"version\":\"6\",\"keys\":[@j3]}", KJWT_ERR_KEYSET},
    {"no version", "rsa2048", KEYSET_HEADER, "{\"keys\":[@j3]}",
     KJWT_ERR_KEYSET},
    {"two versions", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"version\":7,\"keys\":[@j3]}", KJWT_ERR_JSON_DUPLICATE},
    /* Who signs, and what for (RFC 8725 3.11). */
    {"a device key signs", "rsa3072", KEYSET_HEADER, V6("@j4"),
     KJWT_ERR_SIGNATURE_LENGTH},
    {"a compiled-in device key signs", "other2048", KEYSET_HEADER, V6("@j4"),
     KJWT_ERR_SIGNATURE},
    {"a device token", "rsa2048", DEVICE_HEADER, V6("@j4"), KJWT_ERR_TYP},
    {"no typ", "rsa2048", "{\"alg\":\"RS256\"}", V6("@j4"), KJWT_ERR_TYP},
    {"a certificate", "rsa2048",
     "{\"alg\":\"RS256\",\"typ\":\"kjwt-cert+jwt\"}", V6("@j4"), KJWT_ERR_TYP},
    {"typ goes on", "rsa2048",
     "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwtx\"}", V6("@j4"),
     KJWT_ERR_TYP},
    {"alg none", "rsa2048", "{\"alg\":\"none\",\"typ\":\"kjwt-keyset+jwt\"}",
     V6("@j4"), KJWT_ERR_ALG},
    {"for another audience", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"aud\":\"x\",\"keys\":[@j4]}", KJWT_ERR_AUDIENCE},
    {"expired", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"exp\":1800000000,\"keys\":[@j4]}", KJWT_ERR_EXPIRED},
    {"not yet valid", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"nbf\":1800000001,\"keys\":[@j4]}",
     KJWT_ERR_NOT_YET_VALID},
    /* Broken sets. */
    {"no keys", "rsa2048", KEYSET_HEADER, "{\"version\":6}", KJWT_ERR_KEYSET},
    {"an empty array", "rsa2048", KEYSET_HEADER, V6(""), KJWT_ERR_KEYSET},
    {"keys is an object", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"keys\":@j3}", KJWT_ERR_KEYSET},
    {"a key is a string", "rsa2048", KEYSET_HEADER, V6("\"@n3\""),
     KJWT_ERR_KEY},
    {"the second key is null", "rsa2048", KEYSET_HEADER, V6("@j4,null"),
     KJWT_ERR_KEY},
    {"kty EC", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"EC\",\"e\":\"AQAB\",\"n\":\"@n4\"}"), KJWT_ERR_KEY},
    {"no kty", "rsa2048", KEYSET_HEADER,
     V6("{\"e\":\"AQAB\",\"n\":\"@n4\"}"), KJWT_ERR_KEY},
    {"e = 3", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"Aw\",\"n\":\"@n4\"}"), KJWT_ERR_KEY},
    {"e with a leading zero", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AAEAAQ\",\"n\":\"@n4\"}"), KJWT_ERR_KEY},
    {"no e", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"n\":\"@n4\"}"), KJWT_ERR_KEY},
    {"no n", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\"}"), KJWT_ERR_KEY},
    {"n is a number", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":5}"), KJWT_ERR_KEY},
    {"n is empty", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\"}"), KJWT_ERR_KEY},
    {"n with four characters more", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"AAAA@n3\"}"), KJWT_ERR_KEY},
    {"n is even", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@e4\"}"), KJWT_ERR_KEY},
    {"n without its top bit", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@s4\"}"), KJWT_ERR_KEY},
    {"n of 1024 bits", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@ho\"}"), KJWT_ERR_KEY},
    {"n padded", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n4=\"}"),
     KJWT_ERR_BASE64URL},
    {"n with an escape", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"\\u0041@n3\"}"),
     KJWT_ERR_BASE64URL},
    {"a private half", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n4\",\"d\":\"AQAB\"}"),
     KJWT_ERR_KEY},
    {"for encryption", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n4\",\"use\":\"enc\"}"),
     KJWT_ERR_KEY},
    {"for PS256", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n4\",\"alg\":\"PS256\"}"),
     KJWT_ERR_KEY},
    {"kid is a number", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n4\",\"kid\":4}"),
     KJWT_ERR_KEY},
    {"kid is empty", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n4\",\"kid\":\"\"}"),
     KJWT_ERR_KEY},
    {"one key twice", "rsa2048", KEYSET_HEADER,
     V6("@j3,{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n3\",\"kid\":\"x\"}"),
     KJWT_ERR_KEY_AMBIGUOUS},
    {"the second key twice", "rsa2048", KEYSET_HEADER,
     V6("@j4,@j3,{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n3\",\"kid\":\"x\"}"),
     KJWT_ERR_KEY_AMBIGUOUS},
    {"one kid twice, once escaped", "rsa2048", KEYSET_HEADER,
     V6("{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n3\",\"kid\":\"x\"},"
        "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n4\",\"kid\":\"\\u0078\"}"),
     KJWT_ERR_KEY_AMBIGUOUS},
    {"a kid that is another key's thumbprint", "rsa2048", KEYSET_HEADER,
     V6("@j3,{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@n4\",\"kid\":\"@t3\"}"),
     KJWT_ERR_KEY_AMBIGUOUS},
    /* Who allows four keys (tests/coverage) gets no further. */
    {"a key too many", "rsa2048", KEYSET_HEADER,
     V6("@j3,@j4,{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@f2\"},"
        "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@f3\"},null"),
     KJWT_MAX_KEYS == 4 ? KJWT_ERR_LIMIT_KEYS : KJWT_ERR_KEY},
    {"a root among the keys", "rsa2048", KEYSET_HEADER, V6("@j3,@j2"),
     KJWT_ERR_KEYSET},
    /* Revocation. */
    {"revoked before", "rsa2048", KEYSET_HEADER, V6("@jo"),
     KJWT_ERR_KEY_REVOKED},
    {"revoked before, under another kid", "rsa2048", KEYSET_HEADER,
     V6("@j3,{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"@no\",\"kid\":\"new\"}"),
     KJWT_ERR_KEY_REVOKED},
    {"revoked in the same set", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"keys\":[@j3,@j4],\"revoked\":[\"@t4\"]}",
     KJWT_ERR_KEY_REVOKED},
    {"the signer among the revoked", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"keys\":[@j3],\"revoked\":[\"@t2\"]}", KJWT_ERR_KEYSET},
    {"revoked is a string", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"keys\":[@j3],\"revoked\":\"@t4\"}", KJWT_ERR_KEYSET},
    {"revoked holds a number", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"keys\":[@j3],\"revoked\":[1]}", KJWT_ERR_KEYSET},
    {"revoked holds no thumbprint", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"keys\":[@j3],\"revoked\":[\"bench-7\"]}",
     KJWT_ERR_KEYSET},
    {"revoked holds three bytes", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"keys\":[@j3],\"revoked\":[\"AAAA\"]}", KJWT_ERR_KEYSET},
    {"a thumbprint with trailing bits", "rsa2048", KEYSET_HEADER,
     "{\"version\":6,\"keys\":[@j3],\"revoked\":["
     "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB\"]}", KJWT_ERR_KEYSET},
};

/* In front of each row: version 5 with rsa3072, other2048 revoked. */
static void install_version_5(void)
{
    new_device();
    assert_status(update_set("{\"version\":5,\"keys\":[@j3],"
                             "\"revoked\":[\"@to\"]}"), KJWT_OK);
}

static void assert_version_5(void)
{
    assert_int_equal(flash.saves, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(device.keyset.version, 5);
        assert_status(device_token("rsa3072"), KJWT_OK);
        assert_status(device_token("other2048"), KJWT_ERR_SIGNATURE_LENGTH);
        assert_status(reboot(), KJWT_OK);
    }
}

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        kjwt_status status;

        install_version_5();
        status = update(refused[i].signer, refused[i].header,
                        refused[i].payload);
        if (status != refused[i].status)
            fail_msg("%s: %s", refused[i].name, kjwt_status_name(status));
        assert_version_5();
    }
}

/* Every single character of a good set changed: nothing else is accepted. */
static void test_changed(void **state)
{
    struct token good;

    (void)state;
    install_version_5();
    sign(&good, "rsa2048", KEYSET_HEADER, V6("@j4"));
    for (size_t i = 0; i < good.len; i++) {
        struct token copy = good;

        copy.text[i] = copy.text[i] == 'B' ? 'C' : 'B';
        assert_int_not_equal(update_token(&copy), KJWT_OK);
    }
    assert_version_5();
    assert_status(update_token(&good), KJWT_OK);
}

/* ---------------------------------------------------------------- limits --- */

/* How much a set needs: a kid of 7 characters takes 8 bytes, one of 43 48. */
static void check_memory(const char *set, size_t needed)
{
    for (size_t size = needed - 16; size <= needed + 8; size += 8) {
        size_t len;
        char *token;

        new_device();
        assert_status(kjwt_keyset_open(&device.keyset, &flash_store, memory,
                                       size), KJWT_ERR_STORE_EMPTY);
        token = make_token(test_key("rsa2048"), KEYSET_HEADER, with_keys(set),
                           &len);
        assert_status(kjwt_keyset_update(&device.keyset, &device.root_policy,
                                         work, sizeof work, token, len, NOW),
                      size < needed ? KJWT_ERR_KEYSET_SIZE : KJWT_OK);
        assert_int_equal(flash.saves, size < needed ? 0 : 2);
        assert_int_equal(((uint8_t *)memory)[size], 0xee); /* by reboot() */
    }
}

static void test_memory(void **state)
{
    const size_t needed = KJWT_KEYSET_SIZE(1, 3072, 1) - 8; /* a head of 56 */

    (void)state;
    check_memory("{\"version\":1,\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\","
                 "\"n\":\"@n3\",\"kid\":\"bench-7\"}],\"revoked\":[\"@to\"]}",
                 needed - 40);
    check_memory("{\"version\":1,\"keys\":[@j3],"
                 "\"revoked\":[\"@to\",\"@to\"]}",
                 needed);
    /* A set above what this firmware has memory for is one it cannot use. */
    assert_status(kjwt_keyset_open(&device.keyset, &flash_store, memory,
                                   needed - 8), KJWT_ERR_STORE_READ);
    assert_status(device_token("other2048"), KJWT_ERR_STORE_READ);
}

static void test_work(void **state)
{
    size_t len;
    char *token;

    (void)state;
    new_device();
    token = make_token(test_key("rsa2048"), KEYSET_HEADER,
                       with_keys(V6("@j4")), &len);
    assert_status(kjwt_keyset_update(&device.keyset, &device.root_policy, work,
                                     KJWT_WORK_SIZE(4096) - 1, token, len, NOW),
                  KJWT_ERR_WORK_SIZE);
    assert_int_equal(flash.saves, 0);
}

static void test_arguments(void **state)
{
    static const struct kjwt_store no_load = {NULL, flash_save, NULL};
    static const struct kjwt_store no_save = {flash_load, NULL, NULL};
    struct kjwt_keyset keyset = {0};
    struct kjwt_policy policy = {.keys = device.roots, .key_count = 1};
    char token[8] = "a.b.c";

    (void)state;
    assert_status(kjwt_keyset_open(&keyset, &no_load, memory, sizeof memory),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_keyset_open(&keyset, &no_save, memory, sizeof memory),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_keyset_open(NULL, &flash_store, memory, sizeof memory),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_keyset_open(&keyset, NULL, memory, sizeof memory),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_keyset_open(&keyset, &flash_store, NULL, 0),
                  KJWT_ERR_ARGUMENT);
    for (size_t i = 1; i < 8; i++)
        assert_status(kjwt_keyset_open(&keyset, &flash_store,
                                       (char *)memory + i, 100),
                      KJWT_ERR_WORK_ALIGNMENT);
    assert_status(kjwt_keyset_update(&keyset, &policy, work, sizeof work, token,
                                     5, NOW), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_keyset_update(NULL, &policy, work, sizeof work, token, 5,
                                     NOW), KJWT_ERR_ARGUMENT);
    keyset.memory = memory;
    assert_status(kjwt_keyset_update(&keyset, NULL, work, sizeof work, token, 5,
                                     NOW), KJWT_ERR_ARGUMENT);
    /* None of these leaves a policy its keys. */
    assert_status(kjwt_keyset_policy(&keyset, &policy), KJWT_ERR_STORE_READ);
    assert_null(policy.keys);
    assert_int_equal(policy.key_count, 0);
    policy.keys = device.roots;
    assert_status(kjwt_keyset_policy(NULL, &policy), KJWT_ERR_ARGUMENT);
    assert_null(policy.keys);
    memset(&keyset, 0, sizeof keyset);
    assert_status(kjwt_keyset_policy(&keyset, &policy), KJWT_OK);
    assert_int_equal(policy.key_count, 0);
    assert_status(kjwt_keyset_policy(&keyset, NULL), KJWT_ERR_ARGUMENT);
}

/* ------------------------------------------------------------- revocation --- */

/* Revoked stays revoked, whatever later sets say, and across a restart. */
static void test_revoked_stays(void **state)
{
    (void)state;
    install_version_5();
    assert_status(update_set("{\"version\":6,\"keys\":[@j4],\"revoked\":[]}"),
                  KJWT_OK);
    assert_status(update_set("{\"version\":7,\"keys\":[@j4],"
                             "\"revoked\":[\"@to\",\"@t3\",\"@t3\"]}"),
                  KJWT_OK);
    assert_int_equal(device.keyset.revoked_count, 2);
    assert_status(reboot(), KJWT_OK);
    assert_status(update_set("{\"version\":8,\"keys\":[@jo]}"),
                  KJWT_ERR_KEY_REVOKED);
    assert_status(update_set("{\"version\":8,\"keys\":[@j3]}"),
                  KJWT_ERR_KEY_REVOKED);
    assert_status(update_set("{\"version\":8,\"keys\":[@j4]}"), KJWT_OK);
    assert_int_equal(device.keyset.revoked_count, 2);
}

/* A compiled-in root that another one has revoked signs no more sets. */
static void test_revoked_root(void **state)
{
    (void)state;
    new_device();
    device.roots[1] = test_key_public(test_key("rsa3072"));
    device.root_policy.key_count = 2;
    /* Neither root is a device key. */
    assert_status(update("rsa2048",
                         "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\","
                         "\"kid\":\"@t2\"}",
                         "{\"version\":1,\"keys\":[@j4,@j3]}"),
                  KJWT_ERR_KEYSET);
    assert_status(update("rsa2048",
                         "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\","
                         "\"kid\":\"@t2\"}",
                         "{\"version\":1,\"keys\":[@j4]}"), KJWT_OK);
    assert_status(update("rsa3072",
                         "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\","
                         "\"kid\":\"@t3\"}",
                         "{\"version\":2,\"keys\":[@j4],"
                         "\"revoked\":[\"@t2\"]}"), KJWT_OK);
    for (int i = 0; i < 2; i++) {
        assert_status(update("rsa2048",
                             "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\","
                             "\"kid\":\"@t2\"}",
                             "{\"version\":3,\"keys\":[@jo]}"),
                      KJWT_ERR_KEY_REVOKED);
        assert_status(reboot(), KJWT_OK);
    }
    assert_status(device_token("rsa4096"), KJWT_OK);
}

/* A compiled-in device key that a set revokes verifies nothing, also under
 * another kid. */
static void test_revoked_compiled_in(void **state)
{
    (void)state;
    new_device();
    assert_status(device_token("other2048"), KJWT_OK);
    assert_status(update_set("{\"version\":1,\"keys\":[@jo],"
                             "\"revoked\":[\"@to\"]}"), KJWT_ERR_KEY_REVOKED);
    assert_status(device_token("other2048"), KJWT_OK);
    assert_status(update_set("{\"version\":1,\"keys\":[@j3],"
                             "\"revoked\":[\"@to\"]}"), KJWT_OK);
    assert_status(device_token("other2048"), KJWT_ERR_SIGNATURE_LENGTH);
    assert_status(update_set("{\"version\":2,\"keys\":[@jo]}"),
                  KJWT_ERR_KEY_REVOKED);
}

/* ------------------------------------------------------------------ storage --- */

#define SET   KJWT_RECORD_KEYSET
#define FLOOR KJWT_RECORD_KEYSET_VERSION

enum content { EMPTY, BAD, SHORT, ZERO, V4, V5, V5_OTHER };

static uint8_t kept[7][8][RECORD_MAX];
static size_t kept_len[7][8];

static void keep_records(enum content content)
{
    memcpy(kept[content], flash.data, sizeof flash.data);
    memcpy(kept_len[content], flash.len, sizeof flash.len);
}

static void put(uint32_t record, enum content content)
{
    flash.load[record] = content == EMPTY  ? KJWT_ERR_STORE_EMPTY
                         : content == BAD ? KJWT_ERR_STORE_READ
                                          : KJWT_OK;
    if (content == SHORT)
        flash.len[record] -= 8;
    if (content == ZERO)
        memset(flash.data[record], 0, flash.len[record]);
    if (content == SHORT || content == ZERO)
        return;
    memcpy(flash.data[record], kept[content][record], RECORD_MAX);
    flash.len[record] = kept_len[content][record];
}

/* What is in use for each pair of what the two records hold, and whether the
 * set of version 5 (its content as before) and version 6 then help. */
static void test_storage_states(void **state)
{
    static const struct {
        enum content set;
        enum content floor;
        kjwt_status status;
        kjwt_status again;  /* version 5 as before */
        kjwt_status other;  /* version 5 with another content */
        kjwt_status newer;  /* version 6 */
    } rows[] = {
        {EMPTY, EMPTY, KJWT_ERR_STORE_EMPTY, KJWT_OK, KJWT_OK, KJWT_OK},
        {V5, V5, KJWT_OK, KJWT_OK, KJWT_ERR_KEYSET_VERSION, KJWT_OK},
        {V5, V4, KJWT_OK, KJWT_OK, KJWT_ERR_KEYSET_VERSION, KJWT_OK},
        {V5, EMPTY, KJWT_OK, KJWT_OK, KJWT_ERR_KEYSET_VERSION, KJWT_OK},
        {V5, BAD, KJWT_OK, KJWT_OK, KJWT_ERR_KEYSET_VERSION, KJWT_OK},
        {V5, SHORT, KJWT_OK, KJWT_OK, KJWT_ERR_KEYSET_VERSION, KJWT_OK},
        {V5, ZERO, KJWT_OK, KJWT_OK, KJWT_ERR_KEYSET_VERSION, KJWT_OK},
        {V4, V5, KJWT_ERR_STORE_READ, KJWT_OK, KJWT_ERR_KEYSET_VERSION,
         KJWT_OK},
        {V5_OTHER, V5, KJWT_ERR_STORE_READ, KJWT_OK, KJWT_ERR_KEYSET_VERSION,
         KJWT_OK},
        {EMPTY, V5, KJWT_ERR_STORE_READ, KJWT_OK, KJWT_ERR_KEYSET_VERSION,
         KJWT_OK},
        {BAD, V5, KJWT_ERR_STORE_READ, KJWT_OK, KJWT_ERR_KEYSET_VERSION,
         KJWT_OK},
        {SHORT, V5, KJWT_ERR_STORE_READ, KJWT_OK, KJWT_ERR_KEYSET_VERSION,
         KJWT_OK},
        {ZERO, V5, KJWT_ERR_STORE_READ, KJWT_OK, KJWT_ERR_KEYSET_VERSION,
         KJWT_OK},
        {BAD, EMPTY, KJWT_ERR_STORE_READ, KJWT_OK, KJWT_OK, KJWT_OK},
        {BAD, BAD, KJWT_ERR_STORE_READ, KJWT_ERR_STORE_READ,
         KJWT_ERR_STORE_READ, KJWT_ERR_STORE_READ},
        {EMPTY, BAD, KJWT_ERR_STORE_READ, KJWT_ERR_STORE_READ,
         KJWT_ERR_STORE_READ, KJWT_ERR_STORE_READ},
        {BAD, ZERO, KJWT_ERR_STORE_READ, KJWT_ERR_STORE_READ,
         KJWT_ERR_STORE_READ, KJWT_ERR_STORE_READ},
    };
    static const char set4[] = "{\"version\":4,\"keys\":[@j4]}";
    static const char set5[] = "{\"version\":5,\"keys\":[@j3]}";
    static const char other5[] = "{\"version\":5,\"keys\":[@j3,@j4]}";

    (void)state;
    new_device();
    assert_status(update_set(set4), KJWT_OK);
    keep_records(V4);
    assert_status(update_set(set5), KJWT_OK);
    keep_records(V5);
    new_device();
    assert_status(update_set(other5), KJWT_OK);
    keep_records(V5_OTHER);
    for (size_t i = 0; i < 3 * sizeof rows / sizeof rows[0]; i++) {
        const size_t row = i / 3;
        const kjwt_status expected = i % 3 == 0   ? rows[row].again
                                     : i % 3 == 1 ? rows[row].other
                                                  : rows[row].newer;

        new_device();
        assert_status(update_set(set5), KJWT_OK);
        put(SET, rows[row].set);
        put(FLOOR, rows[row].floor);
        assert_status(reboot(), rows[row].status);
        if (rows[row].status == KJWT_ERR_STORE_READ) {
            /* Never back to the compiled-in key. */
            assert_status(device_token("other2048"), KJWT_ERR_STORE_READ);
            assert_status(device_token("rsa3072"), KJWT_ERR_STORE_READ);
        }
        if (rows[row].status == KJWT_OK)
            assert_status(device_token("rsa3072"), KJWT_OK);
        if (rows[row].status != KJWT_ERR_STORE_EMPTY && row < 13)
            assert_status(update_set(set4), KJWT_ERR_KEYSET_VERSION);
        assert_status(update_set(i % 3 == 0   ? set5
                                 : i % 3 == 1 ? other5
                                              : "{\"version\":6,\"keys\":[@j3]}"),
                      expected);
        if (expected == KJWT_OK) {
            assert_status(device_token("rsa3072"), KJWT_OK);
            assert_status(reboot(), KJWT_OK);
            assert_status(device_token("rsa3072"), KJWT_OK);
            assert_status(update_set(set4), KJWT_ERR_KEYSET_VERSION);
        }
    }
    /* The least version is a floor. */
    new_device();
    assert_status(update_set("{\"version\":1,\"keys\":[@j3]}"), KJWT_OK);
    put(SET, BAD);
    assert_status(reboot(), KJWT_ERR_STORE_READ);
    assert_status(update_set(set4), KJWT_OK);
}

/* A store that takes no more: no yes, and the old set stays in use. */
static void test_write_fails(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        install_version_5();
        flash.fail_save = 1;
        assert_status(update_set(V6("@j4")), KJWT_ERR_STORE_WRITE);
        assert_version_5();
        /* The floor alone: it is caught up with at the next start. */
        flash.fail_save = 2;
        assert_status(update_set(V6("@j4")), KJWT_ERR_STORE_WRITE);
        assert_status(reboot(), KJWT_OK);
        assert_int_equal(device.keyset.version, 6);
        put(SET, EMPTY);
        assert_status(reboot(), KJWT_ERR_STORE_READ);
        assert_status(update_set("{\"version\":5,\"keys\":[@j3]}"),
                      KJWT_ERR_KEYSET_VERSION);
    }
    /* Stored, and then not to be read in memory: no key until the next start. */
    install_version_5();
    flash.damages = true;
    assert_status(update_set(V6("@j4")), KJWT_ERR_STORE_WRITE);
    flash.damages = false;
    assert_status(device_token("rsa3072"), KJWT_ERR_STORE_READ);
    assert_status(reboot(), KJWT_OK);
    assert_int_equal(device.keyset.version, 6);
}

/* A record that a fault of the store has changed is no set, or the same one. */
static void test_damaged_record(void **state)
{
    static uint8_t original[RECORD_MAX];
    struct token token;
    size_t whole;

    (void)state;
    install_version_5();
    sign(&token, "rsa3072", DEVICE_HEADER, "{\"exp\":1800000001}");
    whole = flash.len[SET];
    memcpy(original, flash.data[SET], RECORD_MAX);
    for (size_t i = 0; i < 8 * whole; i++) {
        struct kjwt_policy policy = device.policy;
        struct kjwt_claims claims;
        struct token copy = token;

        memcpy(flash.data[SET], original, RECORD_MAX);
        flash.data[SET][i / 8] ^= (uint8_t)(1 << i % 8);
        /* Whatever it is now, it stays within its memory. */
        if (reboot() == KJWT_OK &&
            kjwt_keyset_policy(&device.keyset, &policy) == KJWT_OK)
            (void)kjwt_verify(&policy, work, sizeof work, copy.text, copy.len,
                              NOW, &claims);
    }
    /* No kid, not even an empty one. */
    install_version_5();
    memset(flash.data[SET] + sizeof(struct kjwt_keyset_head) +
               KJWT_THUMBPRINT_SIZE +
               offsetof(struct kjwt_keyset_key_head, kid_size),
           0, 4);
    assert_status(reboot(), KJWT_ERR_STORE_READ);
    install_version_5(); /* a changed version has raised the floor */
    for (flash.len[SET] = 0; flash.len[SET] < whole; flash.len[SET]++)
        assert_status(reboot(), KJWT_ERR_STORE_READ);
    assert_status(reboot(), KJWT_OK);
    flash.len[SET] += 8;
    assert_status(reboot(), KJWT_ERR_STORE_READ);
}

/* Records that no device of this build has written, in memory that ends where
 * they end. */
static void test_foreign_records(void **state)
{
    static const struct {
        const char *name;
        uint32_t count; /* of keys, by the head */
        uint32_t keys;  /* that follow */
        uint32_t bits;
        uint32_t kid_size;
        int64_t version;
        uint32_t revoked; /* by the head */
        uint32_t there;   /* of them, that follow */
        uint32_t size;    /* above what there is */
        uint8_t last;     /* byte of a kid */
        kjwt_status status;
    } rows[] = {
        {"good", 1, 1, 2048, 8, 1, 0, 0, 0, 0, KJWT_OK},
        {"as many keys as there may be", KJWT_MAX_KEYS, KJWT_MAX_KEYS, 0, 8, 1,
         0, 0, 0, 0, KJWT_OK},
        {"a revocation, and the least key", 1, 1, 0, 8, 1, 1, 1, 0, 0, KJWT_OK},
        {"one more", KJWT_MAX_KEYS + 1, KJWT_MAX_KEYS + 1, 0, 8, 1, 0, 0, 0, 0,
         KJWT_ERR_STORE_READ},
        {"no key", 0, 0, 0, 8, 1, 0, 0, 0, 0, KJWT_ERR_STORE_READ},
        {"a key that is not there", 1, 0, 0, 8, 1, 0, 0, 0, 0,
         KJWT_ERR_STORE_READ},
        {"a second that is not there", 2, 1, 2048, 8, 1, 0, 0, 0, 0,
         KJWT_ERR_STORE_READ},
        {"a second that is not counted", 1, 2, 2048, 8, 1, 0, 0, 0, 0,
         KJWT_ERR_STORE_READ},
        {"too many bits", 1, 1, 5120, 8, 1, 0, 0, 0, 0, KJWT_ERR_STORE_READ},
        {"odd bits", 1, 1, 2080, 8, 1, 0, 0, 0, 0, KJWT_ERR_STORE_READ},
        {"no kid", 1, 1, 2048, 0, 1, 0, 0, 0, 0, KJWT_ERR_STORE_READ},
        {"a kid without alignment", 1, 1, 2048, 12, 1, 0, 0, 0, 0,
         KJWT_ERR_STORE_READ},
        {"a kid without its NUL", 1, 1, 2048, 8, 1, 0, 0, 0, 1,
         KJWT_ERR_STORE_READ},
        {"two of them", 2, 2, 2048, 8, 1, 0, 0, 0, 1, KJWT_ERR_STORE_READ},
        {"version 0", 1, 1, 2048, 8, 0, 0, 0, 0, 0, KJWT_ERR_STORE_READ},
        {"version -1", 1, 1, 2048, 8, -1, 0, 0, 0, 0, KJWT_ERR_STORE_READ},
        {"another size", 1, 1, 2048, 8, 1, 0, 0, 8, 0, KJWT_ERR_STORE_READ},
        {"revocations in the key's place", 1, 1, 2048, 8, 1, 16, 0, 0, 0,
         KJWT_ERR_STORE_READ},
        {"more of them than there is room", 1, 1, 2048, 8, 1, 17, 0, 0, 0,
         KJWT_ERR_STORE_READ},
    };
    uint8_t *const end = guarded_end();

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kjwt_keyset_head head = {.format = KJWT_KEYSET_FORMAT,
                                        .key_count = rows[i].count,
                                        .revoked_count = rows[i].revoked,
                                        .version = rows[i].version};
        const struct kjwt_keyset_key_head key = {
            .bits = rows[i].bits, .kid_size = rows[i].kid_size};
        const size_t size = sizeof key + key.bits / 4 + key.kid_size;
        const size_t first =
            sizeof head + rows[i].there * KJWT_THUMBPRINT_SIZE;
        const size_t len = first + rows[i].keys * size;

        new_device();
        head.size = (uint32_t)len + rows[i].size;
        memcpy(flash.data[SET], &head, sizeof head);
        for (uint32_t k = 0; k < rows[i].keys; k++) {
            uint8_t *const at = flash.data[SET] + first + k * size;

            memcpy(at, &key, sizeof key);
            at[size - 1] = rows[i].last;
        }
        flash.load[SET] = KJWT_OK;
        flash.len[SET] = len;
        print_message("# %s\n", rows[i].name);
        assert_status(kjwt_keyset_open(&device.keyset, &flash_store,
                                       end - (len + 7) / 8 * 8, len),
                      rows[i].status);
        assert_int_equal(device.keyset.key_count,
                         rows[i].status == KJWT_OK ? rows[i].count : 0);
    }
}

/* ---------------------------------------------------------------- power cuts --- */

#define FLASH_SIZE 16384u

static struct {
    uint8_t memory[FLASH_SIZE];
    uint8_t sector[1024];
    struct port_flash_ram ram;
    struct port_flash flash;
    struct port_flash_cut cut;
    struct port_flash cut_flash;
    struct port_records records;
    struct kjwt_store store;
} chip;

static void switch_on(void)
{
    static const struct port_record records[] = {
        {KJWT_RECORD_KEYSET, 0, 4, 4000},
        {KJWT_RECORD_KEYSET_VERSION, 8192, 1, 40},
    };

    chip.ram = (struct port_flash_ram){chip.memory, FLASH_SIZE, 4, 1024};
    chip.flash = (struct port_flash){
        4, 1024, port_flash_ram_read, port_flash_ram_write,
        port_flash_ram_erase, &chip.ram};
    chip.cut = (struct port_flash_cut){.flash = &chip.flash, .random = 1,
                                       .sector = chip.sector};
    chip.cut_flash = (struct port_flash){
        4, 1024, port_flash_cut_read, port_flash_cut_write,
        port_flash_cut_erase, &chip.cut};
    chip.records = (struct port_records){&chip.cut_flash, records, 2};
    chip.store = (struct kjwt_store){port_records_load, port_records_save,
                                     &chip.records};
    device.store = &chip.store;
}

/* The power fails at every write and every erase of an update from `old` (0: a
 * new device) to version `old` + 1. */
static uint32_t cut_update(const uint8_t *before, int64_t old,
                           const struct token *set, const struct token *older)
{
    const uint32_t step = KJWT_EVERY_CUT ? 1 : 7;
    uint32_t cuts = 0;
    bool done = false;

    for (uint32_t left = 1; !done; left += step) {
        /* Two kinds a step, another two at the next. */
        for (uint32_t i = 0; i < 2 && !done; i++, cuts++) {
            memcpy(chip.memory, before, FLASH_SIZE);
            switch_on();
            (void)reboot();
            chip.cut.left = left;
            chip.cut.kind =
                (enum port_flash_cut_kind)((left + 2 * i) %
                                           PORT_FLASH_CUT_KINDS);
            chip.cut.random = left;
            done = update_token(set) == KJWT_OK;
            switch_on();
            (void)reboot();
            assert_true(device.keyset.version == old + 1 ||
                        (device.keyset.version == old && !done));
            assert_status(device.keyset.status, device.keyset.version > 0
                                                    ? KJWT_OK
                                                    : KJWT_ERR_STORE_EMPTY);
            if (device.keyset.version > 0)
                assert_status(update_token(older), KJWT_ERR_KEYSET_VERSION);
            assert_status(update_token(set), KJWT_OK);
            assert_status(reboot(), KJWT_OK);
            assert_int_equal(device.keyset.version, old + 1);
        }
    }
    return cuts;
}

static void test_power_cuts(void **state)
{
    static const char *const sets[] = {
        "{\"version\":1,\"keys\":[@jo]}",
        "{\"version\":2,\"keys\":[@jo],\"revoked\":[\"@t4\"]}",
        "{\"version\":3,\"keys\":[@jo]}",
    };
    static uint8_t before[FLASH_SIZE];
    struct token older, set;
    uint32_t cuts = 0;

    (void)state;
    new_device();
    sign(&older, "rsa2048", KEYSET_HEADER, "{\"version\":1,\"keys\":[@j3]}");
    memset(chip.memory, 0xff, sizeof chip.memory);
    for (int64_t old = 0; old < 3; old++) {
        sign(&set, "rsa2048", KEYSET_HEADER, sets[old]);
        memcpy(before, chip.memory, FLASH_SIZE);
        cuts += cut_update(before, old, &set, &older);
        memcpy(chip.memory, before, FLASH_SIZE);
        switch_on();
        (void)reboot();
        assert_status(update_token(&set), KJWT_OK);
    }
    print_message("%u power cuts\n", cuts);
    assert_true(cuts > 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_same_set),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_work),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_revoked_stays),
        cmocka_unit_test(test_revoked_root),
        cmocka_unit_test(test_revoked_compiled_in),
        cmocka_unit_test(test_storage_states),
        cmocka_unit_test(test_write_fails),
        cmocka_unit_test(test_damaged_record),
        cmocka_unit_test(test_foreign_records),
        cmocka_unit_test(test_power_cuts),
    };

    return cmocka_run_group_tests_name("keyset", tests, NULL, NULL);
}
