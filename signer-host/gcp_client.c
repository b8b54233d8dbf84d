/*
 * Google Cloud KMS's REST API.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "gcp_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gcp_token.h"
#include "https_json.h"

#define ENDPOINT "https://cloudkms.googleapis.com"
#define VARIABLE "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS"

struct gcp_client {
    struct https_json *https;
    struct gcp_token token;
    bool verbose;
};

/* -------------------------------------------------------------- set-up --- */

struct gcp_client *gcp_open(bool verbose, struct error *error)
{
    const char *override = getenv(VARIABLE);
    struct https_json_server server = {.url = ENDPOINT, .source = VARIABLE};
    struct gcp_client *gcp = calloc(1, sizeof *gcp);

    if (gcp == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    if (override != NULL && *override != '\0')
        server.url = override;
    gcp->verbose = verbose;
    gcp->https = https_json_open(&server, error);
    if (gcp->https != NULL)
        return gcp;
    gcp_close(gcp);
    return NULL;
}

void gcp_close(struct gcp_client *gcp)
{
    if (gcp == NULL)
        return;
    gcp_token_clear(&gcp->token);
    https_json_close(gcp->https);
    free(gcp);
}

/* -------------------------------------------------------------- errors --- */

/* By google.rpc.Code's names. */
static const struct {
    const char *name;
    const char *advice;
} advices[] = {
    {"UNAUTHENTICATED", "the access token has expired or is none: set "
                        "GOOGLE_OAUTH_ACCESS_TOKEN to the output of gcloud "
                        "auth print-access-token"},
    {"PERMISSION_DENIED",
     "its account needs cloudkms.cryptoKeyVersions.viewPublicKey and "
     ".useToSign (role roles/cloudkms.signerVerifier) on the key, in a project "
     "with the Cloud KMS API enabled"},
    {"NOT_FOUND", "check the key's name and version (gcloud kms keys versions "
                  "list)"},
    {"FAILED_PRECONDITION", "is the version enabled? (gcloud kms keys versions "
                            "describe)"},
    {"INVALID_ARGUMENT", "check the key's name and its purpose, "
                         "ASYMMETRIC_SIGN"},
    {"RESOURCE_EXHAUSTED", "the project's quota is used up: wait, or send "
                           "fewer"},
};

static bool refused(const struct gcp_client *gcp, const char *resource,
                    long status, const json_t *answer, struct error *error)
{
    const json_t *what = json_object_get(answer, "error");
    const char *name = json_string_value(json_object_get(what, "status"));
    const char *reason = json_string_value(json_object_get(what, "message"));
    const char *advice = status < 400
                             ? "it is no answer of this API, or a redirect, "
                               "which is not followed: check " VARIABLE
                             : "try again";

    for (size_t i = 0; name != NULL && i < sizeof advices / sizeof advices[0];
         i++)
        if (strcmp(advices[i].name, name) == 0)
            advice = advices[i].advice;
    return error_set(
        error, status >= 400 && status < 500 ? EXIT_REFUSED : EXIT_USAGE,
        "Google Cloud KMS at %.100s, %.300s: status %ld %.40s"
        "%s%.250s: %s",
        https_json_host(gcp->https), resource, status, name != NULL ? name : "",
        reason != NULL ? ", " : "", reason != NULL ? reason : "", advice);
}

bool gcp_unexpected(const struct gcp_client *gcp, const char *what,
                    struct error *error)
{
    return https_json_unexpected(gcp->https, what, error);
}

/* ---------------------------------------------------------------- call --- */

/* One request with a token; 0: no answer, with *error filled. */
static long request_once(struct gcp_client *gcp, const char *path,
                         const json_t *body, json_t **answer,
                         struct error *error)
{
    bool is_first = gcp->token.header == NULL;
    const char *headers[1];
    struct https_json_request request = {
        .path = path, .body = body, .headers = headers, .header_count = 1};

    *answer = NULL;
    if (!gcp_token_get(&gcp->token, error))
        return 0;
    if (is_first && gcp->verbose)
        (void)fprintf(stderr,
                      "signer-host: Google Cloud KMS at %s, access token of "
                      "%s\n",
                      https_json_host(gcp->https), gcp->token.source);
    headers[0] = gcp->token.header;
    return https_json_call(gcp->https, &request, answer, error);
}

json_t *gcp_call(struct gcp_client *gcp, const char *resource,
                 const char *method, const json_t *body, struct error *error)
{
    char path[512];
    json_t *answer;
    long status;

    (void)snprintf(path, sizeof path, "/v1/%s%s", resource, method);
    status = request_once(gcp, path, body, &answer, error);
    if (status == 401 && gcp_token_drop(&gcp->token)) {
        json_decref(answer);
        status = request_once(gcp, path, body, &answer, error);
    }
    if (status == 200 && json_is_object(answer))
        return answer;
    if (status != 0)
        (void)refused(gcp, resource, status, answer, error);
    json_decref(answer);
    return NULL;
}

/* ------------------------------------------------------------- members --- */

bool gcp_integer(const json_t *object, const char *name, int64_t *value)
{
    const char *text = json_string_value(json_object_get(object, name));
    char *end;

    if (text == NULL || *text < '0' || *text > '9')
        return false;
    *value = strtoll(text, &end, 10);
    return *end == '\0';
}

const char *gcp_string(const struct gcp_client *gcp, const json_t *object,
                       const char *name, struct error *error)
{
    return https_json_string(gcp->https, object, name, error);
}

bool gcp_clock_offset(const struct gcp_client *gcp, int64_t *seconds)
{
    return https_json_clock_offset(gcp->https, seconds);
}
