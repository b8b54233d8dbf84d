/*
 * RSASSA-PKCS1-v1_5: Wycheproof's cases, and the kernel against mbedTLS.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <mbedtls/bignum.h>
#include <mbedtls/sha256.h>

#include "crypto.h"
#include "proof.h"
#include "rsa_kernel.h"
#include "support.h"

static KJWT_WORK(work, 4096);

struct counts {
    int accepted;
    int refused;
    int refused_keys;
};

/* The bare RSA operation on one case: the verdict must be Wycheproof's, where
 * "acceptable" (a missing NULL) is refused. */
static void run_case(const json_t *test, const struct kjwt_key *key,
                     struct counts *counts)
{
    size_t msg_len, sig_len;
    uint8_t *msg = from_hex(string_of(test, "msg"), &msg_len);
    uint8_t *sig = from_hex(string_of(test, "sig"), &sig_len);
    bool valid = strcmp(string_of(test, "result"), "valid") == 0;
    char *buffer = malloc(sig_len + 7);
    uint8_t digest[KJWT_SHA256_SIZE];
    uint32_t proof = 0;
    kjwt_status status;

    assert_non_null(buffer);
    memcpy(buffer, sig, sig_len);
    mbedtls_sha256(msg, msg_len, digest, 0);
    status = kjwt_rsassa_verify(key, digest, buffer, sig_len, work, &proof);
    if ((status == KJWT_OK) != valid)
        fail_msg("tcId %lld (%s) ends in %s",
                 (long long)json_integer_value(json_object_get(test, "tcId")),
                 string_of(test, "comment"), kjwt_status_name(status));
    if (valid)
        counts->accepted++;
    else
        counts->refused++;
    free(msg);
    free(sig);
    free(buffer);
}

static void run_group(const json_t *group, struct counts *counts)
{
    const json_t *public = json_object_get(group, "publicKey");
    size_t n_len, e_len, i;
    uint8_t *n = from_hex(string_of(public, "modulus"), &n_len);
    uint8_t *e = from_hex(string_of(public, "publicExponent"), &e_len);
    json_t *tests = json_object_get(group, "tests");
    json_t *test;
    struct public_key key;
    struct error error;

    if (public_key_from_modulus(n, n_len, e, e_len, &key, &error)) {
        struct kjwt_key view = public_key_view(&key);

        json_array_foreach(tests, i, test)
            run_case(test, &view, counts);
    } else {
        /* Only e = 65537 is taken as a key. */
        assert_true(e_len == 1 && e[0] == 3);
        counts->refused_keys += (int)json_array_size(tests);
    }
    free(n);
    free(e);
}

static void test_wycheproof(void **state)
{
    const char *folder = getenv("KJWT_WYCHEPROOF_DIR");
    struct counts counts = {0, 0, 0};

    (void)state;
    for (int bits = 2048; bits <= 4096; bits += 1024) {
        char path[1024];
        json_t *file;
        json_t *group;
        size_t i;

        snprintf(path, sizeof path, "%s/rsa_signature_%d_sha256_test.json",
                 folder != NULL ? folder
                                : KJWT_TEST_SOURCE
                                  "/../shared/vectors/wycheproof", bits);
        file = load_json(path);
        if (file == NULL) {
            print_message("# SKIP: %s is missing; set KJWT_WYCHEPROOF_DIR\n",
                          path);
            skip();
        }
        json_array_foreach(json_object_get(file, "testGroups"), i, group)
            run_group(group, &counts);
        json_decref(file);
    }
    print_message("# Wycheproof: %d accepted, %d refused, %d under keys with "
                  "e = 3\n", counts.accepted, counts.refused,
                  counts.refused_keys);
    assert_int_equal(counts.accepted + counts.refused + counts.refused_keys,
                     776);
    assert_true(counts.accepted > 0 && counts.refused > 600);
}

/* Limbs that carry: 0, ff.., 80.., 7f.., 1, mixed with random ones. */
static uint32_t stress_limb(uint32_t *seed)
{
    static const uint32_t special[8] = {0, 0xffffffff, 0x80000000, 0x7fffffff,
                                        1, 0xfffffffe, 0xffff0000, 0x0000ffff};

    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 28) < 10 ? special[*seed >> 10 & 7]
                              : (*seed >> 8) * 0x9e3779b1u;
}

static void fill(kjwt_limb *limbs, uint32_t words, uint32_t *seed)
{
    for (uint32_t i = 0; i < words; i++)
        limbs[i] = stress_limb(seed);
}

static void to_mpi(mbedtls_mpi *mpi, const kjwt_limb *limbs, uint32_t words)
{
    uint8_t bytes[4 * 257];

    for (uint32_t i = 0; i < words; i++)
        for (int b = 0; b < 4; b++)
            bytes[4 * i + (uint32_t)b] = (uint8_t)(limbs[i] >> 8 * b);
    assert_int_equal(mbedtls_mpi_read_binary_le(mpi, bytes, 4 * words), 0);
}

struct numbers {
    mbedtls_mpi a, b, n, t, expected;
};

static void init(struct numbers *numbers)
{
    mbedtls_mpi_init(&numbers->a);
    mbedtls_mpi_init(&numbers->b);
    mbedtls_mpi_init(&numbers->n);
    mbedtls_mpi_init(&numbers->t);
    mbedtls_mpi_init(&numbers->expected);
}

static void release(struct numbers *numbers)
{
    mbedtls_mpi_free(&numbers->a);
    mbedtls_mpi_free(&numbers->b);
    mbedtls_mpi_free(&numbers->n);
    mbedtls_mpi_free(&numbers->t);
    mbedtls_mpi_free(&numbers->expected);
}

static void check_product(struct numbers *numbers, const kjwt_limb *t,
                          const kjwt_limb *a, const kjwt_limb *b,
                          uint32_t words)
{
    to_mpi(&numbers->a, a, words);
    to_mpi(&numbers->b, b, words);
    to_mpi(&numbers->t, t, 2 * words);
    assert_int_equal(mbedtls_mpi_mul_mpi(&numbers->expected, &numbers->a,
                                         &numbers->b), 0);
    assert_int_equal(mbedtls_mpi_cmp_mpi(&numbers->t, &numbers->expected), 0);
}

/* (carry, t) is before + a b. */
static void check_sum(struct numbers *numbers, const kjwt_limb *before,
                      const kjwt_limb *t, const kjwt_limb *a,
                      const kjwt_limb *b, uint32_t words)
{
    to_mpi(&numbers->a, a, words);
    to_mpi(&numbers->b, b, words);
    to_mpi(&numbers->n, before, 2 * words);
    to_mpi(&numbers->t, t, 2 * words + 1);
    assert_int_equal(mbedtls_mpi_mul_mpi(&numbers->expected, &numbers->a,
                                         &numbers->b), 0);
    assert_int_equal(mbedtls_mpi_add_mpi(&numbers->expected,
                                         &numbers->expected, &numbers->n), 0);
    assert_int_equal(mbedtls_mpi_cmp_mpi(&numbers->t, &numbers->expected), 0);
}

/* (carry, t) R - before is a multiple of n, below n R. */
static void check_reduced(struct numbers *numbers, const kjwt_limb *before,
                          const kjwt_limb *after, const kjwt_limb *n,
                          uint32_t words)
{
    to_mpi(&numbers->t, before, 2 * words);
    to_mpi(&numbers->a, after, words + 1);
    to_mpi(&numbers->n, n, words);
    assert_int_equal(mbedtls_mpi_shift_l(&numbers->a, 32 * words), 0);
    assert_int_equal(mbedtls_mpi_sub_mpi(&numbers->a, &numbers->a,
                                         &numbers->t), 0);
    assert_int_equal(mbedtls_mpi_div_mpi(&numbers->b, &numbers->expected,
                                         &numbers->a, &numbers->n), 0);
    assert_int_equal(mbedtls_mpi_cmp_int(&numbers->expected, 0), 0);
    assert_true(mbedtls_mpi_cmp_int(&numbers->b, 0) >= 0);
    assert_true(mbedtls_mpi_bitlen(&numbers->b) <= 32 * words);
}

static uint32_t negated_inverse(uint32_t odd)
{
    uint32_t inverse = odd;

    for (int i = 0; i < 5; i++)
        inverse *= 2 - odd * inverse; /* Newton doubles the right bits */
    return 0u - inverse;
}

static void test_kernel(void **state)
{
    static _Alignas(8) kjwt_limb n[128], a[128], b[128], t[3 * 128 + 1];
    static kjwt_limb before[256];
    kjwt_limb beyond[128 + 1];
    struct numbers numbers;
    uint32_t seed = 7515;

    (void)state;
    init(&numbers);
    memset(beyond, 0xa5, sizeof beyond);
    for (uint32_t words = 64; words <= 128; words += 32) {
        for (int i = 0; i < 300; i++) {
            fill(n, words, &seed);
            fill(a, words, &seed);
            fill(b, words, &seed);
            n[0] |= 1;
            n[words - 1] |= 0x80000000;
            memset(t, 0, sizeof t);
            (void)kjwt_limbs_multiply_add(t, a, words, b, words);
            check_product(&numbers, t, a, b, words);
            fill(t, 2 * words, &seed);
            memcpy(before, t, sizeof before);
            t[2 * words] = kjwt_limbs_multiply_add(t, a, words, b, words);
            check_sum(&numbers, before, t, a, b, words);
            memcpy(t + 2 * words, beyond, 4 * words + 4);
            kjwt_limbs_square(t, a, words);
            check_product(&numbers, t, a, a, words);
            assert_memory_equal(t + 2 * words, beyond, 4 * words + 4);
            fill(t, 2 * words, &seed);
            memcpy(before, t, sizeof before);
            t[2 * words] = kjwt_limbs_reduce(t, n, negated_inverse(n[0]),
                                             words);
            check_reduced(&numbers, before, t + words, n, words);
        }
    }
    release(&numbers);
}

static const uint8_t digest[KJWT_SHA256_SIZE] = {1, 2, 3};

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2) of that digest. */
static void make_block(uint8_t block[256])
{
    static const uint8_t digest_info[19] = {
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
        0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

    memset(block, 0xff, 256);
    block[0] = 0;
    block[1] = 1;
    block[256 - 52] = 0;
    memcpy(block + 256 - 51, digest_info, sizeof digest_info);
    memcpy(block + 256 - 32, digest, sizeof digest);
}

/* A block that differs in one bit, wherever, does not verify. */
static void test_every_byte(void **state)
{
    const struct test_key *test = test_key("rsa2048");
    const struct kjwt_key key = test_key_public(test);
    uint8_t block[256];

    (void)state;
    make_block(block);
    for (size_t i = 0; i <= sizeof block; i++) {
        char signature[256 + 7];
        uint32_t proof = 0;

        /* In the end the block as it should be. */
        if (i < sizeof block)
            block[i] ^= (uint8_t)(1u << i % 8);
        sign_block(test, block, (uint8_t *)signature);
        assert_status(kjwt_rsassa_verify(&key, digest, signature, 256, work,
                                         &proof),
                      i < sizeof block ? KJWT_ERR_SIGNATURE : KJWT_OK);
        assert_int_equal(proof == KJWT_PROOF_SIGNATURE, i == sizeof block);
        if (i < sizeof block)
            block[i] ^= (uint8_t)(1u << i % 8);
    }
}

/* A damaged key whose target is 0, which a signature of 0 would meet. */
static void test_no_target(void **state)
{
    static const uint32_t target[2048 / 32];
    struct kjwt_key key = test_key_public(test_key("rsa2048"));
    char signature[256 + 7] = {0};
    uint32_t proof = 0;

    (void)state;
    key.target = target;
    assert_status(kjwt_rsassa_verify(&key, digest, signature, 256, work,
                                     &proof), KJWT_ERR_SIGNATURE);
    assert_int_not_equal(proof, KJWT_PROOF_SIGNATURE);
}

/* What is compared differs in one bit: the proof word must be wrong whatever the
 * status says. target + e R / (R - b) for b = 2^15 Z moves x by e less. */
static void test_one_bit(void **state)
{
    const struct test_key *test = test_key("rsa2048");
    const struct kjwt_key good = test_key_public(test);
    struct numbers m;
    mbedtls_mpi r, target;
    uint8_t block[256];
    uint8_t signature[256 + 7];
    int tried = 0;

    (void)state;
    make_block(block);
    init(&m);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&target);
    to_mpi(&m.n, (const kjwt_limb *)good.n, 64);
    to_mpi(&m.t, (const kjwt_limb *)good.target, 64);
    mbedtls_mpi_lset(&r, 1);
    mbedtls_mpi_shift_l(&r, 2048);
    mbedtls_mpi_read_binary(&m.b, block, sizeof block);
    mbedtls_mpi_shift_l(&m.b, 15); /* R - 2^15 Z, as EM = 2^(bits - 15) - Z */
    assert_int_equal(mbedtls_mpi_inv_mod(&m.a, &m.b, &m.n), 0);
    mbedtls_mpi_mul_mpi(&m.a, &m.a, &r);
    for (size_t bit = 0; bit < 2048; bit += 33) {
        uint32_t limbs[64] = {0};
        uint8_t bytes[256];
        struct kjwt_key key = good;
        uint32_t proof = 0;

        mbedtls_mpi_copy(&target, &m.a);
        mbedtls_mpi_shift_l(&target, bit);
        mbedtls_mpi_add_mpi(&target, &target, &m.t);
        mbedtls_mpi_mod_mpi(&target, &target, &m.n);
        if (!mbedtls_mpi_get_bit(&target, bit))
            continue; /* e less would borrow */
        assert_int_equal(mbedtls_mpi_write_binary_le(&target, bytes, 256), 0);
        for (size_t i = 0; i < 256; i++)
            limbs[i / 4] |= (uint32_t)bytes[i] << i % 4 * 8;
        key.target = limbs;
        sign_block(test, block, signature);
        assert_status(kjwt_rsassa_verify(&key, digest, (char *)signature, 256,
                                         work, &proof), KJWT_ERR_SIGNATURE);
        assert_int_equal(proof, KJWT_PROOF_SIGNATURE + 2 * (1u << bit % 32));
        tried++;
    }
    assert_true(tried > 9);
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&target);
    release(&m);
}

/* The signature is aligned where it lies: any address, each key size. */
static void test_alignment(void **state)
{
    static const char *const names[] = {"rsa2048", "rsa3072", "rsa4096"};
    static const char claims_text[] = "{\"exp\":10}";

    (void)state;
    for (size_t k = 0; k < 3; k++) {
        const struct test_key *test = test_key(names[k]);
        struct kjwt_key key = test_key_public(test);
        struct kjwt_policy policy = {.keys = &key, .key_count = 1};
        size_t len;
        char *token = make_token(test, "{\"alg\":\"RS256\"}", claims_text, &len);

        for (size_t offset = 0; offset < 8; offset++) {
            struct kjwt_claims claims;
            char *buffer = malloc(offset + len);

            memcpy(buffer + offset, token, len);
            assert_status(kjwt_verify(&policy, work,
                                      KJWT_WORK_SIZE(key.bits),
                                      buffer + offset, len, 1, &claims),
                          KJWT_OK);
            assert_int_equal(claims.json_len, strlen(claims_text));
            assert_memory_equal(claims.json, claims_text, claims.json_len);
            free(buffer);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wycheproof),
        cmocka_unit_test(test_kernel),
        cmocka_unit_test(test_every_byte),
        cmocka_unit_test(test_no_target),
        cmocka_unit_test(test_one_bit),
        cmocka_unit_test(test_alignment),
    };

    return cmocka_run_group_tests_name("rsassa", tests, NULL, NULL);
}
