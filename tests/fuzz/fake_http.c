/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_http.h"

#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "aws_http.h"
#include "aws_retry.h"
#include "monotonic.h"

struct aws_http_exchange {
    struct aws_http *http;
    struct aws_http_exchange *next;
    void *context;
    long status;
    char *type; /* x-amzn-ErrorType */
    char *body;
    size_t len;
};

struct aws_http {
    struct aws_http_exchange *over; /* not asked for yet */
    size_t open;
};

static struct fuzz_input rest;
static int64_t now_us;

int64_t __wrap_monotonic_us(void);
void __wrap_aws_retry_wait(const struct aws_retry_call *call);
int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest_of_it);
int __wrap_poll(struct pollfd *files, nfds_t count, int timeout_ms);

int64_t __wrap_monotonic_us(void)
{
    return now_us;
}

void __wrap_aws_retry_wait(const struct aws_retry_call *call)
{
    now_us += INT64_C(1000) * aws_retry_delay_ms(call, UINT32_MAX);
}

int __wrap_nanosleep(const struct timespec *pause, struct timespec *rest_of_it)
{
    (void)rest_of_it;
    now_us += INT64_C(1000000) * pause->tv_sec + pause->tv_nsec / 1000;
    return 0;
}

int __wrap_poll(struct pollfd *files, nfds_t count, int timeout_ms)
{
    (void)files;
    must(count == 0 && timeout_ms >= 0, "poll() is a pause here");
    now_us += INT64_C(1000) * timeout_ms;
    return 0;
}

void fake_http_answers(const struct fuzz_input *answers)
{
    rest = *answers;
    now_us = INT64_C(1000000000);
}

struct aws_http *aws_http_open(const struct aws_endpoint *endpoint,
                               struct error *error)
{
    (void)endpoint;
    (void)error;
    return calloc(1, sizeof(struct aws_http));
}

void aws_http_set_connections(struct aws_http *http, unsigned count)
{
    (void)http;
    (void)count;
}

void aws_http_close(struct aws_http *http)
{
    must(http == NULL || http->open == 0, "every exchange was ended");
    free(http);
}

struct aws_http_exchange *aws_http_start(struct aws_http *http,
                                         const struct aws_http_request *request)
{
    struct aws_http_exchange *exchange = calloc(1, sizeof *exchange);
    struct fuzz_input body = fuzz_paragraph(&rest);
    struct fuzz_input line = fuzz_part(&body, "\n");
    char *head = fuzz_text(line.bytes, line.len);
    char *type = strchr(head, ' ');

    must(exchange != NULL && request->header_count > 0, "there is a request");
    exchange->http = http;
    exchange->context = request->context;
    exchange->status = line.len > 0 ? strtol(head, NULL, 10) : 400;
    exchange->type = type != NULL ? strdup(type + 1) : NULL;
    exchange->body = fuzz_copy(body.bytes, body.len);
    exchange->len = body.len;
    exchange->next = http->over;
    http->over = exchange;
    http->open++;
    free(head);
    return exchange;
}

bool aws_http_work(struct aws_http *http, int timeout_ms)
{
    if (http->over == NULL) {
        must(timeout_ms >= 0, "nobody waits for ever");
        now_us += INT64_C(1000) * timeout_ms;
    }
    return true;
}

struct aws_http_exchange *aws_http_next(struct aws_http *http)
{
    struct aws_http_exchange *exchange = http->over;

    if (exchange != NULL)
        http->over = exchange->next;
    return exchange;
}

enum aws_http_result aws_http_result(const struct aws_http_exchange *exchange,
                                     struct error *error)
{
    static const enum aws_http_result results[] = {
        AWS_HTTP_FAILED, AWS_HTTP_TIMED_OUT, AWS_HTTP_HOPELESS};

    if (exchange->status < 0 || exchange->status > 2)
        return AWS_HTTP_ANSWERED;
    (void)error_set(error, EXIT_USAGE, "no answer");
    return results[exchange->status];
}

void aws_http_end(struct aws_http_exchange *exchange)
{
    struct aws_http_exchange **at = &exchange->http->over;

    while (*at != NULL && *at != exchange)
        at = &(*at)->next;
    if (*at != NULL)
        *at = exchange->next;
    exchange->http->open--;
    free(exchange->type);
    free(exchange->body);
    free(exchange);
}

void *aws_http_context(const struct aws_http_exchange *exchange)
{
    return exchange->context;
}

long aws_http_status(const struct aws_http_exchange *exchange)
{
    return exchange->status;
}

const char *aws_http_body(const struct aws_http_exchange *exchange, size_t *len)
{
    *len = exchange->len;
    return exchange->body;
}

const char *aws_http_header(const struct aws_http_exchange *exchange,
                            const char *name)
{
    (void)name;
    return exchange->type;
}

bool aws_http_date(const struct aws_http_exchange *exchange, int64_t *seconds)
{
    *seconds = 1800000000;
    return exchange->type != NULL && exchange->type[0] == 'd';
}

bool aws_http_was_sent(const struct aws_http_exchange *exchange)
{
    return exchange->status != 2;
}
