/*
 * Asking a container's endpoint for credentials.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_container.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#include "aws_credential_http.h"
#include "aws_credential_json.h"
#include "aws_endpoint.h"
#include "aws_error.h"
#include "input.h"

#define RELATIVE_URI "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
#define FULL_URI     "AWS_CONTAINER_CREDENTIALS_FULL_URI"
#define TOKEN        "AWS_CONTAINER_AUTHORIZATION_TOKEN"
#define TOKEN_FILE   "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
#define ECS_HOST     "http://169.254.170.2"
#define MAX_TOKEN    ((size_t)16 * 1024)
#define TIMEOUT_MS   2000L
#define ATTEMPTS     3

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

/* ----------------------------------------------------------------- URI --- */

bool aws_container_check_uri(const char *uri, struct error *error)
{
    static const char *const agents[] = {"169.254.170.2", "169.254.170.23",
                                         "[fd00:ec2::23]"};
    char host[AWS_URL_HOST_SIZE];
    bool https;

    if (!aws_url_host(uri, host, &https))
        return error_set(error, EXIT_USAGE,
                         FULL_URI " is no http or https URL without a user "
                                  "name");
    if (https || aws_host_is_loopback(host))
        return true;
    for (size_t i = 0; i < sizeof agents / sizeof agents[0]; i++)
        if (strcmp(host, agents[i]) == 0)
            return true;
    return error_set(error, EXIT_USAGE,
                     FULL_URI " is http to %.200s, which is for loopback, "
                              "169.254.170.2, 169.254.170.23 and "
                              "[fd00:ec2::23] only: use https",
                     host);
}

/* Made with malloc. A relative URI that does not begin with a slash would
 * become part of the host. */
static bool make_url(char **url, struct error *error)
{
    const char *relative = environment(RELATIVE_URI);
    const char *full = environment(FULL_URI);

    if (relative != NULL && *relative != '/')
        return error_set(error, EXIT_USAGE,
                         RELATIVE_URI " does not begin with a slash");
    if (relative == NULL && !aws_container_check_uri(full, error))
        return false;
    if (asprintf(url, "%s%s", relative != NULL ? ECS_HOST : "",
                 relative != NULL ? relative : full) >= 0)
        return true;
    *url = NULL;
    return out_of_memory(error);
}

/* --------------------------------------------------------------- token --- */

static bool check_token(const char *token, const char *source,
                        struct error *error)
{
    for (const char *at = token; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            return error_set(error, EXIT_USAGE,
                             "%s holds a line end or another character that no "
                             "HTTP header takes",
                             source);
    return true;
}

/* "Authorization: TOKEN", made with malloc; NULL: there is none. */
static bool make_header(const char *token, const char *source, char **header,
                        struct error *error)
{
    if (!check_token(token, source, error))
        return false;
    if (asprintf(header, "Authorization: %s", token) >= 0)
        return true;
    *header = NULL;
    return out_of_memory(error);
}

/* The file is read each time: pod identity renews it. */
static bool header_of_file(const char *path, char **header, struct error *error)
{
    struct input input;
    bool done;

    if (!input_read_all(path, MAX_TOKEN, &input, error))
        return error_in(error, TOKEN_FILE);
    while (input.len > 0 && strchr("\r\n", input.data[input.len - 1]))
        input.data[--input.len] = '\0';
    done = input.len > 0 && strlen(input.data) == input.len
               ? make_header(input.data, TOKEN_FILE, header, error)
               : error_set(error, EXIT_USAGE,
                           TOKEN_FILE ": %.256s is empty or holds a NUL byte",
                           path);
    input_free(&input);
    return done;
}

static bool find_header(char **header, struct error *error)
{
    const char *path = environment(TOKEN_FILE);
    const char *token = environment(TOKEN);

    *header = NULL;
    if (path != NULL)
        return header_of_file(path, header, error);
    return token == NULL || make_header(token, TOKEN, header, error);
}

/* ------------------------------------------------------------- request --- */

static bool refuse(const struct aws_credential_answer *answer,
                   struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "it answered with HTTP %ld: check the variable, and the "
                     "role of the task or pod",
                     answer->status);
}

static bool fetch(const char *url, const char *header,
                  struct aws_credentials *credentials, struct error *error)
{
    const struct aws_credential_request request = {
        .method = "GET",
        .url = url,
        .headers = {"Accept: application/json", header},
        .direct = true,
        .connect_timeout_ms = TIMEOUT_MS,
        .timeout_ms = TIMEOUT_MS,
        .attempts = ATTEMPTS};
    struct aws_credential_answer answer;
    bool done = aws_credential_http(&request, &answer, error);

    if (done)
        done = answer.status == 200
                   ? aws_credential_json_text(answer.body, answer.len, "Token",
                                              credentials, error) &&
                         aws_credential_check_expiration(credentials, error)
                   : refuse(&answer, error);
    aws_credential_http_clear(&answer);
    return done;
}

static bool load(struct aws_credentials *credentials, struct error *error)
{
    char *url = NULL;
    char *header = NULL;
    bool done = make_url(&url, error) && find_header(&header, error) &&
                fetch(url, header, credentials, error);

    if (header != NULL)
        mbedtls_platform_zeroize(header, strlen(header));
    free(header);
    free(url);
    return done;
}

bool aws_container_credentials(struct aws_credentials *credentials,
                               struct error *error)
{
    const char *variable = environment(RELATIVE_URI) != NULL ? RELATIVE_URI
                           : environment(FULL_URI) != NULL   ? FULL_URI
                                                             : NULL;

    if (variable == NULL)
        return true;
    if (asprintf(&credentials->source, "container endpoint (%s)", variable) <
        0) {
        credentials->source = NULL;
        return out_of_memory(error);
    }
    return load(credentials, error) || error_in(error, credentials->source);
}
