/*
 * Credentials of a container: ECS tasks, EKS pod identity, Greengrass and
 * what else sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_CONTAINER_H
#define AWS_CONTAINER_H

#include <stdbool.h>

#include "aws_credentials.h"

/* Fills *credentials; leaves access_key_id NULL where neither variable is
 * set. */
bool aws_container_credentials(struct aws_credentials *credentials,
                               struct error *error);

/* Whether the URI of _FULL_URI is one that a token may be sent to: https, or
 * http to this machine or an address of AWS's agents. */
bool aws_container_check_uri(const char *uri, struct error *error);

#endif
