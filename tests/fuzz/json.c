/*
 * JSON texts: the device's grammar and jansson, which shares no code with it,
 * accept the same, but for what jansson cannot hold; what was accepted is found
 * again by look-up and by scanning.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include <jansson.h>

#include "json.h"

static KJWT_WORK(tokens, 2048);

static bool is_overflow(const json_error_t *reason)
{
    return json_error_code(reason) == json_error_numeric_overflow;
}

static void check_grammar(const char *text, size_t len, kjwt_status status)
{
    json_error_t reason;
    json_t *json = json_loadb(text, len, JSON_DECODE_ANY, &reason);

    /* Of a number beyond a double, and of what is behind it, jansson does not
     * tell whether it is well-formed; and it drops a NUL behind a number. */
    if (len > 0 && memchr(text, 0, len) != NULL)
        must(status != KJWT_OK, "a NUL is refused");
    else if (json != NULL || !is_overflow(&reason))
        must(status == KJWT_ERR_LIMIT_JSON_DEPTH ||
                 (status == KJWT_OK) == (json != NULL),
             "the grammar accepts what jansson accepts");
    json_decref(json);
}

static void check_duplicates(const char *text, size_t len, kjwt_status status)
{
    json_error_t reason;
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &reason);

    if (status == KJWT_ERR_JSON_DUPLICATE)
        must(json == NULL, "what is a duplicate is one for jansson");
    else if (status == KJWT_OK)
        must(json != NULL || is_overflow(&reason),
             "what jansson calls a duplicate is one");
    json_decref(json);
}

/* Every member that scanning finds is the one that look-up finds. */
static void check_members(const struct kjwt_json_object *object)
{
    struct kjwt_json_value whole = kjwt_json_token(object, 0);
    struct kjwt_json_scan scan = kjwt_json_scan(whole);
    struct kjwt_json_value name;
    struct kjwt_json_value value;
    uint32_t seen = 0;

    while (kjwt_json_scan_next(&scan, &name, &value)) {
        struct kjwt_json_string string = kjwt_json_string(name);
        char *unescaped = malloc(name.len);
        size_t len = 0;
        struct kjwt_json_value found;

        do {
            must(len < name.len, "unescaping does not grow");
            unescaped[len] = (char)kjwt_json_string_next(&string);
        } while (unescaped[len++] != '\0');
        found = kjwt_json_member(object, unescaped);
        must(found.text == value.text && found.len == value.len,
             "look-up and scanning find the same value");
        must(++seen <= object->count, "there are no more members than tokens");
        free(unescaped);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    kjwt_status checked = kjwt_json_check(text, size);
    struct kjwt_json_object object = {NULL, NULL, 0};
    kjwt_status parsed;

    check_grammar(text, size, checked);
    parsed = kjwt_json_parse(&object, text, size, tokens);
    must(checked == KJWT_OK || parsed == checked,
         "parsing refuses what the grammar refuses");
    check_duplicates(text, size, parsed);
    if (parsed == KJWT_OK)
        check_members(&object);
    must(memcmp(text, data, size) == 0 || size == 0, "the text is not changed");
    free(text);
    return 0;
}
