/*
 * IMDSv2: a token by PUT, the name of the role, its credentials. Never the
 * first version, which takes requests without a token: any server-side request
 * forgery gets at those.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_imds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <mbedtls/platform_util.h>

#include "aws_credential_http.h"
#include "aws_credential_json.h"

#define IPV4_URL   "http://169.254.169.254"
#define IPV6_URL   "http://[fd00:ec2::254]"
#define TOKEN_PATH "/latest/api/token"
#define ROLE_PATH  "/latest/meta-data/iam/security-credentials/"
#define TOKEN_TTL  "X-aws-ec2-metadata-token-ttl-seconds: 21600"
#define TOKEN_NAME "X-aws-ec2-metadata-token"

#define TIMEOUT_MS 1000L
#define MAX_TOKEN  1024

/* IMDS may hand out expired credentials when its own supply is interrupted;
 * the services take them for longer then. So they serve for now, and 5 minutes
 * later it is asked again. */
#define EXTENSION_S (20 * 60)

struct imds {
    char *base;
    char header[MAX_TOKEN + 64]; /* with the token, a secret */
    char role[65];
};

/* ------------------------------------------------------- configuration --- */

static const char *setting(const struct aws_profile *profile,
                           const char *variable, const char *key)
{
    const char *value = getenv(variable);

    if (value == NULL || *value == '\0')
        value = key != NULL ? aws_profile_get(profile, key) : NULL;
    return value;
}

static bool default_url(const struct aws_profile *profile, const char **url,
                        struct error *error)
{
    const char *mode =
        setting(profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                "ec2_metadata_service_endpoint_mode");

    bool v6 = mode != NULL && strcasecmp(mode, "IPv6") == 0;

    *url = v6 ? IPV6_URL : IPV4_URL;
    return mode == NULL || v6 || strcasecmp(mode, "IPv4") == 0 ||
           error_set(error, EXIT_USAGE,
                     "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is neither IPv4 "
                     "nor IPv6");
}

static bool find_base(const struct aws_profile *profile, struct imds *imds,
                      struct error *error)
{
    const char *url = setting(profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                              "ec2_metadata_service_endpoint");
    char host[AWS_URL_HOST_SIZE];
    bool https;
    size_t len;

    if (url == NULL && !default_url(profile, &url, error))
        return false;
    if (!aws_url_host(url, host, &https))
        return error_set(error, EXIT_USAGE,
                         "AWS_EC2_METADATA_SERVICE_ENDPOINT (or the profile's "
                         "ec2_metadata_service_endpoint) is no http or https "
                         "URL without a user name");
    imds->base = strdup(url);
    if (imds->base == NULL)
        return out_of_memory(error);
    len = strlen(imds->base);
    while (len > 0 && imds->base[len - 1] == '/')
        imds->base[--len] = '\0';
    return true;
}

/* ------------------------------------------------------------ requests --- */

static bool ask(const struct imds *imds, const char *method, const char *path,
                unsigned attempts, struct aws_credential_answer *answer,
                struct error *error)
{
    struct aws_credential_request request = {.method = method,
                                             .headers = {imds->header},
                                             .direct = true,
                                             .connect_timeout_ms = TIMEOUT_MS,
                                             .timeout_ms = TIMEOUT_MS,
                                             .attempts = attempts};
    char *url = NULL;
    bool done;

    memset(answer, 0, sizeof *answer);
    if (asprintf(&url, "%s%s", imds->base, path) < 0)
        return out_of_memory(error);
    request.url = url;
    done = aws_credential_http(&request, answer, error);
    free(url);
    return done;
}

static bool is_header_value(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return len > 0 && len <= MAX_TOKEN;
}

/* One try: where nothing answers, this is no EC2 instance. False with *why. */
static bool get_token(struct imds *imds, char why[AWS_IMDS_WHY_SIZE])
{
    struct aws_credential_answer answer;
    struct error error = {.text = ""};
    bool done = false;

    (void)snprintf(imds->header, sizeof imds->header, TOKEN_TTL);
    if (!ask(imds, "PUT", TOKEN_PATH, 1, &answer, &error))
        (void)snprintf(why, AWS_IMDS_WHY_SIZE, "%.200s", error.text);
    else if (answer.status != 200)
        (void)snprintf(why, AWS_IMDS_WHY_SIZE,
                       "its token service answered with HTTP %ld",
                       answer.status);
    else if (!is_header_value(answer.body, answer.len))
        (void)snprintf(why, AWS_IMDS_WHY_SIZE,
                       "its token service answered with no token");
    else
        done = true;
    if (done)
        (void)snprintf(imds->header, sizeof imds->header, TOKEN_NAME ": %s",
                       answer.body);
    aws_credential_http_clear(&answer);
    return done;
}

/* IAM's characters for a role's name; the first line of the list. */
static bool take_role(struct imds *imds,
                      const struct aws_credential_answer *answer)
{
    size_t len = strspn(answer->body, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "abcdefghijklmnopqrstuvwxyz"
                                      "0123456789+=,.@_-");

    if (len == 0 || len >= sizeof imds->role ||
        (answer->body[len] != '\0' &&
         strchr("\r\n", answer->body[len]) == NULL))
        return false;
    memcpy(imds->role, answer->body, len);
    imds->role[len] = '\0';
    return true;
}

static bool get_role(struct imds *imds, char why[AWS_IMDS_WHY_SIZE])
{
    struct aws_credential_answer answer;
    struct error error = {.text = ""};
    bool done = false;

    if (!ask(imds, "GET", ROLE_PATH, 3, &answer, &error))
        (void)snprintf(why, AWS_IMDS_WHY_SIZE, "%.200s", error.text);
    else if (answer.status == 404)
        (void)snprintf(why, AWS_IMDS_WHY_SIZE, "the instance has no role");
    else if (answer.status != 200)
        (void)snprintf(why, AWS_IMDS_WHY_SIZE, "it answered with HTTP %ld",
                       answer.status);
    else if (!take_role(imds, &answer))
        (void)snprintf(why, AWS_IMDS_WHY_SIZE, "it names no role");
    else
        done = true;
    aws_credential_http_clear(&answer);
    return done;
}

static void extend(struct aws_credentials *credentials)
{
    int64_t now = (int64_t)time(NULL);

    if (credentials->expiration != 0 && credentials->expiration <= now)
        credentials->expiration = now + EXTENSION_S;
}

static bool get_credentials(const struct imds *imds,
                            struct aws_credentials *credentials,
                            struct error *error)
{
    struct aws_credential_answer answer;
    char path[sizeof ROLE_PATH + sizeof imds->role];
    bool done;

    (void)snprintf(path, sizeof path, ROLE_PATH "%s", imds->role);
    done = ask(imds, "GET", path, 3, &answer, error);
    if (done)
        done = answer.status == 200
                   ? aws_credential_json_text(answer.body, answer.len, "Token",
                                              credentials, error)
                   : error_set(error, EXIT_USAGE,
                               "it answered with HTTP %ld: try again later",
                               answer.status);
    aws_credential_http_clear(&answer);
    if (done)
        extend(credentials);
    return done;
}

static bool load(struct imds *imds, struct aws_credentials *credentials,
                 char why[AWS_IMDS_WHY_SIZE], struct error *error)
{
    if (!get_token(imds, why) || !get_role(imds, why))
        return true;
    if (asprintf(&credentials->source, "EC2 instance metadata, role %s",
                 imds->role) < 0) {
        credentials->source = NULL;
        return out_of_memory(error);
    }
    return get_credentials(imds, credentials, error) ||
           error_in(error, credentials->source);
}

bool aws_imds_credentials(const struct aws_profile *profile,
                          struct aws_credentials *credentials,
                          char why[AWS_IMDS_WHY_SIZE], struct error *error)
{
    const char *disabled = setting(profile, "AWS_EC2_METADATA_DISABLED", NULL);
    struct imds imds = {.base = NULL};
    bool done;

    if (disabled != NULL && strcasecmp(disabled, "true") == 0) {
        (void)snprintf(why, AWS_IMDS_WHY_SIZE,
                       "switched off by AWS_EC2_METADATA_DISABLED");
        return true;
    }
    done = find_base(profile, &imds, error) &&
           load(&imds, credentials, why, error);
    mbedtls_platform_zeroize(imds.header, sizeof imds.header);
    free(imds.base);
    return done;
}
