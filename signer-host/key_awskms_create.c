/*
 * key create --alias: a new key in AWS KMS and its name.
 *
 *   ListAliases -> CreateKey -> CreateAlias -> DescribeKey until it resolves
 *
 * From CreateKey on there is something that costs money: whatever fails after
 * it tells the key's ARN.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws_kms.h"
#include "input.h"
#include "key_awskms.h"

#define PREFIX           "alias/"
#define MAX_ALIAS        256
#define MAX_POLICY       ((size_t)32 * 1024)
#define MAX_TAGS         50
#define MAX_PAGES        1000
#define WAIT_S           30 /* for a new key or alias to be seen everywhere */
#define FIRST_PAUSE_MS   100L
#define LONGEST_PAUSE_MS 3200L

struct making {
    const struct key_request *request;
    struct aws_kms *kms;
    char alias[MAX_ALIAS + 1];
    json_t *parameters; /* of CreateKey */
    char *arn;
    int64_t deadline; /* of waiting, by the monotonic clock */
    long pause_ms;
};

/* ------------------------------------------------------------- request --- */

static bool set_alias(struct making *making, const char *name,
                      struct error *error)
{
    int len;

    if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
        name += strlen(PREFIX);
    len = snprintf(making->alias, sizeof making->alias, PREFIX "%s", name);
    if (name[0] == '\0' || len < 0 || len > MAX_ALIAS ||
        name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "abcdefghijklmnopqrstuvwxyz0123456789/_-")] != '\0')
        return error_set(error, EXIT_USAGE,
                         "--alias %.128s: up to %d letters, digits and / _ -",
                         name, MAX_ALIAS - (int)strlen(PREFIX));
    return strncmp(name, "aws/", 4) != 0 ||
           error_set(error, EXIT_USAGE,
                     "--alias %.128s: alias/aws/ is AWS's own, choose another "
                     "name",
                     name);
}

/* Adds a member whose value comes from the command line. */
static bool put_string(json_t *object, const char *name, const char *value,
                       const char *option, struct error *error)
{
    return json_object_set_new(object, name, json_string(value)) == 0 ||
           error_set(error, EXIT_USAGE, "%s: the text is not UTF-8", option);
}

static bool is_tagged(const json_t *tags, const json_t *key)
{
    const json_t *tag;
    size_t i;

    json_array_foreach(tags, i, tag)
    {
        if (json_equal(json_object_get(tag, "TagKey"), key))
            return true;
    }
    return false;
}

static bool add_tag(json_t *tags, const char *text, struct error *error)
{
    const char *equals = strchr(text, '=');
    json_t *tag = json_object();
    bool done = false;

    if (equals == NULL || equals == text)
        (void)error_set(error, EXIT_USAGE, "--tag %.128s: write KEY=VALUE",
                        text);
    else if (json_object_set_new(tag, "TagKey",
                                 json_stringn(text, (size_t)(equals - text))) !=
             0)
        (void)error_set(error, EXIT_USAGE, "--tag: the text is not UTF-8");
    else if (is_tagged(tags, json_object_get(tag, "TagKey")))
        (void)error_set(error, EXIT_USAGE,
                        "--tag %.128s: the key %.*s is "
                        "given twice",
                        text, (int)(equals - text), text);
    else
        done = put_string(tag, "TagValue", equals + 1, "--tag", error) &&
               json_array_append(tags, tag) == 0;
    json_decref(tag);
    return done;
}

static bool add_tags(struct making *making, struct error *error)
{
    const struct key_request *request = making->request;
    json_t *tags = json_array();

    if (request->tag_count > MAX_TAGS) {
        json_decref(tags);
        return error_set(error, EXIT_USAGE, "%zu tags: a key has %d at most",
                         request->tag_count, MAX_TAGS);
    }
    (void)json_object_set_new(making->parameters, "Tags", tags);
    for (size_t i = 0; i < request->tag_count; i++)
        if (!add_tag(tags, request->tags[i], error))
            return false;
    return true;
}

static bool check_policy(const struct input *input, const char *path,
                         struct error *error)
{
    json_error_t reason;
    json_t *policy =
        json_loadb(input->data, input->len, JSON_REJECT_DUPLICATES, &reason);
    bool is_object = json_is_object(policy);

    json_decref(policy);
    if (policy == NULL)
        return error_set(error, EXIT_USAGE,
                         "--policy %.256s is no JSON: line %d: %s", path,
                         reason.line, reason.text);
    return is_object ||
           error_set(error, EXIT_USAGE,
                     "--policy %.256s is no JSON object: a key policy has a "
                     "Version and a Statement",
                     path);
}

static bool add_policy(struct making *making, struct error *error)
{
    const char *path = making->request->policy_file;
    struct input input;
    bool done;

    if (path == NULL)
        return true;
    if (!input_read_all(path, MAX_POLICY, &input, error))
        return false;
    done = check_policy(&input, path, error);
    if (done)
        (void)json_object_set_new(making->parameters, "Policy",
                                  json_stringn(input.data, input.len));
    input_free(&input);
    return done;
}

static bool set_parameters(struct making *making, struct error *error)
{
    const struct key_request *request = making->request;

    making->parameters = json_pack("{s:s, s:s}", "KeySpec", request->spec,
                                   "KeyUsage", "SIGN_VERIFY");
    if (making->parameters == NULL)
        return out_of_memory(error);
    return (request->description == NULL ||
            put_string(making->parameters, "Description", request->description,
                       "--description", error)) &&
           (request->tag_count == 0 || add_tags(making, error)) &&
           add_policy(making, error);
}

static bool check_place(const struct key_request *request, struct error *error)
{
    if (request->alias == NULL)
        return error_set(error, EXIT_USAGE,
                         "a key in KMS is made by --alias NAME, without --key");
    return request->uri == NULL ||
           error_set(error, EXIT_USAGE,
                     "--alias makes the key URI by itself: leave --key out, "
                     "and name an endpoint of your own by "
                     "AWS_ENDPOINT_URL_KMS");
}

/* ------------------------------------------------------------- waiting --- */

static int64_t monotonic_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec;
}

/* Pauses, each time longer. False: it has been long enough. */
static bool wait_more(struct making *making)
{
    struct timespec rest = {.tv_sec = making->pause_ms / 1000,
                            .tv_nsec = making->pause_ms % 1000 * 1000000};

    if (monotonic_s() >= making->deadline)
        return false;
    (void)nanosleep(&rest, NULL);
    if (making->pause_ms < LONGEST_PAUSE_MS)
        making->pause_ms *= 2;
    return true;
}

static void start_waiting(struct making *making)
{
    making->deadline = monotonic_s() + WAIT_S;
    making->pause_ms = FIRST_PAUSE_MS;
}

static bool is_not_found(const struct making *making)
{
    return strcmp(aws_kms_error_name(making->kms), "NotFoundException") == 0;
}

/* --------------------------------------------------------------- alias --- */

/* A page of ListAliases. */
static bool check_page(const struct making *making, const json_t *page,
                       struct error *error)
{
    const json_t *aliases = json_object_get(page, "Aliases");
    const json_t *alias;
    size_t i;

    if (!json_is_array(aliases))
        return aws_kms_unexpected("ListAliases", "no array Aliases", error);
    json_array_foreach(aliases, i, alias)
    {
        const char *name =
            aws_kms_string(alias, "AliasName", "ListAliases", error);

        if (name == NULL)
            return false;
        if (strcmp(name, making->alias) == 0)
            return error_set(error, EXIT_REFUSED,
                             "%s exists already in %s and is not touched: "
                             "choose another name, or use it as awskms:///%s",
                             making->alias, aws_kms_region(making->kms),
                             making->alias);
    }
    return true;
}

/* The marker of the page after this one; NULL: it was the last. */
static json_t *next_marker(const json_t *page)
{
    json_t *marker = json_object_get(page, "NextMarker");

    return json_is_true(json_object_get(page, "Truncated")) &&
                   json_is_string(marker)
               ? json_incref(marker)
               : NULL;
}

static bool check_free(const struct making *making, struct error *error)
{
    json_t *marker = NULL;

    for (int pages = 0; pages < MAX_PAGES; pages++) {
        json_t *page = aws_kms_call(
            making->kms, "ListAliases", AWS_KMS_REPEATABLE,
            json_pack("{s:i, s:o*}", "Limit", 100, "Marker", marker), error);
        bool goes_on = page != NULL && check_page(making, page, error);
        bool checked = goes_on;

        marker = goes_on ? next_marker(page) : NULL;
        goes_on = marker != NULL;
        json_decref(page);
        if (!goes_on)
            return checked;
    }
    json_decref(marker);
    return aws_kms_unexpected("ListAliases", "no end", error);
}

static bool resolves(const struct making *making, struct error *error)
{
    json_t *answer =
        aws_kms_call(making->kms, "DescribeKey", AWS_KMS_REPEATABLE,
                     json_pack("{s:s}", "KeyId", making->alias), error);
    const char *arn = json_string_value(
        json_object_get(json_object_get(answer, "KeyMetadata"), "Arn"));
    bool done = arn != NULL && strcmp(arn, making->arn) == 0;

    if (answer != NULL && !done)
        (void)error_set(error, EXIT_USAGE, "it is another key's as yet");
    json_decref(answer);
    return done;
}

/* A repeated CreateAlias finds the alias that the first one made. */
static bool is_ours(const struct making *making)
{
    struct error unused;

    return strcmp(aws_kms_error_name(making->kms), "AlreadyExistsException") ==
               0 &&
           resolves(making, &unused);
}

static bool try_alias(struct making *making, struct error *error)
{
    json_t *answer;

    do {
        answer =
            aws_kms_call(making->kms, "CreateAlias", AWS_KMS_REPEATABLE,
                         json_pack("{s:s, s:s}", "AliasName", making->alias,
                                   "TargetKeyId", making->arn),
                         error);
        if (answer != NULL) {
            json_decref(answer);
            return true;
        }
        /* KMS does not see the new key everywhere at once. */
    } while (is_not_found(making) && wait_more(making));
    return is_ours(making);
}

static bool make_alias(struct making *making, struct error *error)
{
    char reason[sizeof error->text];

    start_waiting(making);
    if (try_alias(making, error))
        return true;
    memcpy(reason, error->text, sizeof reason);
    return error_set(error, error->status,
                     "the key %s was made, but giving it the alias failed: "
                     "%.400s. Name it (aws kms create-alias --alias-name %.64s "
                     "--target-key-id KEY), use it by its ARN, or delete it "
                     "(aws kms schedule-key-deletion --key-id KEY)",
                     making->arn, reason, making->alias);
}

/* The key is there and has its alias: what fails now is only a warning. */
static void await_alias(struct making *making)
{
    struct error error = {.text = ""};

    start_waiting(making);
    while (!resolves(making, &error))
        if ((aws_kms_error_name(making->kms)[0] != '\0' &&
             !is_not_found(making)) ||
            !wait_more(making)) {
            (void)fprintf(stderr,
                          "signer-host: warning: the alias was made, but "
                          "whether it can be used already is not known: %s\n",
                          error.text);
            return;
        }
}

/* ----------------------------------------------------------------- key --- */

static bool take_arn(struct making *making, const json_t *answer,
                     struct error *error)
{
    const char *arn = aws_kms_string(json_object_get(answer, "KeyMetadata"),
                                     "Arn", "CreateKey", error);

    if (arn == NULL)
        return false;
    if (!aws_kms_is_key_arn(arn))
        return aws_kms_unexpected("CreateKey", "an Arn that is none", error);
    making->arn = strdup(arn);
    return making->arn != NULL ||
           error_set(error, EXIT_USAGE, "out of memory after making %s", arn);
}

static bool make_key(struct making *making, struct error *error)
{
    json_t *answer = aws_kms_call(making->kms, "CreateKey", AWS_KMS_ONCE,
                                  json_incref(making->parameters), error);
    bool done = answer != NULL && take_arn(making, answer, error);

    json_decref(answer);
    /* Whoever interrupts what follows knows what to clean up. */
    if (done)
        (void)fprintf(stderr, "signer-host: made %s; giving it %s\n",
                      making->arn, making->alias);
    return done;
}

static bool make(struct making *making, struct error *error)
{
    const struct key_options *options = &making->request->options;
    struct aws_location location = {.region_option = options->region,
                                    .profile = options->profile};

    if (!check_place(making->request, error) ||
        !set_alias(making, making->request->alias, error) ||
        !set_parameters(making, error))
        return false;
    making->kms = aws_kms_open(&location, options->verbose, error);
    if (making->kms == NULL || !check_free(making, error) ||
        !make_key(making, error) || !make_alias(making, error))
        return false;
    await_alias(making);
    return true;
}

bool key_awskms_create(const struct key_request *request, char **name,
                       struct error *error)
{
    struct making making = {.request = request};
    bool done = make(&making, error);

    aws_kms_close(making.kms);
    json_decref(making.parameters);
    if (done)
        *name = making.arn;
    else
        free(making.arn);
    return done;
}
