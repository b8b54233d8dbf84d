/*
 * Credentials as JSON: what a credential_process prints, and what containers
 * and instances are told.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_CREDENTIAL_JSON_H
#define AWS_CREDENTIAL_JSON_H

#include <stdbool.h>

#include <jansson.h>

#include "aws_credentials.h"

/* Fills all but source from AccessKeyId, SecretAccessKey, Expiration, which
 * may be missing, and the token, which must be there if it is called "Token".
 * Errors quote no value but the expiration. */
bool aws_credential_json(const json_t *object, const char *token_name,
                         struct aws_credentials *credentials,
                         struct error *error);

/* The same for a text that must be an object. */
bool aws_credential_json_text(const char *text, size_t len,
                              const char *token_name,
                              struct aws_credentials *credentials,
                              struct error *error);

/* Whether they still hold; else *error says since when not. */
bool aws_credential_check_expiration(const struct aws_credentials *credentials,
                                     struct error *error);

#endif
