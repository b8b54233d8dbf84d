/*
 * Vault's HTTP API.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vault_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws_error.h"
#include "https_json.h"
#include "vault_token.h"

#define MAX_ENGINE  128
#define MAX_HEADERS 3

struct vault_client {
    struct https_json *https;
    char *headers[MAX_HEADERS]; /* the token's among them */
    size_t header_count;
    const char *engine; /* the mount path, usually "transit" */
};

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

/* ------------------------------------------------------------- headers --- */

static bool add_header(struct vault_client *vault, const char *name,
                       const char *value, const char *source,
                       struct error *error)
{
    char *header = https_json_header(name, value, source, error);

    if (header == NULL)
        return false;
    vault->headers[vault->header_count++] = header;
    return true;
}

static bool add_token(struct vault_client *vault, const char **source,
                      struct error *error)
{
    char *header = vault_token_header(source, error);

    if (header == NULL)
        return false;
    vault->headers[vault->header_count++] = header;
    return true;
}

/* -------------------------------------------------------------- set-up --- */

/* Names with slashes between them. */
static bool take_engine(struct vault_client *vault, struct error *error)
{
    const char *path = environment("TRANSIT_SECRET_ENGINE_PATH");
    size_t len;

    vault->engine = path != NULL ? path : "transit";
    len = strlen(vault->engine);
    return (len <= MAX_ENGINE && vault->engine[0] != '/' &&
            vault->engine[len - 1] != '/' &&
            strspn(vault->engine,
                   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                   "abcdefghijklmnopqrstuvwxyz0123456789_-./") == len &&
            strstr(vault->engine, "..") == NULL &&
            strstr(vault->engine, "//") == NULL) ||
           error_set(error, EXIT_USAGE,
                     "TRANSIT_SECRET_ENGINE_PATH=%.128s is no path of a secret "
                     "engine: write transit or team/transit",
                     vault->engine);
}

static bool check_verification(struct error *error)
{
    const char *skip = environment("VAULT_SKIP_VERIFY");

    return skip == NULL || strcmp(skip, "0") == 0 ||
           strcmp(skip, "false") == 0 ||
           error_set(error, EXIT_USAGE,
                     "VAULT_SKIP_VERIFY is set, and this program does not skip "
                     "it: unset it, and name the CA's PEM file in "
                     "VAULT_CACERT");
}

static bool connect_to(struct vault_client *vault, struct error *error)
{
    struct https_json_server server = {.url = environment("VAULT_ADDR"),
                                       .source = "VAULT_ADDR",
                                       .ca_file = environment("VAULT_CACERT"),
                                       .ca_variable = "VAULT_CACERT"};

    if (server.url == NULL)
        return error_set(error, EXIT_USAGE,
                         "VAULT_ADDR is not set: set it to Vault's address, "
                         "https://HOST:8200");
    vault->https = https_json_open(&server, error);
    return vault->https != NULL;
}

static bool set_up(struct vault_client *vault, bool verbose,
                   struct error *error)
{
    const char *namespace = environment("VAULT_NAMESPACE");
    const char *source;

    if (!take_engine(vault, error) || !check_verification(error) ||
        !connect_to(vault, error) || !add_token(vault, &source, error) ||
        !add_header(vault, "X-Vault-Request: ", "true", "", error))
        return false;
    if (verbose)
        (void)fprintf(stderr,
                      "signer-host: Vault at %s, engine %s, token of %s\n",
                      vault_host(vault), vault->engine, source);
    return namespace == NULL ||
           add_header(vault, "X-Vault-Namespace: ", namespace,
                      "VAULT_NAMESPACE", error);
}

struct vault_client *vault_open(bool verbose, struct error *error)
{
    struct vault_client *vault = calloc(1, sizeof *vault);

    if (vault == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    if (set_up(vault, verbose, error))
        return vault;
    vault_close(vault);
    return NULL;
}

void vault_close(struct vault_client *vault)
{
    if (vault == NULL)
        return;
    for (size_t i = 0; i < vault->header_count; i++)
        https_json_free_header(vault->headers[i]);
    https_json_close(vault->https);
    free(vault);
}

/* ------------------------------------------------------------- answers --- */

static const struct {
    long status;
    const char *advice;
} advices[] = {
    {400, "check that the key signs and its version is still allowed"},
    {403, "renew the token (vault login), or let its policy read "
          "ENGINE/keys/NAME and update ENGINE/sign/NAME/sha2-256"},
    {404, "check the key's name, TRANSIT_SECRET_ENGINE_PATH and "
          "VAULT_NAMESPACE (vault list ENGINE/keys)"},
    {429, "it is limiting requests: wait, or send fewer"},
    {503, "it is sealed or in maintenance: have it unsealed (vault status)"},
};

static bool refused(const struct vault_client *vault, const char *key,
                    long status, const json_t *answer, struct error *error)
{
    const char *reason =
        json_string_value(json_array_get(json_object_get(answer, "errors"), 0));
    const char *advice = "try again, and look into Vault's log";
    char shown[300];
    enum exit_status exit_status = status >= 500 ? EXIT_USAGE : EXIT_REFUSED;

    if (reason == NULL)
        reason = status == 404 ? "no key of that name" : "";
    aws_error_clean(reason, strlen(reason), shown, sizeof shown);
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++)
        if (advices[i].status == status)
            advice = advices[i].advice;
    if (status < 400) {
        exit_status = EXIT_USAGE;
        advice = "it is no answer of Vault's API, or a redirect, which is not "
                 "followed: check VAULT_ADDR";
    }
    return error_set(error, exit_status,
                     "Vault at %.128s, key %s in %s: status %ld%s%s: %s",
                     vault_host(vault), key, vault->engine, status,
                     shown[0] != '\0' ? ", " : "", shown, advice);
}

static json_t *call(struct vault_client *vault, const char *key,
                    const char *operation, const json_t *body,
                    struct error *error)
{
    char path[3 * MAX_ENGINE];
    struct https_json_request request = {
        .path = path,
        .body = body,
        .headers = (const char *const *)vault->headers,
        .header_count = vault->header_count};
    json_t *answer;
    json_t *data = NULL;
    long status;

    (void)snprintf(path, sizeof path, "/v1/%s/%s/%s%s", vault->engine,
                   operation, key, body != NULL ? "/sha2-256" : "");
    status = https_json_call(vault->https, &request, &answer, error);
    data = json_incref(json_object_get(answer, "data"));
    if (status != 0 && (status != 200 || !json_is_object(data))) {
        (void)refused(vault, key, status, answer, error);
        json_decref(data);
        data = NULL;
    }
    json_decref(answer);
    return data;
}

json_t *vault_get_key(struct vault_client *vault, const char *key,
                      struct error *error)
{
    return call(vault, key, "keys", NULL, error);
}

json_t *vault_sign(struct vault_client *vault, const char *key,
                   const json_t *parameters, struct error *error)
{
    return call(vault, key, "sign", parameters, error);
}

bool vault_unexpected(const struct vault_client *vault, const char *what,
                      struct error *error)
{
    return https_json_unexpected(vault->https, what, error);
}

const char *vault_host(const struct vault_client *vault)
{
    return https_json_host(vault->https);
}

const char *vault_engine(const struct vault_client *vault)
{
    return vault->engine;
}

bool vault_clock_offset(const struct vault_client *vault, int64_t *seconds)
{
    return https_json_clock_offset(vault->https, seconds);
}
