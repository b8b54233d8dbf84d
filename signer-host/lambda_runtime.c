/*
 * The Lambda Runtime API, through libcurl.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lambda_runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>
#include <jansson.h>

#include "kjwt.h"
#include "monotonic.h"

#define VERSION        "2018-06-01"
#define POST_TIMEOUT_S 30L

/* The longest time that a function may have. A deadline farther away is none:
 * emulators send a constant. */
#define LONGEST_MS INT64_C(900000)

/* Before the deadline: the way of the result. Less where time is short. */
#define MARGIN_US INT64_C(500000)

struct lambda_runtime {
    CURL *curl;
    char *base; /* "http://127.0.0.1:9001/2018-06-01/runtime" */
    char reason[CURL_ERROR_SIZE];
    char *body;
    size_t len;
    size_t size;
    bool too_large;
};

/* -------------------------------------------------------------- answer --- */

static size_t keep(char *data, size_t size, size_t count, void *context)
{
    struct lambda_runtime *runtime = context;
    size_t len = size * count;
    size_t wanted = runtime->len + len + 1;

    /* The rest is read and dropped, so that the connection goes on. */
    if (runtime->too_large || wanted > LAMBDA_MAX_RESPONSE + 1) {
        runtime->too_large = true;
        return len;
    }
    if (wanted > runtime->size) {
        size_t larger = wanted > 2 * runtime->size ? wanted : 2 * runtime->size;
        char *body = realloc(runtime->body, larger);

        if (body == NULL)
            return 0;
        runtime->body = body;
        runtime->size = larger;
    }
    memcpy(runtime->body + runtime->len, data, len);
    runtime->len += len;
    runtime->body[runtime->len] = '\0';
    return len;
}

static const char *header(const struct lambda_runtime *runtime,
                          const char *name)
{
    struct curl_header *found;

    if (curl_easy_header(runtime->curl, name, 0, CURLH_HEADER, -1, &found) !=
        CURLHE_OK)
        return NULL;
    return found->value;
}

static long status_of(const struct lambda_runtime *runtime)
{
    long status = 0;

    (void)curl_easy_getinfo(runtime->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/* ------------------------------------------------------------- request --- */

static bool perform(struct lambda_runtime *runtime, const char *path,
                    struct error *error)
{
    char *url = NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;

    runtime->len = 0;
    runtime->too_large = false;
    runtime->reason[0] = '\0';
    if (asprintf(&url, "%s/%s", runtime->base, path) < 0)
        return out_of_memory(error);
    if (curl_easy_setopt(runtime->curl, CURLOPT_URL, url) == CURLE_OK)
        code = curl_easy_perform(runtime->curl);
    free(url);
    return code == CURLE_OK ||
           error_set(error, EXIT_USAGE,
                     "no answer from the Lambda Runtime API at %.200s: %s; "
                     "check AWS_LAMBDA_RUNTIME_API",
                     runtime->base,
                     runtime->reason[0] != '\0' ? runtime->reason
                                                : curl_easy_strerror(code));
}

static bool get(struct lambda_runtime *runtime, const char *path,
                struct error *error)
{
    (void)curl_easy_setopt(runtime->curl, CURLOPT_HTTPGET, 1L);
    (void)curl_easy_setopt(runtime->curl, CURLOPT_HTTPHEADER, NULL);
    (void)curl_easy_setopt(runtime->curl, CURLOPT_TIMEOUT, 0L);
    return perform(runtime, path, error);
}

/* type: an error's, or NULL. */
static struct curl_slist *header_list(const char *type)
{
    struct curl_slist *list =
        curl_slist_append(NULL, "Content-Type: application/json");
    char line[128];

    /* libcurl would wait for "100 Continue" with a large body. */
    if (list == NULL || curl_slist_append(list, "Expect:") == NULL)
        return list;
    (void)snprintf(line, sizeof line, "Lambda-Runtime-Function-Error-Type: %s",
                   type != NULL ? type : "");
    if (type != NULL)
        (void)curl_slist_append(list, line);
    return list;
}

static bool post(struct lambda_runtime *runtime, const char *path,
                 const char *type, const char *body, struct error *error)
{
    struct curl_slist *headers = header_list(type);
    bool done;

    (void)curl_easy_setopt(runtime->curl, CURLOPT_POST, 1L);
    (void)curl_easy_setopt(runtime->curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(runtime->curl, CURLOPT_TIMEOUT, POST_TIMEOUT_S);
    (void)curl_easy_setopt(runtime->curl, CURLOPT_POSTFIELDS, body);
    (void)curl_easy_setopt(runtime->curl, CURLOPT_POSTFIELDSIZE_LARGE,
                           (curl_off_t)strlen(body));
    done = perform(runtime, path, error);
    (void)curl_easy_setopt(runtime->curl, CURLOPT_HTTPHEADER, NULL);
    (void)curl_easy_setopt(runtime->curl, CURLOPT_POSTFIELDS, NULL);
    curl_slist_free_all(headers);
    return done;
}

/* ------------------------------------------------------------ invocation ---
 */

/* It becomes a segment of a URL's path, where a dot in front may mean another
 * place (RFC 3986 5.2.4). */
static bool take_request_id(const struct lambda_runtime *runtime,
                            struct lambda_invocation *invocation)
{
    const char *id = header(runtime, "Lambda-Runtime-Aws-Request-Id");
    size_t len = id != NULL ? strlen(id) : 0;

    if (len == 0 || len >= sizeof invocation->request_id || id[0] == '.' ||
        strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                   "0123456789-_.") != len)
        return false;
    memcpy(invocation->request_id, id, len + 1);
    return true;
}

static int64_t wall_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t end_of(const struct lambda_runtime *runtime)
{
    const char *text = header(runtime, "Lambda-Runtime-Deadline-Ms");
    int64_t deadline = text != NULL ? strtoll(text, NULL, 10) : 0;
    int64_t left = deadline > 0 ? deadline - wall_ms() : INT64_MAX;

    if (left < -LONGEST_MS || left > LONGEST_MS)
        return MONOTONIC_NEVER;
    left = left > 0 ? left * 1000 : 0;
    return monotonic_us() + left -
           (left / 4 < MARGIN_US ? left / 4 : MARGIN_US);
}

/* X-Ray's context, which AWS's own libraries look for there. */
static void set_trace_id(const struct lambda_runtime *runtime)
{
    const char *id = header(runtime, "Lambda-Runtime-Trace-Id");

    if (id != NULL)
        (void)setenv("_X_AMZN_TRACE_ID", id, 1);
    else
        (void)unsetenv("_X_AMZN_TRACE_ID");
}

bool lambda_runtime_next(struct lambda_runtime *runtime,
                         struct lambda_invocation *invocation,
                         struct error *error)
{
    if (!get(runtime, "invocation/next", error))
        return false;
    if (status_of(runtime) != 200)
        return error_set(error, EXIT_USAGE,
                         "the Lambda Runtime API answered HTTP %ld instead of "
                         "an invocation",
                         status_of(runtime));
    if (!take_request_id(runtime, invocation))
        return error_set(error, EXIT_USAGE,
                         "the Lambda Runtime API sent an invocation without a "
                         "request id");
    invocation->end_us = end_of(runtime);
    set_trace_id(runtime);
    invocation->event = runtime->len > 0 ? runtime->body : "";
    invocation->event_len = runtime->len;
    invocation->too_large = runtime->too_large;
    return true;
}

/* --------------------------------------------------------------- results ---
 */

/* 202; emulators answer 200. 500: "Container error. Non-recoverable state.
 * Runtime should exit promptly." */
static bool check_taken(const struct lambda_runtime *runtime, bool *again,
                        struct error *error)
{
    long status = status_of(runtime);

    *again = status != 500;
    return status == 202 || status == 200 ||
           error_set(error, EXIT_USAGE,
                     "the Lambda Runtime API answered HTTP %ld to a result",
                     status);
}

static bool hand_in(struct lambda_runtime *runtime,
                    const struct lambda_invocation *invocation,
                    const char *what, const char *type, const char *body,
                    bool *again, struct error *error)
{
    char path[LAMBDA_REQUEST_ID_SIZE + 32];

    (void)snprintf(path, sizeof path, "invocation/%s/%s",
                   invocation->request_id, what);
    *again = false;
    return post(runtime, path, type, body, error) &&
           check_taken(runtime, again, error);
}

static char *error_body(const char *type, const char *message)
{
    json_t *body = json_pack("{s:s, s:s, s:[]}", "errorMessage", message,
                             "errorType", type, "stackTrace");
    char *text;

    if (body == NULL) /* a message that is not UTF-8 */
        body = json_pack("{s:s, s:s, s:[]}", "errorMessage", type, "errorType",
                         type, "stackTrace");
    text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}

bool lambda_runtime_fail(struct lambda_runtime *runtime,
                         const struct lambda_invocation *invocation,
                         const char *type, const char *message, bool *again,
                         struct error *error)
{
    char *body = error_body(type, message);
    bool done;

    *again = false;
    if (body == NULL)
        return out_of_memory(error);
    done = hand_in(runtime, invocation, "error", type, body, again, error);
    free(body);
    return done;
}

bool lambda_runtime_respond(struct lambda_runtime *runtime,
                            const struct lambda_invocation *invocation,
                            const char *response, bool *again,
                            struct error *error)
{
    if (strlen(response) > LAMBDA_MAX_RESPONSE)
        return lambda_runtime_fail(runtime, invocation,
                                   "Function.ResponseSizeTooLarge",
                                   "the response is larger than 6 MB: send "
                                   "smaller batches",
                                   again, error);
    return hand_in(runtime, invocation, "response", NULL, response, again,
                   error);
}

void lambda_runtime_fail_init(struct lambda_runtime *runtime, const char *type,
                              const char *message)
{
    char *body = error_body(type, message);
    struct error unused;

    if (body != NULL)
        (void)post(runtime, "init/error", type, body, &unused);
    free(body);
}

/* --------------------------------------------------------------- setup --- */

static bool set_up(struct lambda_runtime *runtime)
{
    CURL *curl = runtime->curl;

    return curl != NULL &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT,
                            "signer-host/" KJWT_VERSION) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, runtime->reason) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, runtime) == CURLE_OK;
}

struct lambda_runtime *lambda_runtime_open(const char *api, struct error *error)
{
    struct lambda_runtime *runtime = calloc(1, sizeof *runtime);

    if (runtime == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(runtime);
        (void)out_of_memory(error);
        return NULL;
    }
    runtime->curl = curl_easy_init();
    if (strncmp(api, "http://", 7) == 0)
        api += 7;
    if (asprintf(&runtime->base, "http://%s/" VERSION "/runtime", api) < 0)
        runtime->base = NULL;
    if (runtime->base != NULL && set_up(runtime))
        return runtime;
    lambda_runtime_close(runtime);
    (void)error_set(error, EXIT_USAGE, "libcurl could not be set up");
    return NULL;
}

void lambda_runtime_close(struct lambda_runtime *runtime)
{
    if (runtime == NULL)
        return;
    curl_easy_cleanup(runtime->curl);
    curl_global_cleanup();
    free(runtime->base);
    free(runtime->body);
    free(runtime);
}
