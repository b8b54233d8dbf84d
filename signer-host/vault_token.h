/*
 * The token by which Vault knows who asks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VAULT_TOKEN_H
#define VAULT_TOKEN_H

#include "error.h"

/* VAULT_TOKEN, else ~/.vault-token, as the X-Vault-Token header; *source says
 * which. Free it with https_json_free_header(). NULL with *error filled. */
char *vault_token_header(const char **source, struct error *error);

#endif
