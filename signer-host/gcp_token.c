/*
 * Finding Google Cloud's access token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "gcp_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "https_json.h"

#define VARIABLE "GOOGLE_OAUTH_ACCESS_TOKEN"
#define NEXT_STEP                                                              \
    "set " VARIABLE " to the output of gcloud auth print-access-token"
#define METADATA_PATH                                                          \
    "/computeMetadata/v1/instance/service-accounts/default/token"

/* The metadata server hands out new ones in the last minutes. */
#define RENEW_BEFORE_S 120

static long long now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static bool set(struct gcp_token *token, const char *value, const char *source,
                struct error *error)
{
    token->header =
        https_json_header("Authorization: Bearer ", value, source, error);
    token->source = source;
    return token->header != NULL;
}

/* ------------------------------------------------------------ metadata --- */

static bool take(struct gcp_token *token, const json_t *answer,
                 struct error *error)
{
    const char *value =
        json_string_value(json_object_get(answer, "access_token"));
    json_int_t lifetime =
        json_integer_value(json_object_get(answer, "expires_in"));

    if (value == NULL || lifetime <= 0)
        return error_set(error, EXIT_USAGE,
                         "the metadata server gave no access token: does the "
                         "machine have a service account? or " NEXT_STEP);
    token->renewable = true;
    token->end_s = now_s() + lifetime;
    return set(token, value, "the metadata server", error);
}

static bool no_token(struct error *error)
{
    const char *file = getenv("GOOGLE_APPLICATION_CREDENTIALS");
    char reason[sizeof error->text];

    memcpy(reason, error->text, sizeof reason);
    return error_set(error, EXIT_USAGE,
                     "no access token for Google Cloud: " VARIABLE
                     " is not set%s, and there is no metadata server "
                     "(%.300s): " NEXT_STEP,
                     file != NULL && *file != '\0'
                         ? ", the file of GOOGLE_APPLICATION_CREDENTIALS is "
                           "not used here"
                         : "",
                     reason);
}

static bool ask_metadata(struct gcp_token *token, struct error *error)
{
    static const char *const headers[] = {"Metadata-Flavor: Google"};
    const char *host = getenv("GCE_METADATA_HOST");
    char url[300];
    struct https_json_server server = {
        .url = url, .source = "GCE_METADATA_HOST", .metadata = true};
    struct https_json_request request = {
        .path = METADATA_PATH, .headers = headers, .header_count = 1};
    struct https_json *client;
    json_t *answer = NULL;
    long status;
    bool done;

    (void)snprintf(url, sizeof url, "http://%.256s",
                   host != NULL && *host != '\0' ? host
                                                 : "metadata.google.internal");
    client = https_json_open(&server, error);
    if (client == NULL)
        return false;
    status = https_json_call(client, &request, &answer, error);
    done = status != 0 ? take(token, status == 200 ? answer : NULL, error)
                       : no_token(error);
    json_decref(answer);
    https_json_close(client);
    return done;
}

/* --------------------------------------------------------------- token --- */

bool gcp_token_get(struct gcp_token *token, struct error *error)
{
    const char *value = getenv(VARIABLE);

    if (token->header != NULL &&
        (!token->renewable || now_s() < token->end_s - RENEW_BEFORE_S))
        return true;
    gcp_token_clear(token);
    return value != NULL && *value != '\0' ? set(token, value, VARIABLE, error)
                                           : ask_metadata(token, error);
}

bool gcp_token_drop(struct gcp_token *token)
{
    bool renewable = token->renewable;

    gcp_token_clear(token);
    return renewable;
}

void gcp_token_clear(struct gcp_token *token)
{
    https_json_free_header(token->header);
    memset(token, 0, sizeof *token);
}
