/*
 * AWS KMS's and SQS's answers to what a key, a mint and a key's making ask,
 * retries included: a signature is as long as its key, and every failure has a
 * reason.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fake_http.h"
#include "key_holder.h"
#include "lambda_sqs.h"
#include "signer.h"

static void try_key(struct error *error)
{
    const struct key_options options = {.region = "eu-central-1"};
    struct key_holder *holder =
        key_holder_open("awskms:///alias/bench", &options, error);
    struct public_key *keys = NULL;
    uint8_t signature[PUBLIC_KEY_MAX_BYTES];
    size_t count = 0;
    size_t len = 0;
    json_t *facts;

    must(holder != NULL, "a key opens without a request");
    if (check_error(holder->class->public_keys(holder, &keys, &count, error),
                    error)) {
        must(count == 1, "KMS has one key");
        if (check_error(holder->class->sign(holder, "a.b", 3, signature, &len,
                                            error),
                        error))
            must(len == keys[0].bits / 8,
                 "a signature is as long as its key");
    }
    free(keys);
    facts = holder->class->describe(holder, error);
    (void)check_error(facts != NULL, error);
    json_decref(facts);
    key_holder_close(holder);
}

static void try_create(struct error *error)
{
    const struct key_request request = {
        .alias = "bench",
        .spec = "RSA_2048",
        .options = {.region = "eu-central-1"},
    };
    char *name = NULL;

    if (check_error(key_holder_create(&request, &name, error), error))
        must(name != NULL, "a key that was made has a name");
    free(name);
}

static void try_queue(struct error *error)
{
    struct lambda_sqs *sqs = lambda_sqs_open(
        "https://sqs.eu-central-1.amazonaws.com/1/tokens.fifo", error);
    struct lambda_message messages[2] = {
        {.body = "a", .request_id = "1"},
        {.body = "b", .request_id = "2", .group = "g"}};
    struct lambda_message *list[2] = {&messages[0], &messages[1]};

    must(sqs != NULL, "a queue opens without a request");
    lambda_sqs_send(sqs, list, 2, INT64_C(1060000000));
    for (size_t i = 0; i < 2; i++)
        (void)check_error(messages[i].sent, &messages[i].error);
    lambda_sqs_close(sqs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    uint8_t which = fuzz_byte(&input);
    struct error error = {.text = ""};

    fuzz_clear_environment();
    (void)setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", 1);
    (void)setenv("AWS_SECRET_ACCESS_KEY", FUZZ_SECRET, 1);
    (void)setenv("AWS_SESSION_TOKEN", FUZZ_SECRET, 1);
    (void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    fake_http_answers(&input);
    if (which == 'c')
        try_create(&error);
    else if (which == 'q')
        try_queue(&error);
    else
        try_key(&error);
    check_kept_secret(&error, data, size);
    return 0;
}
