/*
 * Signing with awskms: keys, one message or many at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include <mbedtls/sha256.h>

#include "aws_error.h"
#include "base64.h"
#include "key_awskms.h"

/* KMS takes this much as MessageType RAW. */
#define MAX_RAW     4096
#define DIGEST_SIZE 32

/* ----------------------------------------------------------- one message ---
 */

/* RAW lets KMS see and hash the claims; a digest hides them, and is the only
 * way for a long message. The signature is the same. */
static bool choose_type(const struct key_awskms *key, size_t len,
                        const char **type, struct error *error)
{
    *type = key->message_type;
    if (*type == NULL)
        *type = len <= MAX_RAW ? "RAW" : "DIGEST";
    return strcmp(*type, "RAW") != 0 || len <= MAX_RAW ||
           error_set(error, EXIT_USAGE,
                     "--message-type RAW takes a JWS Signing Input of at most "
                     "%d bytes, and this one has %zu: use DIGEST, or leave "
                     "--message-type out",
                     MAX_RAW, len);
}

static json_t *sign_parameters(const struct key_awskms *key, const char *type,
                               const void *message, size_t message_len)
{
    char text[BASE64_LENGTH(MAX_RAW) + 1];
    uint8_t digest[DIGEST_SIZE];

    if (strcmp(type, "DIGEST") == 0) {
        (void)mbedtls_sha256(message, message_len, digest, 0);
        message = digest;
        message_len = sizeof digest;
    }
    base64_encode(message, message_len, text);
    return json_pack("{s:s, s:s, s:s, s:s}", "KeyId", key->uri.key, "Message",
                     text, "MessageType", type, "SigningAlgorithm",
                     KEY_AWSKMS_ALGORITHM);
}

static bool take_signature(const struct key_awskms *key, const json_t *answer,
                           uint8_t *signature, size_t *signature_len,
                           struct error *error)
{
    const char *id = aws_kms_string(answer, "KeyId", "Sign", error);
    const char *algorithm =
        aws_kms_string(answer, "SigningAlgorithm", "Sign", error);
    const char *text = aws_kms_string(answer, "Signature", "Sign", error);

    if (id == NULL || algorithm == NULL || text == NULL)
        return false;
    if (strcmp(algorithm, KEY_AWSKMS_ALGORITHM) != 0) {
        char what[64] = "SigningAlgorithm ";

        aws_error_clean(algorithm, strlen(algorithm), what + strlen(what),
                        sizeof what - strlen(what));
        return aws_kms_unexpected("Sign", what, error);
    }
    if (!base64_decode(text, strlen(text), signature, PUBLIC_KEY_MAX_BYTES,
                       signature_len))
        return aws_kms_unexpected(
            "Sign", "a signature that is no base64 or too long", error);
    return *signature_len == key->key.bits / 8 ||
           aws_kms_unexpected(
               "Sign", "a signature that is not as long as the key", error);
}

bool key_awskms_sign(struct key_holder *holder, const void *message,
                     size_t message_len, uint8_t *signature,
                     size_t *signature_len, struct error *error)
{
    struct key_awskms *key = (struct key_awskms *)holder;
    const char *type;
    json_t *answer;
    bool done;

    if (!choose_type(key, message_len, &type, error) ||
        !key_awskms_know(key, error))
        return false;
    answer =
        aws_kms_call(key->kms, "Sign", AWS_KMS_REPEATABLE,
                     sign_parameters(key, type, message, message_len), error);
    done = answer != NULL &&
           take_signature(key, answer, signature, signature_len, error);
    json_decref(answer);
    return done;
}

/* -------------------------------------------------------- many messages --- */

static bool open_parallel(struct key_holder *holder,
                          const struct sign_queue_options *options,
                          struct error *error)
{
    struct key_awskms *key = (struct key_awskms *)holder;

    aws_kms_tune(key->kms, options->in_flight, options->rate);
    return key_awskms_know(key, error);
}

static bool start(struct key_awskms *key, struct sign_job *job)
{
    const char *type;

    return choose_type(key, job->message_len, &type, &job->error) &&
           aws_kms_start(
               key->kms, "Sign",
               sign_parameters(key, type, job->message, job->message_len), job,
               &job->error) != NULL;
}

static void submit(struct key_holder *holder, struct sign_job *job)
{
    struct key_awskms *key = (struct key_awskms *)holder;

    if (start(key, job))
        return;
    job->next = key->failed;
    key->failed = job;
}

static struct sign_job *end(struct key_awskms *key,
                            struct aws_kms_request *request)
{
    struct sign_job *job = aws_kms_context(request);
    json_t *answer = aws_kms_finish(request);

    job->done =
        answer != NULL && take_signature(key, answer, job->signature,
                                         &job->signature_len, &job->error);
    json_decref(answer);
    return job;
}

static struct sign_job *wait(struct key_holder *holder, int timeout_ms)
{
    struct key_awskms *key = (struct key_awskms *)holder;
    struct sign_job *failed = key->failed;
    struct aws_kms_request *request;

    if (failed != NULL) {
        key->failed = failed->next;
        return failed;
    }
    request = aws_kms_wait(key->kms, timeout_ms);
    return request != NULL ? end(key, request) : NULL;
}

static struct sign_queue_figures figures(const struct key_holder *holder)
{
    struct aws_kms_figures of_kms =
        aws_kms_figures(((const struct key_awskms *)holder)->kms);

    return (struct sign_queue_figures){of_kms.rate, of_kms.throttled,
                                       of_kms.retried};
}

static void close_parallel(struct key_holder *holder)
{
    struct key_awskms *key = (struct key_awskms *)holder;

    aws_kms_cancel(key->kms);
    key->failed = NULL;
}

const struct sign_parallel key_awskms_parallel = {
    .open = open_parallel,
    .submit = submit,
    .wait = wait,
    .figures = figures,
    .close = close_parallel,
};
