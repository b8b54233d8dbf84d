/*
 * key policy: the least policy of a key that signs tokens.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws_kms.h"
#include "awskms_uri.h"
#include "command.h"
#include "key_holder.h"
#include "key_policy.h"
#include "output.h"

/* ------------------------------------------------------------- the ARN --- */

/* From KMS, where the URI does not have it. Made with malloc. */
static char *ask_arn(const char *uri, const struct key_options *reach,
                     struct error *error)
{
    struct key_holder *holder = key_holder_open(uri, reach, error);
    json_t *facts =
        holder != NULL ? holder->class->describe(holder, error) : NULL;
    const char *arn = json_string_value(json_object_get(facts, "arn"));
    char *copy = arn != NULL ? strdup(arn) : NULL;

    if (facts != NULL && copy == NULL)
        (void)error_set(error, EXIT_REFUSED, "KMS tells no ARN of %s", uri);
    json_decref(facts);
    key_holder_close(holder);
    return copy;
}

static char *find_arn(const char *uri, const struct key_options *reach,
                      struct error *error)
{
    struct awskms_uri parts;
    char *arn = NULL;

    if (strncmp(uri, AWSKMS_SCHEME, strlen(AWSKMS_SCHEME)) != 0) {
        (void)error_set(
            error, EXIT_USAGE,
            "%s has no policy: it is for keys in AWS KMS, awskms:", uri);
        return NULL;
    }
    if (!awskms_uri_parse(uri, &parts, error))
        return NULL;
    if (!aws_kms_is_key_arn(parts.key))
        arn = ask_arn(uri, reach, error);
    else if ((arn = strdup(parts.key)) == NULL)
        (void)out_of_memory(error);
    awskms_uri_free(&parts);
    return arn;
}

/* ------------------------------------------------------------- command --- */

static const char **values_of(const struct options *options, const char *name,
                              size_t *count)
{
    const char **values;

    *count = options_count(options, name);
    values = calloc(*count + 1, sizeof *values);
    for (size_t i = 0; values != NULL && i < *count; i++)
        values[i] = options_value(options, name, i);
    return values;
}

static bool print(json_t *policy, struct error *error)
{
    if (policy == NULL)
        return error->text[0] != '\0' ? false : out_of_memory(error);
    (void)json_dumpf(policy, stdout, JSON_INDENT(2));
    (void)putchar('\n');
    json_decref(policy);
    return output_flush(error);
}

static bool check_options(const struct options *options, bool iam,
                          struct error *error)
{
    if (iam && (options_given(options, "principal") ||
                options_given(options, "admin")))
        return error_set(error, EXIT_USAGE,
                         "--iam makes the policy of an identity, which names "
                         "no principals: leave --principal and --admin out, "
                         "and attach it to the identity that signs");
    return options_given(options, "key") ||
           (!iam && (options_given(options, "principal") ||
                     options_given(options, "admin"))) ||
           error_set(error, EXIT_USAGE, "--key is required%s",
                     iam ? ""
                         : ", or a --principal or --admin of the account "
                           "where the key will be made");
}

/* arn: the key's; NULL: the key is not made yet. */
static bool print_key_policy(const struct options *options, const char *arn,
                             struct error *error)
{
    struct key_policy policy;
    const char **principals =
        values_of(options, "principal", &policy.principal_count);
    const char **admins = values_of(options, "admin", &policy.admin_count);
    bool done = false;

    policy.principals = principals;
    policy.admins = admins;
    if (principals == NULL || admins == NULL) {
        (void)out_of_memory(error);
    } else {
        if (arn == NULL)
            arn = policy.admin_count > 0 ? admins[0] : principals[0];
        done = print(key_policy_make(&policy, arn, error), error);
    }
    free(principals);
    free(admins);
    return done;
}

static bool run(const struct options *options, struct error *error)
{
    const struct key_options reach = key_options_of(options);
    const char *uri = options_value(options, "key", 0);
    bool iam = options_given(options, "iam");
    char *arn = NULL;
    bool done;

    if (!check_options(options, iam, error))
        return false;
    if (uri != NULL) {
        arn = find_arn(uri, &reach, error);
        if (arn == NULL)
            return false;
    }
    done = iam ? print(key_policy_iam(arn), error)
               : print_key_policy(options, arn, error);
    free(arn);
    return done;
}

static const struct option_spec specs[] = {
    {"key", "URI", "the key, awskms:", '\0', false},
    {"principal", "ARN", "who may sign; may be repeated", '\0', true},
    {"admin", "ARN", "who may manage the key; may be repeated", '\0', true},
    {"iam", NULL, "the IAM policy of an identity that signs", '\0', false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_key_policy = {
    .name = "key policy",
    .summary = "Prints the least policy of a key in KMS or of its signer",
    .usage = "--key URI [--iam] [OPTION]...",
    .details =
        "The policy is for `key create --policy` and PutKeyPolicy. The "
        "account always keeps\nthe right to manage the key. Without "
        "--principal, the account's IAM policies decide\nwho signs: --iam "
        "prints one. With it, only those principals do. For a key that is\n"
        "not made yet, leave --key out and name a principal or admin of its "
        "account.\n",
    .options = specs,
    .run = run,
};
