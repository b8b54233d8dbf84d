/*
 * Accessors: a row is a path, a type and what is there. Every claim is read
 * twice, in both orders: nothing may depend on what was read before.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "support.h"

#define OBJECT                                                                 \
    "{\"exp\":9, \"iss\" : \"be\\u006ech\",\r\n\"half\":1.5\t,"                \
    "\"t\":true,\"f\":false,\"nil\":null,"                                     \
    "\"list\":[1, \"two\",[],{\"a\":[3]} ],\"none\":{},"                       \
    "\"a/b\":\"slash\",\"m~n\":\"tilde\",\"\":\"empty\","                      \
    "\"tricky\":\"}]\\\"\\\\\",\"o\":{\"sub\":\"in\\\"ner\",\"o\":{\"k\":\"\"}}}"

static const char text[] = " " OBJECT " ";

static const char numbers_text[] =
    "{\"exp\":9,\"n\":-7,\"z\":-0,\"half\":1.5,\"e\":1e2,"
    "\"big\":9223372036854775807,\"least\":-9223372036854775808,"
    "\"over\":9223372036854775808,\"under\":-9223372036854775809,"
    "\"vast\":100000000000000000000,\"vast-half\":100000000000000000000.5,"
    "\"minus\":-1,\"nines\":9000000000000000009,"
    "\"many\":[0,1,2,3,4,5,6,7,8,9,10,11,12]}";

static KJWT_WORK(work, 2048);
static struct kjwt_claims claims;
static struct kjwt_claims numbers;

enum type { STRING, INT, DATE, BOOL, COUNT, SPAN };

struct row {
    const char *path;
    enum type type;
    const char *string;
    int64_t number;
    kjwt_status status;
};

static const struct row rows[] = {
    {"iss", STRING, "bench", 0, KJWT_OK},
    {"/iss", STRING, "bench", 0, KJWT_OK},
    {"iss", SPAN, "\"be\\u006ech\"", 0, KJWT_OK},
    {"iss", INT, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"iss", BOOL, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"iss", COUNT, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"iss", DATE, NULL, 0, KJWT_ERR_NUMERIC_DATE},
    {"exp", DATE, NULL, 9, KJWT_OK},
    {"exp", INT, NULL, 9, KJWT_OK},
    {"exp", STRING, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"half", INT, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"half", DATE, NULL, 1, KJWT_OK},
    {"half", SPAN, "1.5", 0, KJWT_OK},
    {"t", BOOL, NULL, 1, KJWT_OK},
    {"f", BOOL, NULL, 0, KJWT_OK},
    {"t", INT, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"nil", BOOL, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"nil", SPAN, "null", 0, KJWT_OK},
    {"list", COUNT, NULL, 4, KJWT_OK},
    {"list", SPAN, "[1, \"two\",[],{\"a\":[3]} ]", 0, KJWT_OK},
    {"/list/0", INT, NULL, 1, KJWT_OK},
    {"/list/1", STRING, "two", 0, KJWT_OK},
    {"/list/2", COUNT, NULL, 0, KJWT_OK},
    {"/list/2/0", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/list/3/a/0", INT, NULL, 3, KJWT_OK},
    {"/list/3/a", SPAN, "[3]", 0, KJWT_OK},
    {"/list/4", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/list/00", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/list/01", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/list/-", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/list/", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/list/4294967296", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/list/0x", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"list/0", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"none", COUNT, NULL, 0, KJWT_OK},
    {"/none/x", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"a/b", STRING, "slash", 0, KJWT_OK},
    {"/a~1b", STRING, "slash", 0, KJWT_OK},
    {"/a/b", STRING, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"m~n", STRING, "tilde", 0, KJWT_OK},
    {"/m~0n", STRING, "tilde", 0, KJWT_OK},
    {"/m~n", STRING, "tilde", 0, KJWT_OK},
    {"/m~", STRING, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/", STRING, "empty", 0, KJWT_OK},
    {"tricky", STRING, "}]\"\\", 0, KJWT_OK},
    {"o", COUNT, NULL, 2, KJWT_OK},
    {"/o/sub", STRING, "in\"ner", 0, KJWT_OK},
    {"/o/o/k", STRING, "", 0, KJWT_OK},
    {"/o/o/k/x", STRING, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"sub", STRING, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"k", STRING, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"EXP", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"ex", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"sub", SPAN, "", 0, KJWT_ERR_CLAIM_MISSING},
    {"", COUNT, NULL, 13, KJWT_OK},
    {"", SPAN, OBJECT, 0, KJWT_OK},
};

static const struct row number_rows[] = {
    {"exp", INT, NULL, 9, KJWT_OK},
    {"half", INT, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"half", DATE, NULL, 1, KJWT_OK},
    {"n", INT, NULL, -7, KJWT_OK},
    {"n", DATE, NULL, 0, KJWT_ERR_NUMERIC_DATE},
    {"z", INT, NULL, 0, KJWT_OK},
    {"big", INT, NULL, INT64_MAX, KJWT_OK},
    {"least", INT, NULL, INT64_MIN, KJWT_OK},
    {"over", INT, NULL, 0, KJWT_ERR_CLAIM_RANGE},
    {"under", INT, NULL, 0, KJWT_ERR_CLAIM_RANGE},
    {"vast", INT, NULL, 0, KJWT_ERR_CLAIM_RANGE},
    {"e", INT, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"vast-half", INT, NULL, 0, KJWT_ERR_CLAIM_TYPE},
    {"minus", INT, NULL, -1, KJWT_OK},
    {"nines", INT, NULL, INT64_C(9000000000000000009), KJWT_OK},
    {"/many/9", INT, NULL, 9, KJWT_OK},
    {"/many/10", INT, NULL, 10, KJWT_OK},
    {"/many/12", INT, NULL, 12, KJWT_OK},
    {"/many/13", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/many/:", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
    {"/many//", INT, NULL, 0, KJWT_ERR_CLAIM_MISSING},
};

static void check_row(const struct row *row, const struct kjwt_claims *from)
{
    char buffer[64];
    const char *span;
    size_t len = 99;
    int64_t number = 99;
    bool boolean = true;
    kjwt_status status = KJWT_OK;

    switch (row->type) {
    case STRING:
        status = kjwt_claims_string(from, row->path, buffer,
                                    sizeof buffer, &len);
        assert_string_equal(buffer,
                            row->string != NULL ? row->string : "");
        assert_int_equal(len, strlen(buffer));
        number = 0;
        break;
    case INT:
        status = kjwt_claims_int(from, row->path, &number);
        break;
    case DATE:
        status = kjwt_claims_date(from, row->path, &number);
        break;
    case BOOL:
        status = kjwt_claims_bool(from, row->path, &boolean);
        number = boolean;
        break;
    case COUNT:
        status = kjwt_claims_count(from, row->path, &len);
        number = (int64_t)len;
        break;
    case SPAN:
        status = kjwt_claims_span(from, row->path, &span, &len);
        assert_int_equal(len, strlen(row->string));
        assert_memory_equal(span, row->string, len);
        number = 0;
        break;
    }
    if (status != row->status || number != row->number)
        fail_msg("%s ends in %s with %lld", row->path,
                 kjwt_status_name(status), (long long)number);
}

static void check_rows(const struct row *first, size_t count,
                       const struct kjwt_claims *from)
{
    for (size_t i = 0; i < count; i++)
        check_row(&first[i], from);
    for (size_t i = count; i-- > 0;)
        check_row(&first[i], from);
}

static void test_rows(void **state)
{
    (void)state;
    check_rows(rows, sizeof rows / sizeof rows[0], &claims);
    check_rows(number_rows, sizeof number_rows / sizeof number_rows[0],
               &numbers);
    assert_int_equal(claims.json_len, strlen(text));
    assert_memory_equal(claims.json, text, claims.json_len);
}

static void test_buffers(void **state)
{
    char buffer[6] = "xxxxx";
    size_t len;

    (void)state;
    assert_status(kjwt_claims_string(&claims, "iss", buffer, 6, &len),
                  KJWT_OK);
    assert_string_equal(buffer, "bench");
    assert_status(kjwt_claims_string(&claims, "iss", buffer, 5, &len),
                  KJWT_ERR_BUFFER_SIZE);
    assert_string_equal(buffer, "");
    assert_int_equal(len, 0);
    assert_status(kjwt_claims_string(&claims, "iss", buffer, 0, &len),
                  KJWT_ERR_BUFFER_SIZE);
    assert_status(kjwt_claims_string(&claims, "iss", buffer, 6, NULL),
                  KJWT_OK);
}

static void test_arguments(void **state)
{
    const struct kjwt_claims none = {0};
    const char *span;
    char buffer[8];
    size_t len;
    int64_t number;
    bool boolean;

    (void)state;
    assert_status(kjwt_claims_string(NULL, "iss", buffer, 8, &len),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_claims_string(&claims, NULL, buffer, 8, &len),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_claims_string(&claims, "iss", NULL, 8, &len),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_claims_int(&claims, "exp", NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_claims_date(&claims, "exp", NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_claims_bool(&claims, "t", NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_claims_count(&claims, "o", NULL), KJWT_ERR_ARGUMENT);
    assert_status(kjwt_claims_span(&claims, "o", NULL, &len),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_claims_span(&claims, "o", &span, NULL),
                  KJWT_ERR_ARGUMENT);
    assert_status(kjwt_claims_string(&none, "iss", buffer, 8, &len),
                  KJWT_ERR_UNVERIFIED);
    assert_status(kjwt_claims_int(&none, "n", &number), KJWT_ERR_UNVERIFIED);
    assert_status(kjwt_claims_date(&none, "n", &number), KJWT_ERR_UNVERIFIED);
    assert_status(kjwt_claims_bool(&none, "t", &boolean), KJWT_ERR_UNVERIFIED);
    assert_status(kjwt_claims_count(&none, "o", &len), KJWT_ERR_UNVERIFIED);
    assert_status(kjwt_claims_span(&none, "o", &span, &len),
                  KJWT_ERR_UNVERIFIED);
}

static void verify(const char *payload, char *token,
                   struct kjwt_claims *verified)
{
    static struct kjwt_key key;
    const struct kjwt_policy policy = {.keys = &key, .key_count = 1};
    size_t len;

    key = test_key_public(test_key("rsa2048"));
    memcpy(token, make_token(test_key("rsa2048"), "{\"alg\":\"RS256\"}",
                             payload, &len), TOKEN_SIZE);
    assert_status(kjwt_verify(&policy, work, sizeof work, token, len, 1,
                              verified), KJWT_OK);
    /* What lies behind is not read. */
    memset((char *)(uintptr_t)(verified->json + verified->json_len), '}', 8);
}

static int setup(void **state)
{
    static char token[TOKEN_SIZE];
    static char numbers_token[TOKEN_SIZE];

    (void)state;
    verify(text, token, &claims);
    verify(numbers_text, numbers_token, &numbers);
    /* The accessors do without the work. */
    memset(work, 0xa5, sizeof work);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_buffers),
        cmocka_unit_test(test_arguments),
    };

    return cmocka_run_group_tests_name("claims", tests, setup, NULL);
}
