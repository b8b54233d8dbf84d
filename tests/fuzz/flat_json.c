/*
 * signer-host's quick reading and writing of flat objects: what jansson does.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../../signer-host/flat_json.h"

#include "fuzz.h"

static void check_load(const char *text, size_t len)
{
    json_t *quick = flat_json_load(text, len);
    json_t *slow = json_loadb(text, len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    char *quick_text;
    char *slow_text;

    must((quick == NULL) == (slow == NULL) &&
             (slow == NULL || json_equal(quick, slow)),
         "the same is read");
    quick_text = flat_json_dump(quick);
    slow_text = json_dumps(slow, JSON_COMPACT);
    must((quick_text == NULL) == (slow_text == NULL) &&
             (slow_text == NULL || strcmp(quick_text, slow_text) == 0),
         "the same is written");
    free(quick_text);
    free(slow_text);
    json_decref(quick);
    json_decref(slow);
}

static void check_string(const char *text)
{
    json_t *string = json_string(text);
    char *slow = json_dumps(string, JSON_ENCODE_ANY);
    char *quick = flat_json_string(text);

    must((quick == NULL) == (slow == NULL) &&
             (slow == NULL || strcmp(quick, slow) == 0),
         "the same string is written");
    free(quick);
    free(slow);
    json_decref(string);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = fuzz_copy(data, size);
    char *text = fuzz_text(data, size);

    check_load(bytes, size);
    check_string(text);
    free(bytes);
    free(text);
    return 0;
}
