/*
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#define MAX_HEADERS 6 /* the signed ones and Authorization */

/* The path of a custom endpoint URL. */
static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");
    const char *path = strchr(host != NULL ? host + 3 : url, '/');

    return path != NULL ? path : "/";
}

static void free_lines(char *lines[MAX_HEADERS], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mbedtls_platform_zeroize(lines[i], strlen(lines[i]));
        free(lines[i]);
    }
}

static size_t make_lines(const struct aws_sigv4_header *headers, size_t count,
                         char *lines[MAX_HEADERS])
{
    for (size_t i = 0; i < count; i++)
        if (asprintf(&lines[i], "%s: %s", headers[i].name, headers[i].value) <
            0) {
            free_lines(lines, i);
            return 0;
        }
    return count;
}

/* The signed headers and Authorization; 0 when memory is short. */
static size_t sign_headers(const struct aws_endpoint *endpoint,
                           struct aws_sigv4 *signer,
                           const struct aws_json_request *request,
                           char *lines[MAX_HEADERS])
{
    char time_text[AWS_SIGV4_TIME_SIZE];
    struct aws_sigv4_header headers[MAX_HEADERS] = {
        {"content-type", request->content_type},
        {"host", endpoint->host},
        {"x-amz-date", time_text}};
    struct aws_sigv4_request signed_part = {.method = "POST",
                                            .path = path_of(endpoint->url),
                                            .query = "",
                                            .headers = headers,
                                            .header_count = 3,
                                            .body = request->body,
                                            .body_len = strlen(request->body)};
    char *authorization;
    size_t count;

    aws_sigv4_time(request->time, time_text);
    if (request->session_token != NULL)
        headers[signed_part.header_count++] = (struct aws_sigv4_header){
            "x-amz-security-token", request->session_token};
    headers[signed_part.header_count++] =
        (struct aws_sigv4_header){"x-amz-target", request->target};
    authorization = aws_sigv4_sign(signer, &signed_part, time_text);
    if (authorization == NULL)
        return 0;
    headers[signed_part.header_count] =
        (struct aws_sigv4_header){"authorization", authorization};
    count = make_lines(headers, signed_part.header_count + 1, lines);
    free(authorization);
    return count;
}

struct aws_http_exchange *aws_json_start(struct aws_http *http,
                                         const struct aws_endpoint *endpoint,
                                         struct aws_sigv4 *signer,
                                         const struct aws_json_request *request)
{
    char *lines[MAX_HEADERS];
    struct aws_http_request sent = {
        .headers = (const char *const *)lines,
        .header_count = sign_headers(endpoint, signer, request, lines),
        .body = request->body,
        .body_len = strlen(request->body),
        .once = request->once,
        .context = request->context};
    struct aws_http_exchange *exchange =
        sent.header_count > 0 ? aws_http_start(http, &sent) : NULL;

    free_lines(lines, sent.header_count);
    return exchange;
}
