/*
 * `key policy`, and what `key create --alias` asks KMS for: a policy names who
 * was given and nobody else, and signs with RS256 alone; a key gets the policy,
 * the tags and the description that were given, or is not made.
 *
 *     p or c     key policy or key create
 *     one argument a line
 *                (empty line)
 *     the file of --policy
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "aws_kms.h"
#include "awskms_uri.h"
#include "command_line.h"
#include "key_holder.h"
#include "signer.h"

#define KEY_ARN                                                                \
    "arn:aws:kms:eu-central-1:111122223333:"                                   \
    "key/1234abcd-12ab-34cd-56ef-1234567890ab"

/* NULL: there is none. */
static bool holds(const json_t *object, const char *name, const char *expected)
{
    const char *value = json_string_value(json_object_get(object, name));

    return expected == NULL ? value == NULL
                            : value != NULL && strcmp(value, expected) == 0;
}

/* ----------------------------------------------------------------- KMS --- */

struct aws_kms {
    json_t *key; /* what CreateKey was asked for */
    char *alias; /* what CreateAlias was */
};

static struct aws_kms kms;

struct key_holder *__wrap_key_holder_open(const char *uri,
                                          const struct key_options *options,
                                          struct error *error);
struct aws_kms *__wrap_aws_kms_open(const struct aws_location *location,
                                    bool verbose, struct error *error);
void __wrap_aws_kms_close(struct aws_kms *client);
json_t *__wrap_aws_kms_call(struct aws_kms *client, const char *operation,
                            enum aws_kms_repeat repeat, json_t *parameters,
                            struct error *error);

struct aws_kms *__wrap_aws_kms_open(const struct aws_location *location,
                                    bool verbose, struct error *error)
{
    (void)location;
    (void)verbose;
    (void)error;
    return &kms;
}

void __wrap_aws_kms_close(struct aws_kms *client)
{
    (void)client;
}

json_t *__wrap_aws_kms_call(struct aws_kms *client, const char *operation,
                            enum aws_kms_repeat repeat, json_t *parameters,
                            struct error *error)
{
    const char *alias =
        json_string_value(json_object_get(parameters, "AliasName"));

    (void)repeat;
    (void)error;
    must(json_is_object(parameters), "a request is an object");
    if (strcmp(operation, "CreateKey") == 0) {
        must(client->key == NULL, "one key is made");
        client->key = json_incref(parameters);
    }
    if (alias != NULL)
        client->alias = strdup(alias);
    json_decref(parameters);
    return json_pack("{s:[], s:{s:s}}", "Aliases", "KeyMetadata", "Arn",
                     KEY_ARN);
}

static json_t *describe(struct key_holder *holder, struct error *error)
{
    (void)holder;
    (void)error;
    return json_pack("{s:s}", "arn", KEY_ARN);
}

static void close_nothing(struct key_holder *holder)
{
    (void)holder;
}

struct key_holder *__wrap_key_holder_open(const char *uri,
                                          const struct key_options *options,
                                          struct error *error)
{
    static const struct key_holder_class class = {
        .scheme = AWSKMS_SCHEME, .describe = describe, .close = close_nothing};
    static struct key_holder holder = {&class, KEY_ARN, false};

    (void)uri;
    (void)options;
    (void)error;
    return &holder;
}

/* ---------------------------------------------------------- key policy --- */

/* The ARN that tells the account: the key's, else somebody's in it. */
static char *find_arn(const struct options *options)
{
    const char *uri = options_value(options, "key", 0);
    const char *admin = options_value(options, "admin", 0);
    struct awskms_uri parts;
    struct error error;
    char *arn;

    if (uri == NULL)
        return strdup(admin != NULL ? admin
                                    : options_value(options, "principal", 0));
    must(awskms_uri_parse(uri, &parts, &error), "a URI that was taken is one");
    arn = strdup(aws_kms_is_key_arn(parts.key) ? parts.key : KEY_ARN);
    awskms_uri_free(&parts);
    return arn;
}

/* The account's own ARN, made of the second and the fifth part. */
static char *root_of(const char *arn)
{
    char *copy = strdup(arn);
    char *rest = copy;
    const char *parts[5];
    char *root = NULL;

    for (size_t i = 0; i < 5; i++) {
        parts[i] = strsep(&rest, ":");
        must(rest != NULL, "an ARN has an account");
    }
    must(asprintf(&root, "arn:%s:iam::%s:root", parts[1], parts[4]) > 0,
         "there is memory");
    free(copy);
    return root;
}

/* Whom a statement names: `root` (NULL: not) and all of the option's. */
static void check_principal(const json_t *statement, const char *root,
                            const struct options *options, const char *option)
{
    const json_t *named =
        json_object_get(json_object_get(statement, "Principal"), "AWS");
    json_t *expected = json_array();
    const char *arn;

    if (root != NULL)
        (void)json_array_append_new(expected, json_string(root));
    for (size_t i = 0; (arn = options_value(options, option, i)); i++) {
        must(strncmp(arn, "arn:aws", 7) == 0 && strpbrk(arn, "*? ") == NULL,
             "a principal is somebody");
        (void)json_array_append_new(expected, json_string(arn));
    }
    must(json_equal(named, expected), "a policy names who was given");
    json_decref(expected);
}

/* kms:Sign stands alone, for one algorithm. */
static void check_action(const json_t *statement, const char *resource)
{
    json_t *action = json_object_get(statement, "Action");
    const json_t *condition = json_object_get(
        json_object_get(statement, "Condition"), "StringEquals");
    const json_t *one;
    size_t i;

    must(holds(statement, "Effect", "Allow") &&
             holds(statement, "Resource", resource),
         "a policy is for that key");
    if (json_is_string(action)) {
        must(holds(statement, "Action", "kms:Sign") &&
                 holds(condition, "kms:SigningAlgorithm",
                       "RSASSA_PKCS1_V1_5_SHA_256"),
             "one statement signs, for RS256 alone");
        return;
    }
    json_array_foreach(action, i, one)
        must(strstr(json_string_value(one), "Sign") == NULL &&
                 strstr(json_string_value(one), "Grant") == NULL &&
                 strstr(json_string_value(one), ":*") == NULL,
             "no other statement is a way to sign");
    must(i > 0, "a statement allows something");
}

static void check_statements(const json_t *statements,
                             const struct options *options, const char *arn)
{
    const bool iam = options_given(options, "iam");
    const bool given = options_given(options, "principal");
    char *root = iam ? NULL : root_of(arn);
    const json_t *statement;
    size_t i;

    must(json_array_size(statements) == (iam ? 2 : 3),
         "a policy has its statements");
    json_array_foreach(statements, i, statement)
    {
        check_action(statement, iam ? arn : "*");
        must(json_is_string(json_object_get(statement, "Action")) ==
                 (i == (iam ? 0 : 1)),
             "one statement signs");
        if (iam)
            must(json_object_get(statement, "Principal") == NULL,
                 "an identity's policy names nobody");
        else if (i == 0)
            check_principal(statement, root, options, "admin");
        else
            check_principal(statement, given ? NULL : root, options,
                            "principal");
    }
    free(root);
}

static void check_policy(const struct options *options, const char *printed)
{
    json_t *policy = json_loads(printed, JSON_REJECT_DUPLICATES, NULL);
    char *arn = find_arn(options);

    must(json_object_size(policy) == 2 &&
             holds(policy, "Version", "2012-10-17"),
         "a policy is a JSON object");
    check_statements(json_object_get(policy, "Statement"), options, arn);
    json_decref(policy);
    free(arn);
}

/* ---------------------------------------------------------- key create --- */

static void check_tags(const struct options *options)
{
    const json_t *tags = json_object_get(kms.key, "Tags");
    const json_t *tag;
    size_t i;

    must(json_array_size(tags) == options_count(options, "tag"),
         "a key has as many tags as were given");
    json_array_foreach(tags, i, tag)
    {
        const char *text = options_value(options, "tag", i);
        const char *name = json_string_value(json_object_get(tag, "TagKey"));
        const size_t len = strlen(name);

        must(len > 0 && strcspn(text, "=") == len &&
                 strncmp(text, name, len) == 0 &&
                 holds(tag, "TagValue", text + len + 1),
             "a tag is what was given");
        for (size_t j = 0; j < i; j++)
            must(!holds(json_array_get(tags, j), "TagKey", name),
                 "no tag is given twice");
    }
}

static void check_key(const struct options *options,
                      const struct fuzz_input *file)
{
    const json_t *policy = json_object_get(kms.key, "Policy");
    const char *spec = options_value(options, "spec", 0);
    json_t *read = json_loads(json_string_value(policy) != NULL
                                  ? json_string_value(policy)
                                  : "",
                              JSON_REJECT_DUPLICATES, NULL);

    must(options_given(options, "policy") == (policy != NULL),
         "a key has the policy that was given");
    if (policy != NULL)
        must(json_is_object(read) &&
                 json_string_length(policy) == file->len &&
                 memcmp(json_string_value(policy), file->bytes, file->len) == 0,
             "a policy is a JSON object, sent as it is");
    must(holds(kms.key, "KeySpec", spec != NULL ? spec : "RSA_2048") &&
             holds(kms.key, "KeyUsage", "SIGN_VERIFY") &&
             holds(kms.key, "Description",
                   options_value(options, "description", 0)),
         "a key is what was asked for");
    check_tags(options);
    json_decref(read);
}

static void check_name(const struct options *options, const char *printed)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789/_-";
    const char *given = options_value(options, "alias", 0);

    if (strncmp(given, "alias/", 6) == 0)
        given += 6;
    must(strncmp(kms.alias, "alias/", 6) == 0 &&
             strcmp(kms.alias + 6, given) == 0 &&
             given[strspn(given, letters)] == '\0' &&
             strncmp(given, "aws/", 4) != 0,
         "a key gets its alias");
    must(strcmp(printed, options_given(options, "json")
                             ? "{\"key\":\"" KEY_ARN "\"}\n"
                             : KEY_ARN "\n") == 0,
         "a key's ARN is printed");
}

static void forget_key(void)
{
    json_decref(kms.key);
    free(kms.alias);
    kms.key = NULL;
    kms.alias = NULL;
}

/* ------------------------------------------------------------- command --- */

static void run(const struct command *command, const struct options *options,
                const struct fuzz_input *file)
{
    struct error error = {.text = ""};
    char *printed;
    bool done = check_error(
        command_line_run(command, options, &printed, &error), &error);

    if (!done)
        must(printed[0] == '\0' && kms.key == NULL,
             "a refusal prints and makes nothing");
    else if (command == &cmd_key_policy)
        check_policy(options, printed);
    else {
        check_key(options, file);
        check_name(options, printed);
    }
    forget_key();
    free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const policy_files[] = {"--policy", NULL};
    /* file: keys take their time. */
    static const char *const create_files[] = {"--policy", "--key", NULL};
    static char policy_option[64];
    struct fuzz_input input = {data, size};
    struct fuzz_input first = fuzz_paragraph(&input);
    struct fuzz_input kind = fuzz_part(&first, "\n");
    const bool create = kind.len > 0 && kind.bytes[0] == 'c';
    const struct command *command = create ? &cmd_key_create : &cmd_key_policy;
    char *text = fuzz_text(first.bytes, first.len);
    char *argv[COMMAND_LINE_SIZE];
    int argc =
        command_line_split(text, create ? create_files : policy_files, argv);
    struct options options;

    if (create && input.len > 0) {
        (void)snprintf(policy_option, sizeof policy_option, "--policy=%s",
                       fuzz_file(0, input.bytes, input.len));
        argv[argc++] = policy_option;
    }
    if (command_line_parse(command, argc, argv, &options))
        run(command, &options, &input);
    options_free(&options);
    free(text);
    return 0;
}
