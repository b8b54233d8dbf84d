/*
 * SendMessageBatch through the AWS JSON protocol.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lambda_sqs.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "aws_credentials.h"
#include "aws_error.h"
#include "aws_http.h"
#include "aws_json.h"
#include "aws_retry.h"
#include "aws_sigv4.h"
#include "monotonic.h"
#include "random.h"

#define TARGET "AmazonSQS.SendMessageBatch"

struct lambda_sqs {
    char *queue; /* its URL */
    bool fifo;
    struct aws_endpoint endpoint;
    struct aws_credentials credentials;
    struct aws_sigv4 signer;
    struct aws_http *http;
    struct aws_retry retry;
};

/* ------------------------------------------------------------- request --- */

/* At most 80 characters of their alphabet: the place in the batch. */
static json_t *entry_of(const struct lambda_sqs *sqs,
                        const struct lambda_message *message, size_t i)
{
    char id[24];
    json_t *entry;

    (void)snprintf(id, sizeof id, "%zu", i);
    entry = json_pack("{s:s, s:s, s:{s:{s:s, s:s}}}", "Id", id, "MessageBody",
                      message->body, "MessageAttributes", "requestMessageId",
                      "DataType", "String", "StringValue", message->request_id);
    if (!sqs->fifo)
        return entry;
    (void)json_object_set_new(entry, "MessageDeduplicationId",
                              json_string(message->request_id));
    (void)json_object_set_new(
        entry, "MessageGroupId",
        json_string(message->group != NULL ? message->group : "kjwt"));
    return entry;
}

static char *body_of(const struct lambda_sqs *sqs,
                     struct lambda_message *const *messages, size_t count)
{
    json_t *entries = json_array();
    json_t *body;
    char *text;

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(entries, entry_of(sqs, messages[i], i));
    body = json_pack("{s:s, s:o}", "QueueUrl", sqs->queue, "Entries", entries);
    text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}

static struct aws_http_exchange *start(struct lambda_sqs *sqs, const char *body)
{
    return aws_json_start(sqs->http, &sqs->endpoint, &sqs->signer,
                          &(struct aws_json_request){
                              .content_type = "application/x-amz-json-1.0",
                              .target = TARGET,
                              .body = body,
                              .session_token = sqs->credentials.session_token,
                              .time = (int64_t)time(NULL)});
}

/* -------------------------------------------------------------- answer --- */

static void set_refusal(const struct aws_http_exchange *exchange, long status,
                        struct aws_error *refusal, struct error *error)
{
    size_t len;
    const char *body = aws_http_body(exchange, &len);
    const char *advice;

    aws_error_read(body, len, aws_http_header(exchange, "x-amzn-ErrorType"),
                   aws_http_header(exchange, "x-amzn-RequestId"), refusal);
    advice = aws_error_advice(refusal->name);
    /* No message: for a signature that does not match, AWS recites the
     * request with its session token. */
    (void)error_set(error, EXIT_REFUSED,
                    "SQS refused sqs:SendMessage on the output queue: HTTP "
                    "%ld %s%s%s%s%s",
                    status, refusal->name,
                    refusal->request_id[0] != '\0' ? ", request id " : "",
                    refusal->request_id, advice != NULL ? "; " : "",
                    advice != NULL ? advice : "");
}

static struct lambda_message *find(struct lambda_message *const *messages,
                                   size_t count, const json_t *entry)
{
    const char *id = json_string_value(json_object_get(entry, "Id"));
    unsigned long i = id != NULL ? strtoul(id, NULL, 10) : count;

    return i < count ? messages[i] : NULL;
}

static void note_failed(const json_t *entry, struct lambda_message *message)
{
    const char *code = json_string_value(json_object_get(entry, "Code"));

    (void)error_set(&message->error, EXIT_REFUSED,
                    "SQS did not take the token: %.64s",
                    code != NULL ? code : "no code");
}

/* Only what SQS says it has taken counts as sent. */
static bool take_answer(const struct aws_http_exchange *exchange,
                        struct lambda_message *const *messages, size_t count)
{
    size_t len;
    const char *body = aws_http_body(exchange, &len);
    json_t *answer = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *entry;
    struct lambda_message *message;
    size_t i;

    json_array_foreach(json_object_get(answer, "Successful"), i, entry)
    {
        message = find(messages, count, entry);
        if (message != NULL)
            message->sent = true;
    }
    json_array_foreach(json_object_get(answer, "Failed"), i, entry)
    {
        message = find(messages, count, entry);
        if (message != NULL)
            note_failed(entry, message);
    }
    json_decref(answer);
    return answer != NULL;
}

static enum aws_retry_cause judge(const struct aws_http_exchange *exchange,
                                  struct lambda_message *const *messages,
                                  size_t count, struct error *error)
{
    struct aws_error refusal;
    long status;

    switch (aws_http_result(exchange, error)) {
    case AWS_HTTP_ANSWERED:
        break;
    case AWS_HTTP_TIMED_OUT:
        return AWS_RETRY_TIMEOUT;
    case AWS_HTTP_FAILED:
        return AWS_RETRY_TRANSIENT;
    default:
        return AWS_RETRY_NOT;
    }
    status = aws_http_status(exchange);
    if (status == 200) {
        if (!take_answer(exchange, messages, count))
            (void)error_set(error, EXIT_REFUSED,
                            "SQS's answer is no JSON object: check "
                            "KJWT_OUTPUT_QUEUE_URL");
        return AWS_RETRY_NOT;
    }
    set_refusal(exchange, status, &refusal, error);
    return aws_retry_cause_of(status, refusal.name);
}

/* ------------------------------------------------------------- sending --- */

static bool wait_for(struct lambda_sqs *sqs, int64_t end_us)
{
    int64_t now = monotonic_us();

    while (aws_http_next(sqs->http) == NULL) {
        if (now >= end_us)
            return false;
        (void)aws_http_work(sqs->http, monotonic_poll_ms(now, end_us));
        now = monotonic_us();
    }
    return true;
}

static enum aws_retry_cause attempt(struct lambda_sqs *sqs, const char *body,
                                    struct lambda_message *const *messages,
                                    size_t count, int64_t end_us,
                                    struct error *error)
{
    struct aws_http_exchange *exchange = start(sqs, body);
    enum aws_retry_cause cause = AWS_RETRY_NOT;

    if (exchange == NULL) {
        (void)out_of_memory(error);
        return AWS_RETRY_NOT;
    }
    if (wait_for(sqs, end_us))
        cause = judge(exchange, messages, count, error);
    else
        (void)error_set(error, EXIT_REFUSED,
                        "no answer of SQS before the invocation's deadline");
    aws_http_end(exchange);
    return cause;
}

/* Whether there is time for another try after the pause. */
static bool pause_before(struct lambda_sqs *sqs, struct aws_retry_call *call,
                         enum aws_retry_cause cause, int64_t end_us)
{
    uint32_t random = UINT32_MAX;
    uint32_t pause_ms;

    if (!aws_retry_take(&sqs->retry, call, cause))
        return false;
    (void)random_bytes(NULL, (unsigned char *)&random, sizeof random);
    pause_ms = aws_retry_delay_ms(call, random);
    if (monotonic_us() + (int64_t)pause_ms * 1000 >= end_us)
        return false;
    (void)poll(NULL, 0, (int)pause_ms);
    return true;
}

static void use_credentials(struct lambda_sqs *sqs)
{
    aws_sigv4_clear(&sqs->signer);
    sqs->signer.access_key_id = sqs->credentials.access_key_id;
    sqs->signer.secret_access_key = sqs->credentials.secret_access_key;
    sqs->signer.region = sqs->endpoint.region;
    sqs->signer.service = "sqs";
}

/* Lambda's own hold for the life of the process; others are renewed. */
static bool refresh(struct lambda_sqs *sqs, struct error *error)
{
    bool changed;
    bool done = aws_credentials_refresh(NULL, sqs->endpoint.region, false,
                                        &sqs->credentials, &changed, error);

    if (changed)
        use_credentials(sqs);
    return done;
}

void lambda_sqs_send(struct lambda_sqs *sqs,
                     struct lambda_message *const *messages, size_t count,
                     int64_t end_us)
{
    struct aws_retry_call call = {.attempts = 0};
    struct error error = {.status = EXIT_REFUSED,
                          .text = "SQS's answer does not name it"};
    char *body = body_of(sqs, messages, count);
    enum aws_retry_cause cause;

    if (body == NULL)
        (void)out_of_memory(&error);
    for (size_t i = 0; i < count; i++)
        messages[i]->error.text[0] = '\0';
    if (body != NULL && refresh(sqs, &error))
        do
            cause = attempt(sqs, body, messages, count, end_us, &error);
        while (cause != AWS_RETRY_NOT &&
               pause_before(sqs, &call, cause, end_us));
    for (size_t i = 0; i < count; i++)
        if (!messages[i]->sent && messages[i]->error.text[0] == '\0')
            messages[i]->error = error;
    free(body);
}

/* --------------------------------------------------------------- setup --- */

static char *copy_environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? strdup(value) : NULL;
}

/* HOST[:PORT] */
static bool is_loopback(const char *host)
{
    const char *port = strrchr(host, ':');
    char *name = port != NULL && strchr(port, ']') == NULL
                     ? strndup(host, (size_t)(port - host))
                     : strdup(host);
    bool loopback = name != NULL && aws_host_is_loopback(name);

    free(name);
    return loopback;
}

/* "sqs.eu-central-1.amazonaws.com" */
static char *region_of(const char *host)
{
    const char *end =
        strncmp(host, "sqs.", 4) == 0 ? strchr(host + 4, '.') : NULL;

    return end != NULL ? strndup(host + 4, (size_t)(end - host) - 4)
                       : copy_environment("AWS_REGION");
}

/* The part of "https://HOST/ACCOUNT/NAME" that requests go to. */
static bool find_endpoint(const char *url, struct aws_endpoint *endpoint,
                          struct error *error)
{
    const char *host = strstr(url, "://");
    size_t len = host != NULL ? strcspn(host + 3, "/?#@") : 0;

    if (len == 0 || host[3 + len] != '/')
        return error_set(error, EXIT_USAGE,
                         "KJWT_OUTPUT_QUEUE_URL is no queue's URL: "
                         "https://sqs.REGION.amazonaws.com/ACCOUNT/NAME");
    host += 3;
    endpoint->host = strndup(host, len);
    endpoint->url = strndup(url, (size_t)(host - url) + len);
    if (endpoint->host == NULL || endpoint->url == NULL)
        return out_of_memory(error);
    endpoint->loopback = is_loopback(endpoint->host);
    endpoint->region = region_of(endpoint->host);
    endpoint->ca_bundle = copy_environment("AWS_CA_BUNDLE");
    if (strncmp(url, "https://", 8) != 0 &&
        !(endpoint->loopback && strncmp(url, "http://", 7) == 0))
        return error_set(error, EXIT_USAGE,
                         "KJWT_OUTPUT_QUEUE_URL must be https");
    return endpoint->region != NULL ||
           error_set(error, EXIT_USAGE,
                     "no Region for KJWT_OUTPUT_QUEUE_URL: set AWS_REGION");
}

static bool set_up(struct lambda_sqs *sqs, const char *url, struct error *error)
{
    size_t len = strlen(url);

    sqs->queue = strdup(url);
    sqs->fifo = len > 5 && strcmp(url + len - 5, ".fifo") == 0;
    if (sqs->queue == NULL)
        return out_of_memory(error);
    if (!find_endpoint(url, &sqs->endpoint, error) ||
        !aws_retry_init(&sqs->retry, error) ||
        !aws_credentials_load(NULL, sqs->endpoint.region, &sqs->credentials,
                              error))
        return false;
    use_credentials(sqs);
    sqs->http = aws_http_open(&sqs->endpoint, error);
    return sqs->http != NULL;
}

struct lambda_sqs *lambda_sqs_open(const char *url, struct error *error)
{
    struct lambda_sqs *sqs = calloc(1, sizeof *sqs);

    if (sqs == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    if (set_up(sqs, url, error))
        return sqs;
    lambda_sqs_close(sqs);
    return NULL;
}

void lambda_sqs_close(struct lambda_sqs *sqs)
{
    if (sqs == NULL)
        return;
    aws_http_close(sqs->http);
    aws_sigv4_clear(&sqs->signer);
    aws_credentials_clear(&sqs->credentials);
    aws_endpoint_clear(&sqs->endpoint);
    free(sqs->queue);
    free(sqs);
}
