/*
 * JSON: the grammar over 153 documents and rows of our own, strings, look-up,
 * scanning.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json.h"
#include "support.h"

static KJWT_WORK(tokens, 2048);

/* What this verifier refuses beyond the grammar of RFC 8259. */
static bool is_refused_valid_json(kjwt_status status)
{
    return status == KJWT_ERR_JSON_NUL || status == KJWT_ERR_JSON_SURROGATE;
}

static void test_documents(void **state)
{
    json_t *vectors = load_vectors("jsmn_documents.json");
    json_t *documents = json_object_get(vectors, "docs");
    size_t i;
    json_t *row;

    (void)state;
    assert_int_equal(json_array_size(documents), 153);
    json_array_foreach(documents, i, row) {
        size_t len;
        uint8_t *text = from_hex(string_of(row, "hex"), &len);
        kjwt_status status = kjwt_json_check((char *)text, len);
        bool valid = status == KJWT_OK || is_refused_valid_json(status);

        if (valid != json_is_true(json_object_get(row, "valid_json")))
            fail_msg("%s ends in %s", string_of(row, "text"),
                     kjwt_status_name(status));
        free(text);
    }
    json_decref(vectors);
}

static const struct {
    const char *text;
    kjwt_status status;
} grammar[] = {
    /* UTF-8 at the edges of RFC 3629 4 */
    {"\"\xc2\x80\xdf\xbf\"", KJWT_OK},
    {"\"\xe0\xa0\x80\xef\xbf\xbf\"", KJWT_OK},
    {"\"\xed\x9f\xbf\xee\x80\x80\"", KJWT_OK},
    {"\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"", KJWT_OK},
    {"\"\x7f\"", KJWT_OK},
    {"\"\x80\"", KJWT_ERR_JSON_UTF8},
    {"\"\xc1\xbf\"", KJWT_ERR_JSON_UTF8},
    {"\"\xe0\x9f\xbf\"", KJWT_ERR_JSON_UTF8},
    {"\"\xed\xa0\x80\"", KJWT_ERR_JSON_UTF8},
    {"\"\xed\xbf\xbf\"", KJWT_ERR_JSON_UTF8},
    {"\"\xf0\x8f\xbf\xbf\"", KJWT_ERR_JSON_UTF8},
    {"\"\xf4\x90\x80\x80\"", KJWT_ERR_JSON_UTF8},
    {"\"\xf5\x80\x80\x80\"", KJWT_ERR_JSON_UTF8},
    {"\"\xff\"", KJWT_ERR_JSON_UTF8},
    {"\"\xf8\x90\x80\x80\"", KJWT_ERR_JSON_UTF8},
    {"\"\xc3\"", KJWT_ERR_JSON_UTF8},
    {"\"\xe2\x82\"", KJWT_ERR_JSON_UTF8},
    {"\"\xf0\x90\x80", KJWT_ERR_JSON_UTF8},
    /* escapes, RFC 8259 7 */
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uABcd\"", KJWT_OK},
    {"\"\\ud83d\\ude00\"", KJWT_OK},
    {"\"\\ud800\\udbff\"", KJWT_ERR_JSON_SURROGATE},
    {"\"\\ud800\"", KJWT_ERR_JSON_SURROGATE},
    {"\"\\ud800x\"", KJWT_ERR_JSON_SURROGATE},
    {"\"\\ud800\\n\"", KJWT_ERR_JSON_SURROGATE},
    {"\"\\udc00\"", KJWT_ERR_JSON_SURROGATE},
    {"\"\\udc00\\udc00\"", KJWT_ERR_JSON_SURROGATE},
    {"\"\\ud800\\ue000\"", KJWT_ERR_JSON_SURROGATE},
    {"\"\\udfff\\ud800\"", KJWT_ERR_JSON_SURROGATE},
    {"\"\\udfff\"", KJWT_ERR_JSON_SURROGATE},
    {"\"\\ud7ff\"", KJWT_OK},
    {"\"\\ue000\"", KJWT_OK},
    {"\"\\u0000\"", KJWT_ERR_JSON_NUL},
    {"\"\\u000g\"", KJWT_ERR_JSON},
    {"\"\\u00:0\"", KJWT_ERR_JSON},
    {"\"\\u00@0\"", KJWT_ERR_JSON},
    {"\"\\U0041\"", KJWT_ERR_JSON},
    {"\"\\", KJWT_ERR_JSON},
    {"\"\\u12", KJWT_ERR_JSON},
    {"\"\x1f\"", KJWT_ERR_JSON},
    {"\"\x1f", KJWT_ERR_JSON},
    {"\"a", KJWT_ERR_JSON},
    /* numbers, RFC 8259 6 */
    {"-0", KJWT_OK},
    {"-0.10E+1", KJWT_OK},
    {"10e-2", KJWT_OK},
    {"1.0e7", KJWT_OK},
    {"-", KJWT_ERR_JSON},
    {"01", KJWT_ERR_JSON},
    {"-01", KJWT_ERR_JSON},
    {"1.", KJWT_ERR_JSON},
    {"1.e1", KJWT_ERR_JSON},
    {".1", KJWT_ERR_JSON},
    {"1e", KJWT_ERR_JSON},
    {"1e+", KJWT_ERR_JSON},
    {"1E1.0", KJWT_ERR_JSON},
    {"1d5", KJWT_ERR_JSON},
    {"1D5", KJWT_ERR_JSON},
    /* structure */
    {" \t\r\n[ 1 , { \"a\" : [ ] , \"b\" : { } } ] \n", KJWT_OK},
    {"[[],[]]", KJWT_OK},
    {"[1 2]", KJWT_ERR_JSON},
    {"[,1]", KJWT_ERR_JSON},
    {"[1,]", KJWT_ERR_JSON},
    {"[1}", KJWT_ERR_JSON},
    {"{\"a\":1]", KJWT_ERR_JSON},
    {"{\"a\":1,}", KJWT_ERR_JSON},
    {"{\"a\" 1}", KJWT_ERR_JSON},
    {"{\"a\":}", KJWT_ERR_JSON},
    {"{1:2}", KJWT_ERR_JSON},
    {"{]", KJWT_ERR_JSON},
    {"[}", KJWT_ERR_JSON},
    {"]", KJWT_ERR_JSON},
    {"[", KJWT_ERR_JSON},
    {"{\"a\"", KJWT_ERR_JSON},
    {"1 1", KJWT_ERR_JSON},
    {"nulll", KJWT_ERR_JSON},
    {"nul", KJWT_ERR_JSON},
    {"fals", KJWT_ERR_JSON},
    {"True", KJWT_ERR_JSON},
    {"\f1", KJWT_ERR_JSON},
    /* depth */
    {"[[[[[[[[]]]]]]]]", KJWT_OK},
    {"[[[[[[[[[]]]]]]]]]", KJWT_ERR_LIMIT_JSON_DEPTH},
    {"[[[[[[[[1],1],1],1],1],1],1],[1]]", KJWT_OK},
    {"[[[[[[[{\"a\":[]}]]]]]]]", KJWT_ERR_LIMIT_JSON_DEPTH},
};

static void test_grammar(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof grammar / sizeof grammar[0]; i++) {
        /* On the heap and of the exact size, for the address sanitizer. */
        size_t len = strlen(grammar[i].text);
        char *text = malloc(len);
        kjwt_status status;

        memcpy(text, grammar[i].text, len);
        status = kjwt_json_check(text, len);
        if (status != grammar[i].status)
            fail_msg("%s ends in %s", grammar[i].text,
                     kjwt_status_name(status));
        free(text);
        /* What follows is not looked at. */
        text = malloc(len + 1);
        memcpy(text, grammar[i].text, len);
        text[len] = '\x80';
        assert_status(kjwt_json_check(text, len), grammar[i].status);
        free(text);
    }
}

/* Every text of a valid document that is cut short is refused. */
static void test_cuts(void **state)
{
    static const char whole[] =
        "{\"a\":[1,-2.5e+3,true,false,null,\"\\u00e9\xc3\xa9\\ud83d\\ude00\"],"
        "\"b\":{}}";

    (void)state;
    for (size_t len = 0; len < sizeof whole - 1; len++) {
        char *text = malloc(len + 1);

        memcpy(text, whole, len);
        assert_int_not_equal(kjwt_json_check(text, len), KJWT_OK);
        free(text);
    }
    assert_status(kjwt_json_check(whole, sizeof whole - 1), KJWT_OK);
}

static const struct {
    const char *text;
    kjwt_status status;
} objects[] = {
    {"{}", KJWT_OK},
    {" {\"a\":1,\"b\":2} ", KJWT_OK},
    {"{\"a\":1,\"a\":2}", KJWT_ERR_JSON_DUPLICATE},
    {"{\"a\":1,\"\\u0061\":2}", KJWT_ERR_JSON_DUPLICATE},
    {"{\"\\u0061\":1,\"b\":0,\"a\":2}", KJWT_ERR_JSON_DUPLICATE},
    {"{\"\\n\":1,\"\\u000a\":2}", KJWT_ERR_JSON_DUPLICATE},
    {"{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\uDE00\":2}", KJWT_ERR_JSON_DUPLICATE},
    {"{\"\":1,\"\":2}", KJWT_ERR_JSON_DUPLICATE},
    {"{\"a\":{\"a\":{\"a\":1}}}", KJWT_OK},
    {"{\"a\":\"a\",\"b\":\"a\"}", KJWT_OK},
    {"{\"a\":1,\"ab\":2,\"A\":3}", KJWT_OK},
    {"{\"x\":[{\"a\":1},{\"a\":2}],\"a\":3}", KJWT_OK},
    {"{\"x\":[{\"b\":1,\"c\":{},\"b\":2}]}", KJWT_ERR_JSON_DUPLICATE},
    {"{\"x\":{\"q\":1},\"y\":1,\"x\":2}", KJWT_ERR_JSON_DUPLICATE},
    {"[{\"a\":1}]", KJWT_ERR_JSON_OBJECT},
    {"\"a\"", KJWT_ERR_JSON_OBJECT},
    {"1", KJWT_ERR_JSON_OBJECT},
    {"null", KJWT_ERR_JSON_OBJECT},
    {"", KJWT_ERR_JSON},
};

static void test_objects(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
        struct kjwt_json_object object;
        kjwt_status status = kjwt_json_parse(
            &object, objects[i].text, strlen(objects[i].text), tokens);

        if (status != objects[i].status)
            fail_msg("%s ends in %s", objects[i].text,
                     kjwt_status_name(status));
    }
}

/* n members are 1 + 2 n tokens; an array of n is 3 + n. */
static void test_token_limit(void **state)
{
    struct kjwt_json_object object;
    char text[1000];

    (void)state;
    for (int n = 40; n <= 50; n++) {
        int len = sprintf(text, "{\"a\":[0");

        for (int i = 1; i < n; i++)
            len += sprintf(text + len, ",%d", i);
        len += sprintf(text + len, "]}");
        assert_status(kjwt_json_parse(&object, text, (size_t)len, tokens),
                      n + 3 <= KJWT_MAX_JSON_TOKENS
                          ? KJWT_OK : KJWT_ERR_LIMIT_JSON_TOKENS);
    }
}

static void test_member(void **state)
{
    static const char text[] =
        " { \"nest\" : {\"exp\":1} , \"expires\":2, \"EXP\":3, \"s\": \"exp\","
        "\"\\u0065xp\" : [ 4, 5 ] , \"e\":\"\", \"t\":true } ";
    static const struct {
        const char *name;
        const char *value;
    } rows[] = {
        {"exp", "[ 4, 5 ]"}, {"nest", "{\"exp\":1}"}, {"s", "\"exp\""},
        {"e", "\"\""}, {"t", "true"}, {"expires", "2"}, {"ex", NULL},
        {"", NULL}, {"exp ", NULL},
    };
    struct kjwt_json_object object;

    (void)state;
    assert_status(kjwt_json_parse(&object, text, sizeof text - 1, tokens),
                  KJWT_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kjwt_json_value value = kjwt_json_member(&object, rows[i].name);

        if (rows[i].value == NULL) {
            assert_null(value.text);
            continue;
        }
        assert_int_equal(value.len, strlen(rows[i].value));
        assert_memory_equal(value.text, rows[i].value, value.len);
    }
}

static const struct {
    const char *json;
    const char *unescaped;
} strings[] = {
    {"\"\"", ""},
    {"\"plain\"", "plain"},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
    {"\"\\u0041\\u007f\"", "A\x7f"},
    {"\"\\u0080\\u07ff\"", "\xc2\x80\xdf\xbf"},
    {"\"\\u0800\\uFFFF\"", "\xe0\xa0\x80\xef\xbf\xbf"},
    {"\"\\ud800\\udc00\\uDBFF\\uDFFF\"", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
    {"\"\xe2\x82\xac\\u20aC!\"", "\xe2\x82\xac\xe2\x82\xac!"},
};

static void test_strings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        struct kjwt_json_value value = {strings[i].json,
                                        strlen(strings[i].json)};
        char longer[64];

        assert_status(kjwt_json_check(value.text, value.len), KJWT_OK);
        assert_true(kjwt_json_string_is(value, strings[i].unescaped));
        snprintf(longer, sizeof longer, "%sx", strings[i].unescaped);
        assert_false(kjwt_json_string_is(value, longer));
        if (strings[i].unescaped[0] != '\0') {
            longer[strlen(strings[i].unescaped) - 1] = '\0';
            assert_false(kjwt_json_string_is(value, longer));
        }
    }
}

/* A text that is no longer what was checked is read to its end at most. */
static void test_scan_cuts(void **state)
{
    static const char whole[] = "[ \"a\\\"b\" , {\"c\":[1 , null]},\"d\"]";

    (void)state;
    for (size_t len = 2; len < sizeof whole; len++) {
        char *text = malloc(len);
        struct kjwt_json_value container = {text, len};
        struct kjwt_json_value name, value;
        struct kjwt_json_scan scan;
        int count = 0;

        memcpy(text, whole, len);
        scan = kjwt_json_scan(container);
        for (; kjwt_json_scan_next(&scan, &name, &value); count++)
            assert_true((size_t)(value.text - text) + value.len <= len + 1);
        assert_true(len < sizeof whole - 1 ? count <= 3 : count == 3);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_grammar),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_token_limit),
        cmocka_unit_test(test_member),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_scan_cuts),
    };

    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
