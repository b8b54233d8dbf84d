/*
 * Statuses: distances, names and texts, held against the public header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "support.h"

#define MAX_STATUSES 128

static struct {
    char name[64];
    uint32_t value;
} statuses[MAX_STATUSES];
static int count;

/* Every `KJWT_... = 0x...` of the enum in kjwt.h. */
static int read_header(void **state)
{
    FILE *header = fopen(KJWT_TEST_SOURCE "/verifier/include/kjwt.h", "r");
    char line[256];

    (void)state;
    if (header == NULL)
        return -1;
    while (fgets(line, sizeof line, header) != NULL)
        if (sscanf(line, " %63[A-Z0-9_] = %x,", statuses[count].name,
                   &statuses[count].value) == 2)
            count++;
    fclose(header);
    return 0;
}

static int weight(uint32_t word)
{
    return __builtin_popcount(word);
}

static void test_distances(void **state)
{
    (void)state;
    assert_true(count > 40 && count < MAX_STATUSES);
    for (int i = 0; i < count; i++) {
        assert_true(statuses[i].value == 0 || weight(statuses[i].value) >= 8);
        for (int j = 0; j < i; j++)
            assert_true(weight(statuses[i].value ^ statuses[j].value) >= 4);
    }
}

/* FNV-1a */
static uint32_t add(uint32_t sum, const char *text)
{
    for (; *text != '\0'; text++)
        sum = (sum ^ (uint8_t)*text) * 16777619u;
    return sum;
}

static void test_names(void **state)
{
    uint32_t sum = 2166136261u;

    (void)state;
    for (int i = 0; i < count; i++) {
        kjwt_status status = (kjwt_status)statuses[i].value;
        const char *text = kjwt_status_text(status);

        sum = add(sum, text);
        assert_string_equal(kjwt_status_name(status), statuses[i].name);
        assert_true(strlen(text) > 10 && text[strlen(text) - 1] == '.');
        assert_string_not_equal(text, kjwt_status_text(-1));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(
                text, kjwt_status_text((kjwt_status)statuses[j].value));
    }
    /* Of all texts: who changes one changes this. */
    assert_int_equal(add(sum, kjwt_status_text(-1)), 0x09a343a1);
    assert_string_equal(kjwt_status_name(-1), "KJWT_ERR_?");
    assert_string_equal(kjwt_status_name(1), "KJWT_ERR_?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests_name("status", tests, read_header, NULL);
}
