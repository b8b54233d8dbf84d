/*
 * Policies for a signer: what a key in AWS KMS, or an IAM identity, allows.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEY_POLICY_H
#define KEY_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "error.h"

struct key_policy {
    const char *const *principals; /* ARNs that sign; none: IAM decides */
    size_t principal_count;
    const char *const *admins; /* besides the account itself */
    size_t admin_count;
};

/* The statement that allows one of kms:Sign (for RS256 only), kms:GetPublicKey,
 * kms:DescribeKey to an identity. NULL when memory is short. */
json_t *key_policy_statement(const char *action, const char *resource);

/* For an IAM identity that signs with that key. */
json_t *key_policy_iam(const char *key_arn);

/* For PutKeyPolicy and CreateKey. account_of is any ARN of the account that
 * owns the key. NULL with *error filled where an ARN names no principal. */
json_t *key_policy_make(const struct key_policy *policy, const char *account_of,
                        struct error *error);

#endif
