/*
 * Requests for credentials through libcurl.
 *
 * Never CURLOPT_VERBOSE: requests and answers are secrets. The URL is not
 * shown either, only its host: an endpoint's path may be a secret, too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_credential_http.h"

#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <mbedtls/platform_util.h>

#include "aws_retry.h"
#include "kjwt.h"

struct transfer {
    const struct aws_credential_request *request;
    struct aws_credential_answer *answer;
    CURL *curl;
    struct curl_slist *headers;
    char reason[CURL_ERROR_SIZE];
    bool too_large;
};

/* ----------------------------------------------------------------- URL --- */

static char *part_of(CURLU *parts, CURLUPart part)
{
    char *text = NULL;

    return curl_url_get(parts, part, &text, 0) == CURLUE_OK ? text : NULL;
}

static bool take_host(CURLU *parts, char host[AWS_URL_HOST_SIZE], bool *https)
{
    char *scheme = part_of(parts, CURLUPART_SCHEME);
    char *name = part_of(parts, CURLUPART_HOST);
    char *user = part_of(parts, CURLUPART_USER);
    bool done = scheme != NULL && name != NULL && user == NULL &&
                strlen(name) < AWS_URL_HOST_SIZE;

    if (done) {
        *https = strcmp(scheme, "https") == 0;
        done = *https || strcmp(scheme, "http") == 0;
        for (size_t i = 0; i <= strlen(name); i++)
            host[i] = name[i] >= 'A' && name[i] <= 'Z'
                          ? (char)(name[i] - 'A' + 'a')
                          : name[i];
    }
    curl_free(scheme);
    curl_free(name);
    curl_free(user);
    return done;
}

bool aws_url_host(const char *url, char host[AWS_URL_HOST_SIZE], bool *https)
{
    CURLU *parts = curl_url();
    bool done = parts != NULL &&
                curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
                take_host(parts, host, https);

    curl_url_cleanup(parts);
    return done;
}

/* -------------------------------------------------------------- answer --- */

/* Into room that is there already: realloc() would leave copies behind. */
static size_t keep(char *data, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    struct aws_credential_answer *answer = transfer->answer;
    size_t len = size * count;

    transfer->too_large = len > AWS_CREDENTIAL_HTTP_MAX - answer->len;
    if (transfer->too_large)
        return 0;
    memcpy(answer->body + answer->len, data, len);
    answer->len += len;
    answer->body[answer->len] = '\0';
    return len;
}

void aws_credential_http_clear(struct aws_credential_answer *answer)
{
    if (answer->body != NULL)
        mbedtls_platform_zeroize(answer->body, answer->len);
    free(answer->body);
    memset(answer, 0, sizeof *answer);
}

static void forget(struct transfer *transfer)
{
    struct aws_credential_answer *answer = transfer->answer;

    mbedtls_platform_zeroize(answer->body, answer->len);
    answer->body[0] = '\0';
    answer->len = 0;
    answer->status = 0;
    transfer->too_large = false;
    transfer->reason[0] = '\0';
}

/* ------------------------------------------------------------- request --- */

static bool add_headers(struct transfer *transfer)
{
    const struct aws_credential_request *request = transfer->request;
    size_t count = sizeof request->headers / sizeof request->headers[0];

    for (size_t i = 0; i < count && request->headers[i] != NULL; i++) {
        struct curl_slist *longer =
            curl_slist_append(transfer->headers, request->headers[i]);

        if (longer == NULL)
            return false;
        transfer->headers = longer;
    }
    return curl_easy_setopt(transfer->curl, CURLOPT_HTTPHEADER,
                            transfer->headers) == CURLE_OK;
}

/* A body, even an empty one, makes it a POST, whose name is then replaced. */
static bool set_method(const struct transfer *transfer)
{
    const struct aws_credential_request *request = transfer->request;
    const char *body = request->body != NULL ? request->body : "";
    CURL *curl = transfer->curl;

    if (strcmp(request->method, "GET") == 0)
        return true;
    return curl_easy_setopt(curl, CURLOPT_POST, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body)) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method) ==
               CURLE_OK;
}

static bool set_reach(const struct transfer *transfer)
{
    const struct aws_credential_request *request = transfer->request;
    CURL *curl = transfer->curl;

    return curl_easy_setopt(curl, CURLOPT_URL, request->url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") ==
               CURLE_OK &&
           (!request->direct ||
            curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK) &&
           (request->ca_bundle == NULL ||
            curl_easy_setopt(curl, CURLOPT_CAINFO, request->ca_bundle) ==
                CURLE_OK) &&
           curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                            request->connect_timeout_ms) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, request->timeout_ms) ==
               CURLE_OK;
}

static bool set_up(struct transfer *transfer)
{
    CURL *curl = transfer->curl;

    return curl != NULL && transfer->answer->body != NULL &&
           set_reach(transfer) && set_method(transfer) &&
           add_headers(transfer) &&
           curl_easy_setopt(curl, CURLOPT_USERAGENT,
                            "signer-host/" KJWT_VERSION) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transfer->reason) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

static bool failed(const struct transfer *transfer, CURLcode code,
                   struct error *error)
{
    char host[AWS_URL_HOST_SIZE] = "the endpoint";
    const char *reason = curl_easy_strerror(code);
    bool https;

    (void)aws_url_host(transfer->request->url, host, &https);
    if (transfer->too_large)
        reason = "the answer is larger than 64 KB";
    /* Others quote the URL. */
    else if ((code == CURLE_COULDNT_CONNECT ||
              code == CURLE_OPERATION_TIMEDOUT ||
              code == CURLE_PEER_FAILED_VERIFICATION ||
              code == CURLE_SSL_CONNECT_ERROR) &&
             transfer->reason[0] != '\0')
        reason = transfer->reason;
    return error_set(error, EXIT_USAGE, "no answer from %.200s: %s", host,
                     reason);
}

/* An answer that another try may improve. */
static bool is_passing(const struct transfer *transfer)
{
    long status = transfer->answer->status;

    return status == 429 || (status >= 500 && status <= 504);
}

static bool perform(struct transfer *transfer, struct error *error)
{
    struct aws_retry_call call = {.cause = AWS_RETRY_TRANSIENT};

    for (;;) {
        CURLcode code = curl_easy_perform(transfer->curl);

        (void)curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE,
                                &transfer->answer->status);
        if (code == CURLE_OK && !is_passing(transfer))
            return true;
        call.attempts++;
        if (call.attempts >= transfer->request->attempts || transfer->too_large)
            return code == CURLE_OK || failed(transfer, code, error);
        aws_retry_wait(&call);
        forget(transfer);
    }
}

bool aws_credential_http(const struct aws_credential_request *request,
                         struct aws_credential_answer *answer,
                         struct error *error)
{
    struct transfer transfer = {.request = request, .answer = answer};
    bool done;

    memset(answer, 0, sizeof *answer);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(error, EXIT_USAGE, "libcurl could not be set up");
    answer->body = calloc(1, AWS_CREDENTIAL_HTTP_MAX + 1);
    transfer.curl = curl_easy_init();
    done = set_up(&transfer)
               ? perform(&transfer, error)
               : error_set(error, EXIT_USAGE, "libcurl could not be set up");
    curl_easy_cleanup(transfer.curl);
    for (struct curl_slist *at = transfer.headers; at != NULL; at = at->next)
        mbedtls_platform_zeroize(at->data, strlen(at->data));
    curl_slist_free_all(transfer.headers);
    curl_global_cleanup();
    return done;
}
