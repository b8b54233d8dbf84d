/*
 * JSON over HTTPS through libcurl.
 *
 * Never CURLOPT_VERBOSE: it would print tokens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "https_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>
#include <mbedtls/platform_util.h>

#include "aws_retry.h"
#include "https_url.h"
#include "kjwt.h"

#define ATTEMPTS          3
#define RETRY_TOKENS      500u
#define CONNECT_TIMEOUT_S 5L
#define TIMEOUT_S         20L
#define MAX_ANSWER        ((size_t)1024 * 1024)

struct https_json {
    struct https_url url;
    const char *ca_variable;
    CURL *curl;
    struct aws_retry retry;
    char reason[CURL_ERROR_SIZE];
    char *body;
    size_t body_len;
    bool too_large;
    bool clock_known;
    int64_t clock_offset;
};

/* -------------------------------------------------------------- answer --- */

static size_t keep(char *data, size_t size, size_t count, void *context)
{
    struct https_json *client = context;
    size_t len = size * count;
    char *body;

    client->too_large = len > MAX_ANSWER - client->body_len;
    if (client->too_large)
        return 0;
    body = realloc(client->body, client->body_len + len + 1);
    if (body == NULL)
        return 0;
    memcpy(body + client->body_len, data, len);
    client->body = body;
    client->body_len += len;
    return len;
}

/* It may hold an access token. */
static void forget_answer(struct https_json *client)
{
    if (client->body != NULL)
        mbedtls_platform_zeroize(client->body, client->body_len);
    free(client->body);
    client->body = NULL;
    client->body_len = 0;
    client->too_large = false;
    client->reason[0] = '\0';
}

/* Age: an answer out of some cache tells the time of then. */
static void read_clock(struct https_json *client)
{
    struct curl_header *header;
    time_t then;

    if (curl_easy_header(client->curl, "Age", 0, CURLH_HEADER, -1, &header) ==
            CURLHE_OK ||
        curl_easy_header(client->curl, "Date", 0, CURLH_HEADER, -1, &header) !=
            CURLHE_OK)
        return;
    then = curl_getdate(header->value, NULL);
    client->clock_known = then > 0;
    client->clock_offset = (int64_t)then - (int64_t)time(NULL);
}

bool https_json_clock_offset(const struct https_json *client, int64_t *seconds)
{
    *seconds = client->clock_offset;
    return client->clock_known;
}

/* ------------------------------------------------------------- failure --- */

static bool is_of_tls(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION ||
           code == CURLE_SSL_CACERT_BADFILE;
}

static void failed(const struct https_json *client, CURLcode code,
                   struct error *error)
{
    const char *reason =
        client->reason[0] != '\0' ? client->reason : curl_easy_strerror(code);

    if (client->too_large)
        reason = "the answer is larger than 1 MB";
    /* libcurl quotes the URL, which may hold a password. */
    if (strncmp(reason, "Unsupported proxy", 17) == 0)
        reason = "the proxy's URL in HTTPS_PROXY is not understood";
    if (is_of_tls(code))
        (void)error_set(error, EXIT_USAGE,
                        "no answer from %.200s: %s; the server's certificate "
                        "is not trusted: check the address and the clock%s%s",
                        client->url.host, reason,
                        client->ca_variable != NULL
                            ? ", and name the PEM file of its CA in "
                            : "",
                        client->ca_variable != NULL ? client->ca_variable : "");
    else
        (void)error_set(error, EXIT_USAGE,
                        "no answer from %.200s: %s; check the address, the "
                        "network and HTTPS_PROXY",
                        client->url.host, reason);
}

bool https_json_unexpected(const struct https_json *client, const char *what,
                           struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "%.200s answered with %s: nothing was accepted; check "
                     "the address and what stands between",
                     client->url.host, what);
}

const char *https_json_string(const struct https_json *client,
                              const json_t *object, const char *name,
                              struct error *error)
{
    const char *value = json_string_value(json_object_get(object, name));
    char what[64];

    if (value != NULL)
        return value;
    (void)snprintf(what, sizeof what, "no %s", name);
    (void)https_json_unexpected(client, what, error);
    return NULL;
}

/* ------------------------------------------------------------- request --- */

static struct curl_slist *header_list(const struct https_json_request *request)
{
    static const char *const fixed[] = {"Expect:", "Accept: application/json",
                                        "Content-Type: application/json"};
    struct curl_slist *list = NULL;

    for (size_t i = 0; i < 3 + request->header_count; i++) {
        struct curl_slist *longer =
            curl_slist_append(list, i < 3 ? fixed[i] : request->headers[i - 3]);

        if (longer == NULL)
            return list;
        list = longer;
    }
    return list;
}

static void free_list(struct curl_slist *list)
{
    for (struct curl_slist *at = list; at != NULL; at = at->next)
        mbedtls_platform_zeroize(at->data, strlen(at->data));
    curl_slist_free_all(list);
}

/* One try; 0: no answer. */
static long perform(struct https_json *client,
                    const struct https_json_request *request, const char *body,
                    enum aws_retry_cause *cause, struct error *error)
{
    struct curl_slist *headers = header_list(request);
    long status = 0;
    CURLcode code;

    forget_answer(client);
    (void)curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
    if (body != NULL)
        (void)curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body);
    else
        (void)curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
    code = curl_easy_perform(client->curl);
    (void)curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, NULL);
    free_list(headers);
    if (code != CURLE_OK) {
        failed(client, code, error);
        *cause = is_of_tls(code) || client->too_large ? AWS_RETRY_NOT
                                                      : AWS_RETRY_TRANSIENT;
        return 0;
    }
    (void)curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    *cause =
        status == 429 ? AWS_RETRY_THROTTLED : aws_retry_cause_of(status, "");
    read_clock(client);
    return status;
}

/* Again and again, within reason. */
static long perform_all(struct https_json *client,
                        const struct https_json_request *request,
                        const char *body, struct error *error)
{
    struct aws_retry_call call = {.attempts = 0};
    enum aws_retry_cause cause;
    long status = perform(client, request, body, &cause, error);

    while (aws_retry_take(&client->retry, &call, cause)) {
        aws_retry_wait(&call);
        status = perform(client, request, body, &cause, error);
    }
    if (status == 200)
        aws_retry_refund(&client->retry, &call);
    return status;
}

long https_json_call(struct https_json *client,
                     const struct https_json_request *request, json_t **answer,
                     struct error *error)
{
    char *url = https_url_join(&client->url, request->path);
    char *body =
        request->body != NULL ? json_dumps(request->body, JSON_COMPACT) : NULL;
    long status = 0;

    *answer = NULL;
    if (url == NULL || (request->body != NULL && body == NULL)) {
        (void)out_of_memory(error);
    } else {
        (void)curl_easy_setopt(client->curl, CURLOPT_URL, url);
        status = perform_all(client, request, body, error);
        *answer = json_loadb(client->body != NULL ? client->body : "",
                             client->body_len, JSON_REJECT_DUPLICATES, NULL);
    }
    forget_answer(client);
    free(url);
    free(body);
    return status;
}

/* --------------------------------------------------------------- setup --- */

static bool set_up(struct https_json *client, const char *ca_file)
{
    CURL *curl = client->curl;
    bool beside_proxy = client->url.loopback || client->url.metadata;

    return curl != NULL &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
                            client->url.https ? "https" : "http") == CURLE_OK &&
           (ca_file == NULL ||
            curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file) == CURLE_OK) &&
           (!beside_proxy ||
            curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK) &&
           curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
                            client->url.metadata ? 2L : CONNECT_TIMEOUT_S) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT,
                            "signer-host/" KJWT_VERSION) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, client->reason) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, client) == CURLE_OK;
}

struct https_json *https_json_open(const struct https_json_server *server,
                                   struct error *error)
{
    struct https_json *client = calloc(1, sizeof *client);

    if (client == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(client);
        (void)out_of_memory(error);
        return NULL;
    }
    client->ca_variable = server->ca_variable;
    client->url.metadata = server->metadata;
    client->retry.max_attempts = server->metadata ? 1 : ATTEMPTS;
    client->retry.tokens = RETRY_TOKENS;
    client->curl = curl_easy_init();
    if (https_url_parse(server->url, server->source, &client->url, error)) {
        if (set_up(client, server->ca_file))
            return client;
        (void)error_set(error, EXIT_USAGE, "libcurl could not be set up");
    }
    https_json_close(client);
    return NULL;
}

void https_json_close(struct https_json *client)
{
    if (client == NULL)
        return;
    forget_answer(client);
    curl_easy_cleanup(client->curl);
    curl_global_cleanup();
    https_url_free(&client->url);
    free(client);
}

const char *https_json_host(const struct https_json *client)
{
    return client->url.host;
}

/* ------------------------------------------------------------- headers --- */

char *https_json_header(const char *prefix, const char *value,
                        const char *source, struct error *error)
{
    char *header = NULL;
    size_t len = 0;

    while (value[len] > ' ' && value[len] <= '~')
        len++;
    if (len == 0 || value[len] != '\0')
        (void)error_set(error, EXIT_USAGE,
                        "%s is empty or holds characters that no token has: "
                        "set it again",
                        source);
    else if (asprintf(&header, "%s%s", prefix, value) < 0) {
        header = NULL;
        (void)out_of_memory(error);
    }
    return header;
}

void https_json_free_header(char *header)
{
    if (header != NULL)
        mbedtls_platform_zeroize(header, strlen(header));
    free(header);
}
