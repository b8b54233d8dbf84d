/*
 * Web identity: AWS STS hands out credentials of a role for the token of an
 * OpenID Connect provider (Kubernetes, GitHub Actions, GitLab ...).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_STS_H
#define AWS_STS_H

#include <stdbool.h>
#include <stddef.h>

#include "aws_credentials.h"
#include "aws_error.h"

struct aws_web_identity {
    const char *token_file;
    const char *role_arn;
    const char *session_name; /* NULL: one of this program's */
    const char *profile;      /* named explicitly, or NULL */
    const char *region;       /* NULL: as the environment or profile say */
};

/* AssumeRoleWithWebIdentity: fills all but source. EXIT_REFUSED where STS said
 * no. The token is in no message. */
bool aws_sts_web_identity(const struct aws_web_identity *identity,
                          struct aws_credentials *credentials,
                          struct error *error);

/* The credentials in an answer of STS, XML; for the tests. */
bool aws_sts_parse(const char *xml, size_t len,
                   struct aws_credentials *credentials, struct error *error);

#endif
