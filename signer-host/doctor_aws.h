/*
 * `doctor` for AWS: configuration, credentials, the way to KMS, and what KMS
 * says about a key and about using it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DOCTOR_AWS_H
#define DOCTOR_AWS_H

#include <stdbool.h>

#include "aws_endpoint.h"
#include "diagnosis.h"

/* key is a KeyId; NULL: none named, and only the way to KMS is looked at. */
void doctor_aws(const struct aws_location *location, const char *key,
                bool verbose, struct diagnosis *diagnosis);

#endif
