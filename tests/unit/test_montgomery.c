/*
 * The constants of Montgomery arithmetic, beside mbedTLS's.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "montgomery.h"
#include "support.h"

#include <mbedtls/bignum.h>

/* half^(65535 bits + 15) mod n with half = 2^-1 = (n + 1) / 2. */
static void expected_target(const uint32_t *words, uint32_t bits,
                            uint32_t *target)
{
    uint8_t bytes[4 * MONTGOMERY_MAX_WORDS];
    mbedtls_mpi n, half, exponent, power;

    mbedtls_mpi_init(&n);
    mbedtls_mpi_init(&half);
    mbedtls_mpi_init(&exponent);
    mbedtls_mpi_init(&power);
    for (uint32_t i = 0; i < bits / 8; i++)
        bytes[i] = (uint8_t)(words[i / 4] >> (8 * (i % 4)));
    assert_int_equal(mbedtls_mpi_read_binary_le(&n, bytes, bits / 8), 0);
    assert_int_equal(mbedtls_mpi_add_int(&half, &n, 1), 0);
    assert_int_equal(mbedtls_mpi_shift_r(&half, 1), 0);
    assert_int_equal(mbedtls_mpi_lset(&exponent, 65535 * (int32_t)bits + 15),
                     0);
    assert_int_equal(mbedtls_mpi_exp_mod(&power, &half, &exponent, &n, NULL),
                     0);
    assert_int_equal(mbedtls_mpi_write_binary_le(&power, bytes, bits / 8), 0);
    for (uint32_t i = 0; i < bits / 32; i++)
        target[i] = (uint32_t)bytes[4 * i] | (uint32_t)bytes[4 * i + 1] << 8 |
                    (uint32_t)bytes[4 * i + 2] << 16 |
                    (uint32_t)bytes[4 * i + 3] << 24;
    mbedtls_mpi_free(&n);
    mbedtls_mpi_free(&half);
    mbedtls_mpi_free(&exponent);
    mbedtls_mpi_free(&power);
}

static void check(const char *name, const uint32_t *n, uint32_t bits)
{
    uint32_t target[MONTGOMERY_MAX_WORDS];
    uint32_t expected[MONTGOMERY_MAX_WORDS];
    uint64_t low = (uint64_t)n[1] << 32 | n[0];
    uint64_t n0inv = montgomery_n0inv(low);

    if (low * n0inv != UINT64_MAX)
        fail_msg("%s: n0inv is wrong", name);
    expected_target(n, bits, expected);
    montgomery_target(n, (uint32_t)n0inv, bits / 32, target);
    if (memcmp(target, expected, bits / 8) != 0)
        fail_msg("%s: the target is wrong", name);
}

static void test_keys(void **state)
{
    static const char *const names[] = {"rsa2048", "rsa3072", "rsa4096",
                                        "other2048"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct kjwt_key key = test_key_public(test_key(names[i]));

        check(names[i], key.n, key.bits);
    }
}

/* No keys, but moduli where a carry is longest or a product smallest. */
static void test_extremes(void **state)
{
    static const struct {
        const char *name;
        uint32_t low, middle, high; /* the words of n */
    } rows[] = {
        {"all ones", UINT32_MAX, UINT32_MAX, UINT32_MAX},
        {"all ones but one", UINT32_MAX - 2, UINT32_MAX, UINT32_MAX},
        {"the smallest", 1, 0, 0x80000000},
        {"the smallest, and more", 3, 0, 0x80000000},
        {"alternating", 0x55555555, 0xaaaaaaaa, 0xaaaaaaaa},
        {"only ends", UINT32_MAX, 0, UINT32_MAX},
    };
    uint32_t n[MONTGOMERY_MAX_WORDS];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (uint32_t bits = 2048; bits <= 4096; bits += 1024) {
            for (size_t at = 0; at < bits / 32; at++)
                n[at] = rows[i].middle;
            n[0] = rows[i].low;
            n[bits / 32 - 1] = rows[i].high;
            check(rows[i].name, n, bits);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_extremes),
    };

    return cmocka_run_group_tests_name("montgomery", tests, NULL, NULL);
}
