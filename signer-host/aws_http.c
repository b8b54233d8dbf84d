/*
 * HTTP through libcurl.
 *
 * Never CURLOPT_VERBOSE: it would print session tokens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_http.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <mbedtls/platform_util.h>

#include "kjwt.h"

#define CONNECT_TIMEOUT_S 5L
#define TIMEOUT_S         20L /* making a 4096-bit key takes seconds */
#define MAX_ANSWER        ((size_t)1024 * 1024)

struct aws_http {
    const struct aws_endpoint *endpoint;
    CURL *curl;
    char reason[CURL_ERROR_SIZE];
    char *body;
    size_t body_len;
    bool too_large;
};

/* -------------------------------------------------------------- answer --- */

static size_t keep(char *data, size_t size, size_t count, void *context)
{
    struct aws_http *http = context;
    size_t len = size * count;
    char *body;

    http->too_large = len > MAX_ANSWER - http->body_len;
    if (http->too_large)
        return 0;
    body = realloc(http->body, http->body_len + len + 1);
    if (body == NULL)
        return 0;
    memcpy(body + http->body_len, data, len);
    http->body = body;
    http->body_len += len;
    http->body[http->body_len] = '\0';
    return len;
}

static void forget_answer(struct aws_http *http)
{
    free(http->body);
    http->body = NULL;
    http->body_len = 0;
    http->too_large = false;
    http->reason[0] = '\0';
}

long aws_http_status(const struct aws_http *http)
{
    long status = 0;

    (void)curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

const char *aws_http_body(const struct aws_http *http, size_t *len)
{
    *len = http->body_len;
    return http->body != NULL ? http->body : "";
}

const char *aws_http_header(struct aws_http *http, const char *name)
{
    struct curl_header *header;

    if (curl_easy_header(http->curl, name, 0, CURLH_HEADER, -1, &header) !=
        CURLHE_OK)
        return NULL;
    return header->value;
}

bool aws_http_date(struct aws_http *http, int64_t *seconds)
{
    const char *text = aws_http_header(http, "Date");

    /* Age: an answer out of some cache tells the time of then. */
    if (text == NULL || aws_http_header(http, "Age") != NULL)
        return false;
    *seconds = (int64_t)curl_getdate(text, NULL);
    return *seconds > 0;
}

bool aws_http_was_sent(const struct aws_http *http)
{
    long sent = 0;

    (void)curl_easy_getinfo(http->curl, CURLINFO_REQUEST_SIZE, &sent);
    return sent > 0;
}

/* ------------------------------------------------------------- failure --- */

/* What to do about the errors that have a known cause. */
static const struct {
    CURLcode code;
    enum aws_http_result result;
    const char *advice;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, AWS_HTTP_FAILED,
     "check the network and the Region's name"},
    {CURLE_COULDNT_RESOLVE_PROXY, AWS_HTTP_FAILED,
     "check HTTPS_PROXY and NO_PROXY"},
    {CURLE_COULDNT_CONNECT, AWS_HTTP_FAILED,
     "check the network, a firewall, HTTPS_PROXY and the endpoint"},
    {CURLE_OPERATION_TIMEDOUT, AWS_HTTP_TIMED_OUT,
     "check the network and HTTPS_PROXY, and try again"},
    {CURLE_PEER_FAILED_VERIFICATION, AWS_HTTP_HOPELESS,
     "the server's certificate is not trusted: check the endpoint and the "
     "clock, and set AWS_CA_BUNDLE where a proxy or an endpoint of your own "
     "has its own CA"},
    {CURLE_SSL_CACERT_BADFILE, AWS_HTTP_HOPELESS,
     "check AWS_CA_BUNDLE and the profile's ca_bundle: a PEM file"},
    {CURLE_SSL_CONNECT_ERROR, AWS_HTTP_FAILED,
     "check that the endpoint speaks TLS, and HTTPS_PROXY"},
    {CURLE_URL_MALFORMAT, AWS_HTTP_HOPELESS, "check the endpoint URL"},
    {CURLE_UNSUPPORTED_PROTOCOL, AWS_HTTP_HOPELESS,
     "the endpoint URL must be https"},
};

static enum aws_http_result failed(const struct aws_http *http, CURLcode code,
                                   struct error *error)
{
    enum aws_http_result result = AWS_HTTP_FAILED;
    const char *advice = "check the network and HTTPS_PROXY, and try again";
    const char *reason =
        http->reason[0] != '\0' ? http->reason : curl_easy_strerror(code);

    if (http->too_large) {
        result = AWS_HTTP_HOPELESS;
        reason = "the answer is larger than 1 MB";
        advice = "check the endpoint URL";
    }
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].code == code) {
            result = failures[i].result;
            advice = failures[i].advice;
        }
    /* libcurl quotes the URL, which may hold a password. */
    if (strncmp(reason, "Unsupported proxy", 17) == 0) {
        result = AWS_HTTP_HOPELESS;
        reason = "the proxy's URL is not understood";
        advice = "check HTTPS_PROXY: http://HOST:PORT";
    }
    (void)error_set(error, EXIT_USAGE, "no answer from %.200s: %s; %s",
                    http->endpoint->host, reason, advice);
    return result;
}

/* ------------------------------------------------------------- request --- */

/* One of them is the session token. */
static void free_headers(struct curl_slist *list)
{
    for (struct curl_slist *at = list; at != NULL; at = at->next)
        mbedtls_platform_zeroize(at->data, strlen(at->data));
    curl_slist_free_all(list);
}

static struct curl_slist *header_list(const struct aws_http_request *request)
{
    /* libcurl would wait for "100 Continue" with a large body. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");

    for (size_t i = 0; list != NULL && i < request->header_count; i++) {
        struct curl_slist *longer =
            curl_slist_append(list, request->headers[i]);

        if (longer == NULL)
            free_headers(list);
        list = longer;
    }
    return list;
}

enum aws_http_result aws_http_post(struct aws_http *http,
                                   const struct aws_http_request *request,
                                   struct error *error)
{
    struct curl_slist *headers = header_list(request);
    CURLcode code;

    forget_answer(http);
    if (headers == NULL) {
        (void)out_of_memory(error);
        return AWS_HTTP_HOPELESS;
    }
    (void)curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE,
                           (long)request->body_len);
    (void)curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, request->body);
    (void)curl_easy_setopt(http->curl, CURLOPT_FRESH_CONNECT,
                           (long)request->once);
    code = curl_easy_perform(http->curl);
    (void)curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, NULL);
    free_headers(headers);
    return code == CURLE_OK ? AWS_HTTP_ANSWERED : failed(http, code, error);
}

/* --------------------------------------------------------------- setup --- */

static bool set_reach(struct aws_http *http)
{
    const struct aws_endpoint *endpoint = http->endpoint;
    CURL *curl = http->curl;
    bool done =
        curl_easy_setopt(curl, CURLOPT_URL, endpoint->url) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
                         endpoint->loopback ? "https,http" : "https") ==
            CURLE_OK;

    if (endpoint->ca_bundle != NULL)
        done = done && curl_easy_setopt(curl, CURLOPT_CAINFO,
                                        endpoint->ca_bundle) == CURLE_OK;
    /* Else libcurl goes by HTTPS_PROXY and NO_PROXY. */
    if (endpoint->loopback)
        done = done && curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK;
    return done;
}

static bool set_up(struct aws_http *http)
{
    CURL *curl = http->curl;

    return curl != NULL && set_reach(http) &&
           curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT,
                            "signer-host/" KJWT_VERSION) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->reason) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, http) == CURLE_OK;
}

struct aws_http *aws_http_open(const struct aws_endpoint *endpoint,
                               struct error *error)
{
    struct aws_http *http = calloc(1, sizeof *http);

    if (http != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
        http->endpoint = endpoint;
        http->curl = curl_easy_init();
        if (set_up(http))
            return http;
        aws_http_close(http);
        http = NULL;
    }
    free(http);
    (void)error_set(error, EXIT_USAGE, "libcurl could not be set up");
    return NULL;
}

void aws_http_close(struct aws_http *http)
{
    if (http == NULL)
        return;
    forget_answer(http);
    curl_easy_cleanup(http->curl);
    curl_global_cleanup();
    free(http);
}
