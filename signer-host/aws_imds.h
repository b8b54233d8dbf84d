/*
 * Credentials of an EC2 instance's role, from its metadata service (IMDSv2).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_IMDS_H
#define AWS_IMDS_H

#include <stdbool.h>
#include <stddef.h>

#include "aws_credentials.h"
#include "aws_profile.h"

/* Fills *credentials, or leaves access_key_id NULL and says in *why, in words
 * for a list of the places looked in, why there are none here. A machine that
 * is no EC2 instance is told within about a second. */
#define AWS_IMDS_WHY_SIZE 256
bool aws_imds_credentials(const struct aws_profile *profile,
                          struct aws_credentials *credentials,
                          char why[AWS_IMDS_WHY_SIZE], struct error *error);

#endif
