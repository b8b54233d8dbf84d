/*
 * The chain of credential sources: environment, profile with static keys,
 * profile with a credential_process.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_credentials.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mbedtls/platform_util.h>

#include "aws_credential_process.h"
#include "aws_profile.h"

/* How long before their end credentials are replaced. */
#define REFRESH_S 600

/* One place that may hold credentials; NULL: it does not. */
struct triple {
    const char *access_key_id;
    const char *secret_access_key;
    const char *session_token;
};

/* -------------------------------------------------------------- values --- */

/* They go into HTTP headers, and no credential of AWS holds anything but
 * printable ASCII. A blank or a line end is a slip in copying. */
static bool check_characters(const char *value, const char *what,
                             struct error *error)
{
    for (; value != NULL && *value != '\0'; value++)
        if (*value <= ' ' || *value > '~')
            return error_set(error, EXIT_USAGE,
                             "the %s holds a blank, a line end or another "
                             "character that no credential has: copy it anew",
                             what);
    return true;
}

static bool check(const struct aws_credentials *credentials,
                  struct error *error)
{
    if (check_characters(credentials->access_key_id, "access key id", error) &&
        check_characters(credentials->secret_access_key, "secret access key",
                         error) &&
        check_characters(credentials->session_token, "session token", error))
        return true;
    return error_in(error, credentials->source);
}

static char *copy_of(const char *text)
{
    return text != NULL ? strdup(text) : NULL;
}

static bool copy(const struct triple *triple,
                 struct aws_credentials *credentials, struct error *error)
{
    credentials->access_key_id = copy_of(triple->access_key_id);
    credentials->secret_access_key = copy_of(triple->secret_access_key);
    credentials->session_token = copy_of(triple->session_token);
    return (credentials->access_key_id != NULL &&
            credentials->secret_access_key != NULL &&
            (credentials->session_token != NULL ||
             triple->session_token == NULL)) ||
           out_of_memory(error);
}

/* Both or none of the pair. */
static bool check_pair(const struct triple *triple, const char *where,
                       const char *id_name, const char *secret_name,
                       struct error *error)
{
    bool has_id = triple->access_key_id != NULL;

    return has_id == (triple->secret_access_key != NULL) ||
           error_set(error, EXIT_USAGE,
                     "%.400s has %s and no %s: set both or neither", where,
                     has_id ? id_name : secret_name,
                     has_id ? secret_name : id_name);
}

/* --------------------------------------------------------- environment --- */

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

/* Leaves access_key_id NULL where the environment has none. */
static bool load_environment(struct aws_credentials *credentials,
                             struct error *error)
{
    const struct triple triple = {environment("AWS_ACCESS_KEY_ID"),
                                  environment("AWS_SECRET_ACCESS_KEY"),
                                  environment("AWS_SESSION_TOKEN")};

    if (!check_pair(&triple, "the environment", "AWS_ACCESS_KEY_ID",
                    "AWS_SECRET_ACCESS_KEY", error))
        return false;
    if (triple.access_key_id == NULL)
        return true;
    credentials->source = strdup("environment");
    if (credentials->source == NULL)
        return out_of_memory(error);
    return copy(&triple, credentials, error);
}

/* ------------------------------------------------------------- profile --- */

/* What AWS's own tools would turn into credentials before they look at static
 * keys: those would be someone else's. */
static bool check_served(const struct aws_profile *profile, struct error *error)
{
    static const char *const prefixes[] = {"sso_", "login_session", "role_arn",
                                           "credential_source",
                                           "web_identity_token_file"};

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        const char *key = aws_profile_find(profile, prefixes[i]);

        if (key != NULL)
            return error_set(
                error, EXIT_USAGE,
                "profile %.64s has %.64s, which signer-host leaves to the AWS "
                "CLI: make a profile of its own with the line "
                "`credential_process = aws configure export-credentials "
                "--profile %.64s --format process`, and name that one",
                profile->name, key, profile->name);
    }
    return true;
}

/* A key of one file never goes with a token of the other. */
static bool load_static(const struct aws_profile *profile,
                        const struct aws_file *file,
                        struct aws_credentials *credentials,
                        struct error *error)
{
    const struct triple triple = {
        aws_profile_get_in(file, "aws_access_key_id"),
        aws_profile_get_in(file, "aws_secret_access_key"),
        aws_profile_get_in(file, "aws_session_token")};
    char *where = NULL;
    bool done = true;

    if (asprintf(&where, "profile %s in %s", profile->name, file->path) < 0)
        return out_of_memory(error);
    done = check_pair(&triple, where, "aws_access_key_id",
                      "aws_secret_access_key", error);
    if (!done || triple.access_key_id == NULL) {
        free(where);
        return done;
    }
    credentials->source = where;
    return copy(&triple, credentials, error);
}

static bool load_process(const struct aws_profile *profile,
                         struct aws_credentials *credentials,
                         struct error *error)
{
    const char *command = aws_profile_get(profile, "credential_process");

    if (command == NULL)
        return true;
    if (asprintf(&credentials->source, "credential_process of profile %s",
                 profile->name) < 0) {
        credentials->source = NULL;
        return out_of_memory(error);
    }
    return aws_credential_process(command, credentials, error) ||
           error_in(error, credentials->source);
}

/* Leaves access_key_id NULL where the profile has none. */
static bool load_profile(const struct aws_profile *profile,
                         struct aws_credentials *credentials,
                         struct error *error)
{
    if (!check_served(profile, error) ||
        !load_static(profile, &profile->credentials, credentials, error))
        return false;
    if (credentials->access_key_id == NULL &&
        !load_static(profile, &profile->config, credentials, error))
        return false;
    return credentials->access_key_id != NULL ||
           load_process(profile, credentials, error);
}

/* --------------------------------------------------------------- chain --- */

static bool none(const struct aws_profile *profile, bool by_option,
                 struct error *error)
{
    char text[AWS_PROFILE_TEXT_SIZE];

    aws_profile_describe(profile, text);
    if (by_option)
        return error_set(error, EXIT_USAGE,
                         "no AWS credentials in %s: put aws_access_key_id and "
                         "aws_secret_access_key, or a credential_process, "
                         "into it",
                         text);
    return error_set(error, EXIT_USAGE,
                     "no AWS credentials: looked in the environment "
                     "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) and in %s. "
                     "Set the variables, run `aws configure`, or put a "
                     "credential_process into the profile",
                     text);
}

static bool load_from_profile(const char *name,
                              struct aws_credentials *credentials,
                              struct error *error)
{
    struct aws_profile profile;
    bool done;

    if (!aws_profile_load(name, &profile, error))
        return false;
    done = load_profile(&profile, credentials, error) &&
           (credentials->access_key_id != NULL ||
            none(&profile, name != NULL, error));
    aws_profile_clear(&profile);
    return done;
}

static bool load(const char *profile, struct aws_credentials *credentials,
                 struct error *error)
{
    if (profile == NULL && !load_environment(credentials, error))
        return false;
    if (credentials->access_key_id == NULL &&
        !load_from_profile(profile, credentials, error))
        return false;
    return check(credentials, error);
}

bool aws_credentials_load(const char *profile,
                          struct aws_credentials *credentials,
                          struct error *error)
{
    memset(credentials, 0, sizeof *credentials);
    if (load(profile, credentials, error))
        return true;
    aws_credentials_clear(credentials);
    return false;
}

/* ------------------------------------------------------------- refresh --- */

static bool is_same(const struct aws_credentials *a,
                    const struct aws_credentials *b)
{
    return strcmp(a->access_key_id, b->access_key_id) == 0 &&
           strcmp(a->secret_access_key, b->secret_access_key) == 0;
}

bool aws_credentials_refresh(const char *profile, bool refused,
                             struct aws_credentials *credentials, bool *changed,
                             struct error *error)
{
    struct aws_credentials fresh;
    int64_t left = credentials->expiration - (int64_t)time(NULL);
    bool expires = credentials->expiration != 0 && left < REFRESH_S;

    *changed = false;
    if (!expires && !refused)
        return true;
    if (!aws_credentials_load(profile, &fresh, error))
        return !refused && left > 0;
    *changed = !is_same(&fresh, credentials);
    aws_credentials_clear(credentials);
    *credentials = fresh;
    return true;
}

static void clear_string(char *text)
{
    if (text != NULL)
        mbedtls_platform_zeroize(text, strlen(text));
    free(text);
}

void aws_credentials_clear(struct aws_credentials *credentials)
{
    clear_string(credentials->access_key_id);
    clear_string(credentials->secret_access_key);
    clear_string(credentials->session_token);
    free(credentials->source);
    memset(credentials, 0, sizeof *credentials);
}
