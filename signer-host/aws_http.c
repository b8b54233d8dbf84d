/*
 * HTTP through libcurl's multi interface: one poll() over all connections, and
 * libcurl is told which of them can go on.
 *
 * Never CURLOPT_VERBOSE: it would print session tokens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_http.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>
#include <mbedtls/platform_util.h>

#include "kjwt.h"
#include "monotonic.h"

#define CONNECT_TIMEOUT_S 5L
#define TIMEOUT_S         20L /* making a 4096-bit key takes seconds */
#define MAX_ANSWER        ((size_t)1024 * 1024)
#define KEPT_ANSWER       ((size_t)16 * 1024) /* a larger buffer is not kept */

struct aws_http_exchange {
    struct aws_http *http;
    struct aws_http_exchange *next;      /* of all, under way or not */
    struct aws_http_exchange *over_next; /* of those of aws_http_next() */
    CURL *curl;
    struct curl_slist *headers;
    void *context;
    bool used; /* from start to end */
    bool under_way;
    CURLcode code; /* how it went */
    char reason[CURL_ERROR_SIZE];
    char *body;
    size_t body_len;
    size_t body_size;
    bool too_large;
};

struct aws_http {
    const struct aws_endpoint *endpoint;
    const char *authorities; /* the system's, as a folder, or NULL */
    CURLM *multi;
    CURLSH *share; /* TLS sessions, so that only the first handshake is whole */
    struct aws_http_exchange *exchanges;
    struct aws_http_exchange *over;
    struct pollfd *sockets; /* what libcurl waits for */
    size_t socket_count;
    size_t socket_room;
    char date_text[32]; /* the last Date header, "" at first */
    int64_t date;
    int64_t timer_us; /* when libcurl wants to be called at the latest */
};

/* -------------------------------------------------------------- answer --- */

static bool make_room(struct aws_http_exchange *exchange, size_t len)
{
    size_t wanted = exchange->body_len + len + 1;
    size_t size = exchange->body_size != 0 ? exchange->body_size : 1024;
    char *body;

    while (size < wanted)
        size *= 2;
    if (size == exchange->body_size)
        return true;
    body = realloc(exchange->body, size);
    if (body == NULL)
        return false;
    exchange->body = body;
    exchange->body_size = size;
    return true;
}

static size_t keep(char *data, size_t size, size_t count, void *context)
{
    struct aws_http_exchange *exchange = context;
    size_t len = size * count;

    exchange->too_large = len > MAX_ANSWER - exchange->body_len;
    if (exchange->too_large || !make_room(exchange, len))
        return 0;
    memcpy(exchange->body + exchange->body_len, data, len);
    exchange->body_len += len;
    exchange->body[exchange->body_len] = '\0';
    return len;
}

static void forget_answer(struct aws_http_exchange *exchange)
{
    if (exchange->body_size > KEPT_ANSWER) {
        free(exchange->body);
        exchange->body = NULL;
        exchange->body_size = 0;
    }
    exchange->body_len = 0;
    exchange->too_large = false;
    exchange->reason[0] = '\0';
}

void *aws_http_context(const struct aws_http_exchange *exchange)
{
    return exchange->context;
}

long aws_http_status(const struct aws_http_exchange *exchange)
{
    long status = 0;

    (void)curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

const char *aws_http_body(const struct aws_http_exchange *exchange, size_t *len)
{
    *len = exchange->body_len;
    return exchange->body_len > 0 ? exchange->body : "";
}

const char *aws_http_header(const struct aws_http_exchange *exchange,
                            const char *name)
{
    struct curl_header *header;

    if (curl_easy_header(exchange->curl, name, 0, CURLH_HEADER, -1, &header) !=
        CURLHE_OK)
        return NULL;
    return header->value;
}

bool aws_http_date(const struct aws_http_exchange *exchange, int64_t *seconds)
{
    struct aws_http *http = exchange->http;
    const char *text = aws_http_header(exchange, "Date");

    /* Age: an answer out of some cache tells the time of then. */
    if (text == NULL || aws_http_header(exchange, "Age") != NULL)
        return false;
    /* Many answers come in one second. */
    if (strcmp(text, http->date_text) != 0) {
        (void)snprintf(http->date_text, sizeof http->date_text, "%s", text);
        http->date = (int64_t)curl_getdate(text, NULL);
    }
    *seconds = http->date;
    return *seconds > 0;
}

bool aws_http_was_sent(const struct aws_http_exchange *exchange)
{
    long sent = 0;

    (void)curl_easy_getinfo(exchange->curl, CURLINFO_REQUEST_SIZE, &sent);
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

enum aws_http_result aws_http_result(const struct aws_http_exchange *exchange,
                                     struct error *error)
{
    enum aws_http_result result = AWS_HTTP_FAILED;
    const char *advice = "check the network and HTTPS_PROXY, and try again";
    const char *reason = exchange->reason[0] != '\0'
                             ? exchange->reason
                             : curl_easy_strerror(exchange->code);

    if (exchange->code == CURLE_OK)
        return AWS_HTTP_ANSWERED;
    if (exchange->too_large) {
        result = AWS_HTTP_HOPELESS;
        reason = "the answer is larger than 1 MB";
        advice = "check the endpoint URL";
    }
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].code == exchange->code) {
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
                    exchange->http->endpoint->host, reason, advice);
    return result;
}

/* -------------------------------------------------------------- events --- */

static struct pollfd *find_socket(struct aws_http *http, curl_socket_t socket)
{
    for (size_t i = 0; i < http->socket_count; i++)
        if (http->sockets[i].fd == socket)
            return &http->sockets[i];
    return NULL;
}

/* There is room: reserve_sockets(). */
static struct pollfd *add_socket(struct aws_http *http, curl_socket_t socket)
{
    struct pollfd *added = NULL;

    if (http->socket_count < http->socket_room) {
        added = &http->sockets[http->socket_count++];
        *added = (struct pollfd){.fd = socket};
    }
    return added;
}

/* For one more exchange: a connection may begin as two, and a resolver has a
 * socket of its own. */
static bool reserve_sockets(struct aws_http *http)
{
    size_t room = http->socket_room + 4;
    struct pollfd *sockets = realloc(http->sockets, room * sizeof *sockets);

    if (sockets == NULL)
        return false;
    http->sockets = sockets;
    http->socket_room = room;
    return true;
}

/* libcurl says what it waits for on a socket. */
static int on_socket(CURL *curl, curl_socket_t socket, int what, void *context,
                     void *unused)
{
    struct aws_http *http = context;
    struct pollfd *found = find_socket(http, socket);

    (void)curl;
    (void)unused;
    if (what == CURL_POLL_REMOVE) {
        if (found != NULL)
            *found = http->sockets[--http->socket_count];
        return 0;
    }
    if (found == NULL)
        found = add_socket(http, socket);
    if (found != NULL)
        found->events = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
                                (what & CURL_POLL_OUT ? POLLOUT : 0));
    return 0;
}

static int on_timer(CURLM *multi, long ms, void *context)
{
    struct aws_http *http = context;

    (void)multi;
    http->timer_us =
        ms < 0 ? MONOTONIC_NEVER : monotonic_us() + (int64_t)ms * 1000;
    return 0;
}

static void tell(struct aws_http *http, curl_socket_t socket, short events)
{
    int what = (events & POLLIN ? CURL_CSELECT_IN : 0) |
               (events & POLLOUT ? CURL_CSELECT_OUT : 0) |
               (events & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);
    int running;

    (void)curl_multi_socket_action(http->multi, socket, what, &running);
}

/* libcurl adds and removes sockets meanwhile. */
static void tell_all(struct aws_http *http)
{
    for (size_t i = 0; i < http->socket_count;) {
        struct pollfd *at = &http->sockets[i];
        short events = at->revents;

        at->revents = 0;
        if (events == 0)
            i++;
        else
            tell(http, at->fd, events);
    }
}

static void run_timer(struct aws_http *http, int64_t now_us)
{
    int running;

    if (http->timer_us > now_us)
        return;
    http->timer_us = MONOTONIC_NEVER;
    (void)curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0,
                                   &running);
}

static void collect(struct aws_http *http)
{
    struct aws_http_exchange *exchange = NULL;
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
                                &exchange);
        exchange->code = message->data.result;
        exchange->under_way = false;
        exchange->over_next = http->over;
        http->over = exchange;
        (void)curl_multi_remove_handle(http->multi, exchange->curl);
    }
}

bool aws_http_work(struct aws_http *http, int timeout_ms)
{
    int64_t now = monotonic_us();
    int timer_ms;

    /* What has just been started is sent, or fails, before there is anything
     * to wait for. */
    run_timer(http, now);
    collect(http);
    if (http->over != NULL)
        timeout_ms = 0;
    timer_ms = monotonic_poll_ms(now, http->timer_us);
    if (timer_ms >= 0 && (timeout_ms < 0 || timer_ms < timeout_ms))
        timeout_ms = timer_ms;
    if (poll(http->sockets, (nfds_t)http->socket_count, timeout_ms) < 0)
        return false;
    tell_all(http);
    collect(http);
    return true;
}

struct aws_http_exchange *aws_http_next(struct aws_http *http)
{
    struct aws_http_exchange *exchange = http->over;

    if (exchange != NULL)
        http->over = exchange->over_next;
    return exchange;
}

/* ------------------------------------------------------------ exchange --- */

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

/* The system's authorities as a folder of links by hash, as Debian has it next
 * to the one file: of that folder a handshake reads the one certificate that it
 * needs, and the file costs it 20 ms. NULL: there is none. */
static const char *hashed_authorities(void)
{
    const char *path = curl_version_info(CURLVERSION_NOW)->capath;
    DIR *folder = path != NULL ? opendir(path) : NULL;
    const struct dirent *entry;
    bool hashed = false;

    while (folder != NULL && !hashed && (entry = readdir(folder)) != NULL)
        hashed = strlen(entry->d_name) == strlen("01234567.0") &&
                 strcmp(entry->d_name + strlen("01234567"), ".0") == 0;
    if (folder != NULL)
        (void)closedir(folder);
    return hashed ? path : NULL;
}

/* Either a file or a folder: libcurl keeps what it has read for the next
 * connection only without a folder. */
static bool set_trust(CURL *curl, const struct aws_http *http)
{
    const char *file = http->endpoint->ca_bundle;

    if (file == NULL && http->authorities != NULL)
        return curl_easy_setopt(curl, CURLOPT_CAINFO, NULL) == CURLE_OK &&
               curl_easy_setopt(curl, CURLOPT_CAPATH, http->authorities) ==
                   CURLE_OK;
    return (file == NULL ||
            curl_easy_setopt(curl, CURLOPT_CAINFO, file) == CURLE_OK) &&
           curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK;
}

static bool set_reach(CURL *curl, const struct aws_endpoint *endpoint)
{
    bool done =
        curl_easy_setopt(curl, CURLOPT_URL, endpoint->url) == CURLE_OK &&
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
                         endpoint->loopback ? "https,http" : "https") ==
            CURLE_OK;

    /* Else libcurl goes by HTTPS_PROXY and NO_PROXY. */
    if (endpoint->loopback)
        done = done && curl_easy_setopt(curl, CURLOPT_NOPROXY, "*") == CURLE_OK;
    return done;
}

static bool set_up(struct aws_http_exchange *exchange)
{
    CURL *curl = exchange->curl;

    return curl != NULL && set_reach(curl, exchange->http->endpoint) &&
           set_trust(curl, exchange->http) &&
           curl_easy_setopt(curl, CURLOPT_SHARE, exchange->http->share) ==
               CURLE_OK &&
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
           curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, exchange->reason) ==
               CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, exchange) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PRIVATE, exchange) == CURLE_OK;
}

static void free_exchange(struct aws_http_exchange *exchange)
{
    free(exchange->body);
    curl_easy_cleanup(exchange->curl);
    free(exchange);
}

static struct aws_http_exchange *new_exchange(struct aws_http *http)
{
    struct aws_http_exchange *exchange = calloc(1, sizeof *exchange);

    if (exchange == NULL)
        return NULL;
    exchange->http = http;
    exchange->curl = curl_easy_init();
    if (!set_up(exchange) || !reserve_sockets(http)) {
        free_exchange(exchange);
        return NULL;
    }
    exchange->next = http->exchanges;
    http->exchanges = exchange;
    return exchange;
}

/* An easy handle is dear, and is used again. */
static struct aws_http_exchange *unused_exchange(struct aws_http *http)
{
    for (struct aws_http_exchange *at = http->exchanges; at != NULL;
         at = at->next)
        if (!at->used)
            return at;
    return new_exchange(http);
}

struct aws_http_exchange *aws_http_start(struct aws_http *http,
                                         const struct aws_http_request *request)
{
    struct aws_http_exchange *exchange = unused_exchange(http);

    if (exchange == NULL)
        return NULL;
    exchange->used = true;
    exchange->context = request->context;
    exchange->headers = header_list(request);
    forget_answer(exchange);
    (void)curl_easy_setopt(exchange->curl, CURLOPT_HTTPHEADER,
                           exchange->headers);
    (void)curl_easy_setopt(exchange->curl, CURLOPT_POSTFIELDSIZE,
                           (long)request->body_len);
    (void)curl_easy_setopt(exchange->curl, CURLOPT_POSTFIELDS, request->body);
    (void)curl_easy_setopt(exchange->curl, CURLOPT_FRESH_CONNECT,
                           (long)request->once);
    exchange->under_way =
        exchange->headers != NULL &&
        curl_multi_add_handle(http->multi, exchange->curl) == CURLM_OK;
    if (exchange->under_way)
        return exchange;
    aws_http_end(exchange);
    return NULL;
}

static void take_out(struct aws_http_exchange *exchange)
{
    struct aws_http_exchange **at = &exchange->http->over;

    while (*at != NULL && *at != exchange)
        at = &(*at)->over_next;
    if (*at != NULL)
        *at = exchange->over_next;
}

void aws_http_end(struct aws_http_exchange *exchange)
{
    take_out(exchange);
    if (exchange->under_way)
        (void)curl_multi_remove_handle(exchange->http->multi, exchange->curl);
    exchange->under_way = false;
    exchange->used = false;
    (void)curl_easy_setopt(exchange->curl, CURLOPT_HTTPHEADER, NULL);
    free_headers(exchange->headers);
    exchange->headers = NULL;
}

/* --------------------------------------------------------------- setup --- */

void aws_http_set_connections(struct aws_http *http, unsigned count)
{
    (void)curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)count);
    (void)curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                            (long)count);
}

static bool set_up_multi(struct aws_http *http)
{
    CURLM *multi = http->multi;

    return multi != NULL && http->share != NULL &&
           curl_share_setopt(http->share, CURLSHOPT_SHARE,
                             CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK &&
           curl_multi_setopt(multi, CURLMOPT_PIPELINING,
                             (long)CURLPIPE_NOTHING) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket) ==
               CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, http) == CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer) ==
               CURLM_OK &&
           curl_multi_setopt(multi, CURLMOPT_TIMERDATA, http) == CURLM_OK;
}

struct aws_http *aws_http_open(const struct aws_endpoint *endpoint,
                               struct error *error)
{
    struct aws_http *http = calloc(1, sizeof *http);

    if (http != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
        http->endpoint = endpoint;
        http->authorities = hashed_authorities();
        http->timer_us = MONOTONIC_NEVER;
        http->multi = curl_multi_init();
        http->share = curl_share_init();
        if (set_up_multi(http)) {
            aws_http_set_connections(http, 1);
            return http;
        }
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
    while (http->exchanges != NULL) {
        struct aws_http_exchange *exchange = http->exchanges;

        http->exchanges = exchange->next;
        aws_http_end(exchange);
        free_exchange(exchange);
    }
    (void)curl_multi_cleanup(http->multi);
    (void)curl_share_cleanup(http->share);
    curl_global_cleanup();
    free(http->sockets);
    free(http);
}
