/*
 * The chain of credential sources: environment, profile (web identity, static
 * keys, credential_process), web identity of the environment, container,
 * instance.
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

#include "aws_container.h"
#include "aws_credential_process.h"
#include "aws_imds.h"
#include "aws_profile.h"
#include "aws_sts.h"
#include "time_text.h"

/* How long before their end new credentials are asked for, and how long before
 * it a failure to get them is worth a warning: botocore's windows. */
#define ADVISORY_S  (15 * 60)
#define MANDATORY_S (10 * 60)

/* Between two tries while the old ones hold. */
#define PAUSE_S 60

/* How credentials are looked for. */
struct search {
    const char *profile; /* named explicitly, or NULL */
    const char *region;  /* or NULL */
};

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

/* What `aws configure export-credentials --format env` sets beside them. */
static bool get_expiration(struct aws_credentials *credentials,
                           struct error *error)
{
    const char *text = environment("AWS_CREDENTIAL_EXPIRATION");

    if (text == NULL)
        return true;
    if (!time_parse_rfc3339(text, &credentials->expiration))
        return error_set(error, EXIT_USAGE,
                         "AWS_CREDENTIAL_EXPIRATION %.64s is no RFC 3339 time",
                         text);
    return credentials->expiration > (int64_t)time(NULL) ||
           error_set(error, EXIT_USAGE,
                     "the credentials of the environment expired at %.64s "
                     "(AWS_CREDENTIAL_EXPIRATION): renew the session and "
                     "export them anew",
                     text);
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
    return copy(&triple, credentials, error) &&
           get_expiration(credentials, error);
}

/* -------------------------------------------------------- web identity --- */

static bool load_web_identity(const struct aws_web_identity *identity,
                              const char *role_name,
                              struct aws_credentials *credentials,
                              struct error *error)
{
    if (identity->role_arn == NULL)
        return error_set(error, EXIT_USAGE,
                         "%s: there is a web identity token file and no %s: "
                         "set both",
                         credentials->source, role_name);
    return aws_sts_web_identity(identity, credentials, error) ||
           error_in(error, credentials->source);
}

static bool load_environment_identity(const struct search *search,
                                      struct aws_credentials *credentials,
                                      struct error *error)
{
    const struct aws_web_identity identity = {
        .token_file = environment("AWS_WEB_IDENTITY_TOKEN_FILE"),
        .role_arn = environment("AWS_ROLE_ARN"),
        .session_name = environment("AWS_ROLE_SESSION_NAME"),
        .profile = search->profile,
        .region = search->region};

    if (identity.token_file == NULL)
        return true;
    credentials->source = strdup("web identity of the environment");
    if (credentials->source == NULL)
        return out_of_memory(error);
    return load_web_identity(&identity, "AWS_ROLE_ARN", credentials, error);
}

static bool load_profile_identity(const struct search *search,
                                  const struct aws_profile *profile,
                                  struct aws_credentials *credentials,
                                  struct error *error)
{
    const struct aws_web_identity identity = {
        .token_file = aws_profile_get(profile, "web_identity_token_file"),
        .role_arn = aws_profile_get(profile, "role_arn"),
        .session_name = aws_profile_get(profile, "role_session_name"),
        .profile = search->profile,
        .region = search->region};

    if (identity.token_file == NULL)
        return true;
    if (asprintf(&credentials->source, "web identity of profile %s",
                 profile->name) < 0) {
        credentials->source = NULL;
        return out_of_memory(error);
    }
    return load_web_identity(&identity, "role_arn", credentials, error);
}

/* ------------------------------------------------------------- profile --- */

static bool leave(const struct aws_profile *profile, const char *key,
                  struct error *error)
{
    return error_set(
        error, EXIT_USAGE,
        "profile %.64s has %.64s, which signer-host leaves to the AWS CLI: "
        "make a profile of its own with the line `credential_process = aws "
        "configure export-credentials --profile %.64s --format process`, and "
        "name that one",
        profile->name, key, profile->name);
}

/* What AWS's own tools would turn into credentials before they look at static
 * keys: those would be someone else's. */
static bool check_served(const struct aws_profile *profile, struct error *error)
{
    static const char *const prefixes[] = {"sso_", "login_session",
                                           "credential_source"};
    bool by_token = aws_profile_get(profile, "web_identity_token_file") != NULL;

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (aws_profile_find(profile, prefixes[i]) != NULL)
            return leave(profile, aws_profile_find(profile, prefixes[i]),
                         error);
    return by_token || aws_profile_find(profile, "role_arn") == NULL ||
           leave(profile, "role_arn", error);
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

static bool is_found(const struct aws_credentials *credentials)
{
    return credentials->access_key_id != NULL;
}

/* Leaves access_key_id NULL where the profile has none. */
static bool load_profile(const struct search *search,
                         const struct aws_profile *profile,
                         struct aws_credentials *credentials,
                         struct error *error)
{
    return check_served(profile, error) &&
           load_profile_identity(search, profile, credentials, error) &&
           (is_found(credentials) ||
            load_static(profile, &profile->credentials, credentials, error)) &&
           (is_found(credentials) ||
            load_static(profile, &profile->config, credentials, error)) &&
           (is_found(credentials) || load_process(profile, credentials, error));
}

/* --------------------------------------------------------------- chain --- */

static bool none_in_profile(const struct aws_profile *profile,
                            struct error *error)
{
    char text[AWS_PROFILE_TEXT_SIZE];

    aws_profile_describe(profile, text);
    return error_set(error, EXIT_USAGE,
                     "no AWS credentials in %s: put aws_access_key_id and "
                     "aws_secret_access_key, or a credential_process, "
                     "into it",
                     text);
}

static bool none(const struct aws_profile *profile, const char *why,
                 struct error *error)
{
    char text[AWS_PROFILE_TEXT_SIZE];

    aws_profile_describe(profile, text);
    return error_set(error, EXIT_USAGE,
                     "no AWS credentials: looked in the environment "
                     "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; "
                     "AWS_WEB_IDENTITY_TOKEN_FILE; AWS_CONTAINER_"
                     "CREDENTIALS_RELATIVE_URI, _FULL_URI), in %s and in the "
                     "EC2 instance metadata (%s). Set the variables, run `aws "
                     "configure`, or put a credential_process into the profile",
                     text, why);
}

/* A profile that AWS_PROFILE names is one that is meant: what stands behind it
 * in the chain would be someone else's. */
static bool check_exists(const struct aws_profile *profile, struct error *error)
{
    char text[AWS_PROFILE_TEXT_SIZE];

    if (aws_profile_exists(profile) || environment("AWS_PROFILE") == NULL)
        return true;
    aws_profile_describe(profile, text);
    return error_set(error, EXIT_USAGE,
                     "no AWS credentials in the environment "
                     "(AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), and there is "
                     "no %s: check AWS_PROFILE, or make it with `aws "
                     "configure`",
                     text);
}

/* What is not the user's own, but the machine's. */
static bool load_of_machine(const struct search *search,
                            const struct aws_profile *profile,
                            struct aws_credentials *credentials,
                            struct error *error)
{
    char why[AWS_IMDS_WHY_SIZE] = "";

    return load_environment_identity(search, credentials, error) &&
           (is_found(credentials) ||
            aws_container_credentials(credentials, error)) &&
           (is_found(credentials) ||
            aws_imds_credentials(profile, credentials, why, error)) &&
           (is_found(credentials) || none(profile, why, error));
}

static bool load_from_profile(const struct search *search,
                              struct aws_credentials *credentials,
                              struct error *error)
{
    struct aws_profile profile;
    bool done;

    if (!aws_profile_load(search->profile, &profile, error))
        return false;
    done = check_exists(&profile, error) &&
           load_profile(search, &profile, credentials, error);
    if (done && !is_found(credentials))
        done = search->profile != NULL
                   ? none_in_profile(&profile, error)
                   : load_of_machine(search, &profile, credentials, error);
    aws_profile_clear(&profile);
    return done;
}

static bool load(const struct search *search,
                 struct aws_credentials *credentials, struct error *error)
{
    if (search->profile == NULL && !load_environment(credentials, error))
        return false;
    if (!is_found(credentials) &&
        !load_from_profile(search, credentials, error))
        return false;
    return check(credentials, error);
}

bool aws_credentials_load(const char *profile, const char *region,
                          struct aws_credentials *credentials,
                          struct error *error)
{
    const struct search search = {.profile = profile, .region = region};

    memset(credentials, 0, sizeof *credentials);
    if (load(&search, credentials, error))
        return true;
    aws_credentials_clear(credentials);
    return false;
}

/* ------------------------------------------------------------- refresh --- */

static bool is_same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool is_same(const struct aws_credentials *a,
                    const struct aws_credentials *b)
{
    return is_same_text(a->access_key_id, b->access_key_id) &&
           is_same_text(a->secret_access_key, b->secret_access_key) &&
           is_same_text(a->session_token, b->session_token);
}

/* Strings that are the same stay where they are: a signer points to them. */
static void replace(struct aws_credentials *credentials,
                    struct aws_credentials *fresh)
{
    struct aws_credentials old = *credentials;

    if (is_same(fresh, &old)) {
        credentials->expiration = fresh->expiration;
        credentials->next_try = fresh->next_try;
        aws_credentials_clear(fresh);
        return;
    }
    *credentials = *fresh;
    aws_credentials_clear(&old);
}

static bool is_due(const struct aws_credentials *credentials, int64_t now)
{
    int64_t left = credentials->expiration - now;

    return credentials->expiration != 0 && left < ADVISORY_S &&
           (left <= 0 || now >= credentials->next_try);
}

static void warn(const struct aws_credentials *credentials, int64_t now,
                 const struct error *error)
{
    char left[DURATION_TEXT_SIZE];

    if (credentials->expiration - now >= MANDATORY_S)
        return;
    duration_format(credentials->expiration - now, left);
    (void)fprintf(stderr,
                  "signer-host: warning: the AWS credentials expire in %s and "
                  "could not be renewed: %s\n",
                  left, error->text);
}

/* Those at hand, if they still hold. */
static bool keep_old(const struct aws_credentials *credentials, bool refused,
                     int64_t now, struct error *error)
{
    char reason[sizeof error->text];
    char text[TIME_TEXT_SIZE] = "";
    bool expired =
        credentials->expiration != 0 && credentials->expiration <= now;

    if (!refused && !expired) {
        warn(credentials, now, error);
        return true;
    }
    memcpy(reason, error->text, sizeof reason);
    if (expired)
        time_format(credentials->expiration, text);
    return error_set(error, error->status,
                     "the AWS credentials (%.200s) expired%s%s, and there are "
                     "no new ones: %.500s; renew the session",
                     credentials->source, expired ? " at " : "", text, reason);
}

bool aws_credentials_refresh(const char *profile, const char *region,
                             bool refused, struct aws_credentials *credentials,
                             bool *changed, struct error *error)
{
    struct aws_credentials fresh;
    int64_t now = (int64_t)time(NULL);

    *changed = false;
    if (!refused && !is_due(credentials, now))
        return true;
    credentials->next_try = now + PAUSE_S;
    if (!aws_credentials_load(profile, region, &fresh, error))
        return keep_old(credentials, refused, now, error);
    /* A source that has no later ones is not asked at each request. */
    fresh.next_try = now + PAUSE_S;
    *changed = !is_same(&fresh, credentials);
    replace(credentials, &fresh);
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
