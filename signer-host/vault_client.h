/*
 * HashiCorp Vault's HTTP API, as far as its transit engine signs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VAULT_CLIENT_H
#define VAULT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "error.h"

struct vault_client;

/* By VAULT_ADDR, VAULT_TOKEN or ~/.vault-token, VAULT_NAMESPACE, VAULT_CACERT
 * and TRANSIT_SECRET_ENGINE_PATH. NULL with *error filled. */
struct vault_client *vault_open(bool verbose, struct error *error);
void vault_close(struct vault_client *vault);

/* GET /v1/transit/keys/NAME and POST /v1/transit/sign/NAME/sha2-256: the
 * answer's data, which the caller frees; NULL with *error filled. */
json_t *vault_get_key(struct vault_client *vault, const char *key,
                      struct error *error);
json_t *vault_sign(struct vault_client *vault, const char *key,
                   const json_t *parameters, struct error *error);

/* Vault answered something that its API does not say. Returns false. */
bool vault_unexpected(const struct vault_client *vault, const char *what,
                      struct error *error);

const char *vault_host(const struct vault_client *vault);
const char *vault_engine(const struct vault_client *vault);
bool vault_clock_offset(const struct vault_client *vault, int64_t *seconds);

#endif
