/*
 * AWS credentials: where they come from, in AWS's own order.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_CREDENTIALS_H
#define AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

/* Strings are malloc'ed; aws_credentials_clear() zeroizes and frees them. */
struct aws_credentials {
    char *access_key_id;
    char *secret_access_key;
    char *session_token; /* NULL: long-term credentials */
    char *source;        /* for --verbose: "environment", "profile bench in
                            /home/x/.aws/credentials", "credential_process of
                            profile bench" ...; no secret */
    int64_t expiration;  /* Unix time; 0: none known */
};

/* Finds credentials. profile is the one named explicitly (--profile or
 * ?profile=), which goes before the environment; NULL: none named. Where there
 * are none, the error lists the places looked in. */
bool aws_credentials_load(const char *profile,
                          struct aws_credentials *credentials,
                          struct error *error);

void aws_credentials_clear(struct aws_credentials *credentials);

#endif
