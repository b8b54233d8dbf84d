/*
 * Policies for a signer.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_policy.h"

#include <stdio.h>
#include <string.h>

#include "key_awskms.h"

#define VERSION "2012-10-17"
#define DIGITS  "0123456789"

/* ----------------------------------------------------------- statements --- */

static json_t *condition(void)
{
    return json_pack("{s:{s:s}}", "StringEquals", "kms:SigningAlgorithm",
                     KEY_AWSKMS_ALGORITHM);
}

static json_t *sign_statement(const char *sid, const char *resource)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o}", "Sid", sid, "Effect", "Allow",
                     "Action", "kms:Sign", "Resource", resource, "Condition",
                     condition());
}

static json_t *read_statement(const char *sid, const char *resource)
{
    return json_pack("{s:s, s:s, s:[s, s], s:s}", "Sid", sid, "Effect", "Allow",
                     "Action", "kms:DescribeKey", "kms:GetPublicKey",
                     "Resource", resource);
}

json_t *key_policy_statement(const char *action, const char *resource)
{
    json_t *statement = json_pack("{s:s, s:s, s:s}", "Effect", "Allow",
                                  "Action", action, "Resource", resource);

    if (strcmp(action, "kms:Sign") == 0)
        (void)json_object_set_new(statement, "Condition", condition());
    return statement;
}

json_t *key_policy_iam(const char *key_arn)
{
    return json_pack("{s:s, s:[o, o]}", "Version", VERSION, "Statement",
                     sign_statement("SignTokens", key_arn),
                     read_statement("ReadPublicKey", key_arn));
}

/* ---------------------------------------------------------- principals --- */

/* Of "arn:PARTITION": arn:aws-us-gov and its like. */
#define MAX_PARTITION 31

/* arn:PARTITION:SERVICE:REGION:ACCOUNT:...; returns the length of "arn:
 * PARTITION" and the account's 12 digits, or false. */
static bool split(const char *arn, int *partition_len, const char **account)
{
    const char *at = arn;

    if (strncmp(arn, "arn:", 4) != 0)
        return false;
    for (int colons = 0; colons < 4; at++) {
        if (*at == '\0')
            return false;
        colons += *at == ':';
        if (colons == 2 && *at == ':')
            *partition_len = (int)(at - arn);
    }
    *account = at;
    return *partition_len <= MAX_PARTITION && strspn(at, DIGITS) == 12 &&
           at[12] == ':';
}

/* A user, a role, a session of one, or an account; never everybody. */
static bool check_principal(const char *option, const char *arn,
                            struct error *error)
{
    int unused;
    const char *account;
    const char *service =
        strncmp(arn, "arn:aws", 7) == 0 ? strchr(arn + 7, ':') : NULL;

    return (service != NULL &&
            (strncmp(service, ":iam::", 6) == 0 ||
             strncmp(service, ":sts::", 6) == 0) &&
            split(arn, &unused, &account) && account[13] != '\0' &&
            arn[strspn(arn, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "abcdefghijklmnopqrstuvwxyz" DIGITS ":/+=,.@_-")] ==
                '\0') ||
           error_set(error, EXIT_USAGE,
                     "%s %.256s is no ARN of a user, a role or an account: "
                     "write it like arn:aws:iam::111122223333:role/bench",
                     option, arn);
}

static bool check_all(const char *option, const char *const *arns, size_t count,
                      struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!check_principal(option, arns[i], error))
            return false;
    return true;
}

/* root, if any, and the others; one alone is no array. */
static json_t *principal(const char *root, const char *const *arns,
                         size_t count)
{
    json_t *list = json_array();

    if (root != NULL)
        (void)json_array_append_new(list, json_string(root));
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, json_string(arns[i]));
    return json_pack("{s:o}", "AWS", list);
}

/* ----------------------------------------------------------- key policy --- */

/* All that keeps a key: nothing that signs with it, and no grants, which would
 * be a way to. */
static json_t *admin_statement(const struct key_policy *policy,
                               const char *root)
{
    return json_pack(
        "{s:s, s:s, s:o, s:[s, s, s, s, s, s, s, s, s, s, s, s, s, s], s:s}",
        "Sid", "AccountKeepsTheKey", "Effect", "Allow", "Principal",
        principal(root, policy->admins, policy->admin_count), "Action",
        "kms:DescribeKey", "kms:Get*", "kms:List*", "kms:PutKeyPolicy",
        "kms:EnableKey", "kms:DisableKey", "kms:UpdateKeyDescription",
        "kms:TagResource", "kms:UntagResource", "kms:CreateAlias",
        "kms:UpdateAlias", "kms:DeleteAlias", "kms:ScheduleKeyDeletion",
        "kms:CancelKeyDeletion", "Resource", "*");
}

/* In a key's policy the Resource * is that key. Without principals, those of
 * the account whose IAM policies allow it. */
static json_t *for_signers(json_t *statement, const struct key_policy *policy,
                           const char *root)
{
    json_t *who =
        policy->principal_count > 0
            ? principal(NULL, policy->principals, policy->principal_count)
            : principal(root, NULL, 0);

    (void)json_object_set_new(statement, "Principal", who);
    return statement;
}

json_t *key_policy_make(const struct key_policy *policy, const char *account_of,
                        struct error *error)
{
    char root[MAX_PARTITION + sizeof ":iam::123456789012:root"];
    const char *account;
    int partition_len;

    if (!check_all("--principal", policy->principals, policy->principal_count,
                   error) ||
        !check_all("--admin", policy->admins, policy->admin_count, error))
        return NULL;
    if (!split(account_of, &partition_len, &account)) {
        (void)error_set(error, EXIT_USAGE, "%.256s names no account",
                        account_of);
        return NULL;
    }
    (void)snprintf(root, sizeof root, "%.*s:iam::%.12s:root", partition_len,
                   account_of, account);
    return json_pack(
        "{s:s, s:[o, o, o]}", "Version", VERSION, "Statement",
        admin_statement(policy, root),
        for_signers(sign_statement("SignTokens", "*"), policy, root),
        for_signers(read_statement("ReadPublicKey", "*"), policy, root));
}
