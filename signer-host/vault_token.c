/*
 * Finding the Vault token, where vault login puts it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "vault_token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "https_json.h"
#include "input.h"

#define HEADER    "X-Vault-Token: "
#define MAX_TOKEN ((size_t)8 * 1024)

static char *read_file(const char *path, mode_t mode, struct error *error)
{
    struct input input;
    char *header;

    if (!input_read_all(path, MAX_TOKEN, &input, error))
        return NULL;
    if ((mode & 077) != 0)
        (void)fprintf(stderr,
                      "signer-host: warning: others may read the Vault token "
                      "in %s: chmod 600 it\n",
                      path);
    input.data[strcspn(input.data, "\r\n")] = '\0';
    header = https_json_header(HEADER, input.data, path, error);
    input_free(&input);
    return header;
}

char *vault_token_header(const char **source, struct error *error)
{
    const char *token = getenv("VAULT_TOKEN");
    const char *home = getenv("HOME");
    struct stat status;
    char path[4096];

    *source = "VAULT_TOKEN";
    if (token != NULL && *token != '\0')
        return https_json_header(HEADER, token, *source, error);
    *source = "~/.vault-token";
    (void)snprintf(path, sizeof path, "%.4000s/.vault-token",
                   home != NULL ? home : "");
    if (stat(path, &status) == 0)
        return read_file(path, status.st_mode, error);
    (void)error_set(error, EXIT_USAGE,
                    "no Vault token: neither VAULT_TOKEN nor %.512s is there: "
                    "log in (vault login), or set VAULT_TOKEN",
                    path);
    return NULL;
}
