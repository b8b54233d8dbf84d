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
    int64_t next_try;    /* not renewed again before that; 0: any time */
};

/* Finds credentials. profile is the one named explicitly (--profile or
 * ?profile=), which goes before all else; NULL: none named. region is where
 * STS is asked; NULL: as the environment or the profile say. Where there are
 * none, the error lists the places looked in. */
bool aws_credentials_load(const char *profile, const char *region,
                          struct aws_credentials *credentials,
                          struct error *error);

/* Loads them anew where they are about to expire, or where AWS has refused
 * them as expired (`refused`), and sets *changed where others came of it. Those
 * that still hold are kept when there are no new ones, which are then asked for
 * again a minute later; false: none hold. */
bool aws_credentials_refresh(const char *profile, const char *region,
                             bool refused, struct aws_credentials *credentials,
                             bool *changed, struct error *error);

void aws_credentials_clear(struct aws_credentials *credentials);

#endif
