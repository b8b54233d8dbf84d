/*
 * What the Lambda Runtime API answers: an invocation is what came, its result
 * goes where the result of that invocation belongs, and every failure has a
 * reason.
 *
 *     MESSAGE     why no invocation can come; empty: they come
 *     ...         answers as fake_curl.h has them; an event !MESSAGE fails
 *
 * `large` and `too large` as a message are an event of such a size.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <time.h>

#include <jansson.h>

#include "fake_curl.h"
#include "lambda_runtime.h"
#include "monotonic.h"
#include "signer.h"

#define API        "127.0.0.1:9001"
#define BASE       "http://" API "/2018-06-01/runtime/"
#define LONGEST_MS INT64_C(900000)
#define TYPE       "Function.BadRequest"
#define TRACE_ID   "_X_AMZN_TRACE_ID"

/* A fuzzing engine ends what takes longer. */
#define SLOW_MS INT64_C(60000)

int __real_setenv(const char *name, const char *value, int overwrite);
int __wrap_setenv(const char *name, const char *value, int overwrite);
int __real_unsetenv(const char *name);
int __wrap_unsetenv(const char *name);

/* --------------------------------------------------------- environment --- */

static char *trace_id; /* glibc would keep each that it gets */

int __wrap_unsetenv(const char *name)
{
    if (strcmp(name, TRACE_ID) != 0)
        return __real_unsetenv(name);
    free(trace_id);
    trace_id = NULL;
    return 0;
}

int __wrap_setenv(const char *name, const char *value, int overwrite)
{
    if (strcmp(name, TRACE_ID) != 0)
        return __real_setenv(name, value, overwrite);
    must(overwrite == 1, "an older one is replaced");
    free(trace_id);
    trace_id = strdup(value);
    return 0;
}

/* ------------------------------------------------------------ requests --- */

/* What the next request has to be. */
static struct {
    char url[sizeof BASE + LAMBDA_REQUEST_ID_SIZE + 32];
    const char *response; /* what is posted, */
    const char *type;     /* or the error that is, */
    const char *message;  /* NULL: any message */
} wanted;

static void want(const char *what, const char *id, const char *result)
{
    memset(&wanted, 0, sizeof wanted);
    (void)snprintf(wanted.url, sizeof wanted.url, BASE "%s%s%s", what, id,
                   result);
}

/* A URL that libcurl sends as it is: no /../ goes elsewhere. */
static void check_url(const char *text)
{
    CURLU *url = curl_url();
    char *normal = NULL;

    must(strcmp(text, wanted.url) == 0, "a request goes where it belongs");
    must(curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
             curl_url_get(url, CURLUPART_URL, &normal, 0) == CURLUE_OK &&
             strcmp(normal, text) == 0,
         "a URL is its own normal form");
    curl_free(normal);
    curl_url_cleanup(url);
}

static const char *member(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));

    must(value != NULL, "an error has its members");
    return value;
}

static void check_error_body(const char *body)
{
    json_t *root = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
    json_t *message =
        wanted.message != NULL ? json_string(wanted.message) : NULL;

    must(strcmp(member(root, "errorType"), wanted.type) == 0,
         "an error has its type");
    if (wanted.message != NULL)
        must(strcmp(member(root, "errorMessage"),
                    message != NULL ? wanted.message : wanted.type) == 0,
             "an error has its message, or its type for one not in UTF-8");
    must(json_is_array(json_object_get(root, "stackTrace")) &&
             json_object_size(root) == 3,
         "an error has a stack trace, and nothing else");
    json_decref(message);
    json_decref(root);
}

static void check_headers(const struct curl_slist *list)
{
    bool typed = false;

    for (; list != NULL; list = list->next) {
        for (const char *at = list->data; *at != '\0'; at++)
            must((uint8_t)*at >= 0x20, "a header is a line");
        if (wanted.type != NULL && strstr(list->data, "Error-Type: ") != NULL)
            typed = strcmp(strchr(list->data, ' ') + 1, wanted.type) == 0;
    }
    must(typed == (wanted.type != NULL), "an error's type is a header");
}

static void check_request(const struct fake_curl_request *request)
{
    bool post = wanted.response != NULL || wanted.type != NULL;

    check_url(request->url);
    must(request->post == post, "a result is posted, the rest is not");
    if (!post) {
        must(request->headers == NULL && request->timeout_s == 0,
             "an invocation is waited for");
        return;
    }
    must(request->timeout_s > 0, "nobody waits for ever");
    must(strlen(request->body) == (size_t)request->body_len,
         "a result is sent whole");
    check_headers(request->headers);
    if (wanted.response != NULL)
        must(strcmp(request->body, wanted.response) == 0,
             "a response is the one that was given");
    else
        check_error_body(request->body);
}

/* --------------------------------------------------------- invocations --- */

static bool is_id(const char *id)
{
    size_t len = id != NULL ? strlen(id) : 0;

    for (size_t i = 0; i < len; i++)
        if (!(id[i] >= 'a' && id[i] <= 'z') &&
            !(id[i] >= 'A' && id[i] <= 'Z') &&
            !(id[i] >= '0' && id[i] <= '9') && strchr("-_.", id[i]) == NULL)
            return false;
    return len > 0 && len < LAMBDA_REQUEST_ID_SIZE && id[0] != '.';
}

static int64_t wall_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void check_end(int64_t end_us, int64_t began_us, int64_t began_ms)
{
    const char *text = fake_curl_header("Lambda-Runtime-Deadline-Ms");
    int64_t deadline = text != NULL ? strtoll(text, NULL, 10) : 0;
    int64_t left = deadline > 0 ? deadline - began_ms : INT64_MAX;

    if (end_us == MONOTONIC_NEVER) {
        must(left < SLOW_MS - LONGEST_MS || left > LONGEST_MS,
             "a deadline that is near is kept");
        return;
    }
    must(left >= -LONGEST_MS && left <= LONGEST_MS + SLOW_MS,
         "a deadline that is far is none");
    must(end_us >= began_us &&
             end_us <= monotonic_us() + 1000 * (left > 0 ? left : 0),
         "a result is on its way before the deadline");
}

static void check_event(const struct lambda_invocation *invocation)
{
    const struct fake_curl_answer *answer = fake_curl_answer();
    size_t len = invocation->event_len;

    must(len <= LAMBDA_MAX_RESPONSE && len <= answer->len,
         "an event is no larger than what came, and than the limit");
    must(invocation->too_large == (answer->len > LAMBDA_MAX_RESPONSE) &&
             (invocation->too_large || len == answer->len),
         "an event is whole, or too large");
    must(len == 0 || memcmp(invocation->event, answer->body, len) == 0,
         "an event is the body");
    must(invocation->event[len] == '\0', "an event ends with a NUL");
}

static void check_trace(void)
{
    const char *sent = fake_curl_header("Lambda-Runtime-Trace-Id");

    must((sent == NULL) == (trace_id == NULL) &&
             (sent == NULL || strcmp(sent, trace_id) == 0),
         "the trace is this invocation's");
}

static bool next(struct lambda_runtime *runtime,
                 struct lambda_invocation *invocation)
{
    struct error error = {.text = ""};
    int64_t began_us = monotonic_us();
    int64_t began_ms = wall_ms();
    const char *id;
    bool came;

    want("invocation/next", "", "");
    came = lambda_runtime_next(runtime, invocation, &error);
    id = fake_curl_header("Lambda-Runtime-Aws-Request-Id");
    must(came == (fake_curl_answer()->status == 200 && is_id(id)),
         "an invocation has a request id that may stand in a URL");
    if (!check_error(came, &error))
        return false;
    must(strcmp(invocation->request_id, id) == 0, "the id is the one sent");
    check_end(invocation->end_us, began_us, began_ms);
    check_event(invocation);
    check_trace();
    return true;
}

/* ------------------------------------------------------------- results --- */

static bool respond(struct lambda_runtime *runtime,
                    const struct lambda_invocation *invocation,
                    const char *response, bool *again, struct error *error)
{
    want("invocation/", invocation->request_id, "/response");
    wanted.response = response;
    return lambda_runtime_respond(runtime, invocation, response, again, error);
}

static bool respond_too_much(struct lambda_runtime *runtime,
                             const struct lambda_invocation *invocation,
                             bool *again, struct error *error)
{
    static char much[LAMBDA_MAX_RESPONSE + 2];

    if (much[0] == '\0')
        memset(much, 'a', sizeof much - 1);
    want("invocation/", invocation->request_id, "/error");
    wanted.type = "Function.ResponseSizeTooLarge";
    return lambda_runtime_respond(runtime, invocation, much, again, error);
}

static bool fail(struct lambda_runtime *runtime,
                 const struct lambda_invocation *invocation,
                 const char *message, bool *again, struct error *error)
{
    want("invocation/", invocation->request_id, "/error");
    wanted.type = TYPE;
    wanted.message = message;
    return lambda_runtime_fail(runtime, invocation, TYPE, message, again,
                               error);
}

/* Whether other invocations may come. */
static bool hand_in(struct lambda_runtime *runtime,
                    const struct lambda_invocation *invocation)
{
    struct error error = {.text = ""};
    char *event = fuzz_text(invocation->event, invocation->event_len);
    bool again = false;
    bool done;
    long status;

    if (invocation->too_large)
        done = respond_too_much(runtime, invocation, &again, &error);
    else if (event[0] == '!')
        done = fail(runtime, invocation, event + 1, &again, &error);
    else
        done = respond(runtime, invocation, event, &again, &error);
    free(event);
    status = fake_curl_answer()->status;
    must(check_error(done, &error) == (status == 200 || status == 202),
         "a result is taken where the API says so");
    must(again == (status != 0 && status != 500),
         "others may come unless the API is gone, or wants an end");
    return again;
}

static void loop(struct lambda_runtime *runtime)
{
    struct lambda_invocation invocation;

    while (next(runtime, &invocation) && hand_in(runtime, &invocation))
        ;
}

static void fail_init(struct lambda_runtime *runtime,
                      const struct fuzz_input *line)
{
    char *message = fuzz_text(line->bytes, line->len);

    want("init/error", "", "");
    wanted.type = TYPE;
    wanted.message = message;
    lambda_runtime_fail_init(runtime, TYPE, message);
    free(message);
}

static bool is_line(const struct fuzz_input *line, const char *text)
{
    return line->len == strlen(text) &&
           memcmp(line->bytes, text, line->len) == 0;
}

/* The answers are made here: such a size takes time, and nothing else about
 * them is of interest. */
static void loop_large(struct lambda_runtime *runtime, size_t event_len)
{
    static const char begin[] = "200\nLambda-Runtime-Aws-Request-Id: 1\n>";
    static const char end[] = "\n\n202\n";
    const size_t at = sizeof begin - 1;
    uint8_t *text = malloc(at + event_len + sizeof end);
    struct fuzz_input answers = {text, at + event_len + sizeof end};

    must(text != NULL, "there is memory");
    memcpy(text, begin, at);
    memset(text + at, 'a', event_len);
    memcpy(text + at + event_len, end, sizeof end);
    fake_curl_answers(&answers, check_request);
    loop(runtime);
    free(text);
}

static void try_runtime(const struct fuzz_input *line,
                        const struct fuzz_input *answers)
{
    struct error error = {.text = ""};
    struct lambda_runtime *runtime = lambda_runtime_open(API, &error);

    must(check_error(runtime != NULL, &error), "it opens without a request");
    fake_curl_answers(answers, check_request);
    if (is_line(line, "large"))
        loop_large(runtime, LAMBDA_MAX_RESPONSE);
    else if (is_line(line, "too large"))
        loop_large(runtime, LAMBDA_MAX_RESPONSE + 1);
    else if (line->len > 0)
        fail_init(runtime, line);
    else
        loop(runtime);
    lambda_runtime_close(runtime);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct fuzz_input input = {data, size};
    struct fuzz_input line = fuzz_part(&input, "\n");

    if (!ready)
        (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    ready = true;
    try_runtime(&line, &input);
    fake_curl_end();
    (void)__wrap_unsetenv(TRACE_ID);
    return 0;
}
