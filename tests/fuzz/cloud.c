/*
 * The answers of Google Cloud KMS and of Vault.
 *
 *     g, v or m   which; m: Google's, with the metadata server's first
 *     STATUS      of an answer; 0: there is none
 *     JSON
 *                 (empty line)
 * SPDX-License-Identifier: Apache-2.0
 */
#include <curl/curl.h>

#include "https_json.h"
#include "key_holder.h"
#include "signer.h"

static struct fuzz_input answers;
static struct fuzz_input all_answers;

long __wrap_https_json_call(struct https_json *client,
                            const struct https_json_request *request,
                            json_t **answer, struct error *error);

long __wrap_https_json_call(struct https_json *client,
                            const struct https_json_request *request,
                            json_t **answer, struct error *error)
{
    struct fuzz_input body = fuzz_paragraph(&answers);
    struct fuzz_input line = fuzz_part(&body, "\n");
    char *status = fuzz_text(line.bytes, line.len);
    long code = strtol(status, NULL, 10);

    (void)client;
    (void)request;
    free(status);
    *answer = json_loadb((const char *)body.bytes, body.len,
                         JSON_REJECT_DUPLICATES, NULL);
    if (code == 0)
        (void)error_set(error, EXIT_USAGE, "no answer");
    return code;
}

static void try_key(const char *uri)
{
    const struct key_options options = {.region = NULL};
    struct error error = {.text = ""};
    struct key_holder *holder = key_holder_open(uri, &options, &error);
    struct public_key *keys = NULL;
    uint8_t signature[PUBLIC_KEY_MAX_BYTES];
    size_t count = 0;
    size_t len = 0;
    json_t *facts;

    if (!check_error(holder != NULL, &error))
        return;
    if (check_error(holder->class->public_keys(holder, &keys, &count, &error),
                    &error))
        must(count >= 1 && count <= KJWT_MAX_KEYS, "there is a key");
    if (count > 0 && check_error(holder->class->sign(holder, "a.b", 3,
                                                     signature, &len, &error),
                                 &error))
        must(len == keys[0].bits / 8, "a signature is as long as its key");
    free(keys);
    facts = holder->class->describe(holder, &error);
    (void)check_error(facts != NULL, &error);
    json_decref(facts);
    key_holder_close(holder);
    check_kept_secret(&error, all_answers.bytes, all_answers.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct fuzz_input input = {data, size};
    uint8_t which = fuzz_byte(&input);

    if (!ready)
        (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    ready = true;
    (void)fuzz_byte(&input); /* the line's end */
    fuzz_clear_environment();
    if (which != 'm')
        (void)setenv("GOOGLE_OAUTH_ACCESS_TOKEN", FUZZ_SECRET, 1);
    (void)setenv("VAULT_ADDR", "https://vault.example", 1);
    (void)setenv("VAULT_TOKEN", FUZZ_SECRET, 1);
    answers = input;
    all_answers = input;
    try_key(which == 'g' || which == 'm'
                ? "gcpkms://projects/p/locations/l/keyRings/r/"
                  "cryptoKeys/k/cryptoKeyVersions/1"
                : "hashivault://bench");
    return 0;
}
