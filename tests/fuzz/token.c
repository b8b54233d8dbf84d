/*
 * Any bytes as a token, as they come from the wire. No input can be signed
 * right, but for those of the corpus that are.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <jansson.h>

#include "public_key.h"
#include "verdict.h"

/* The key of tests/vectors/tokens_rsa2048.json, whose tokens are the corpus. */
static struct kjwt_key vector_key(void)
{
    static struct public_key key;
    struct error error;
    json_t *vectors;

    if (key.bits != 0)
        return public_key_view(&key);
    vectors = json_load_file(KJWT_TEST_VECTORS "/tokens_rsa2048.json",
                             JSON_ALLOW_NUL, NULL);
    must(public_key_from_pem(
             json_string_value(json_object_get(
                 json_object_get(vectors, "public_keys"), "main")),
             &key, &error),
         "the vectors' key loads");
    json_decref(vectors);
    return public_key_view(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kjwt_key key = vector_key();
    const struct kjwt_policy policy = {
        .keys = &key, .key_count = 1, .audience = "device-01"};
    struct verdict verdict =
        verdict_of(&policy, (const char *)data, size, 1800000000);

    if (verdict.status == KJWT_OK)
        verdict_check_claims(&verdict.claims);
    verdict_free(&verdict);
    return 0;
}
