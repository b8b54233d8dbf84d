/*
 * credential_process: a program that hands out credentials. SSO, `aws login`
 * and assumed roles are reached through it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_CREDENTIAL_PROCESS_H
#define AWS_CREDENTIAL_PROCESS_H

#include <stdbool.h>

#include "aws_credentials.h"

/* Runs the command line without a shell and fills all but source. Errors do
 * not say whose command it is. */
bool aws_credential_process(const char *command,
                            struct aws_credentials *credentials,
                            struct error *error);

#endif
