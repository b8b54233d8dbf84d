/*
 * Looking at AWS from here, step by step: what a later step stands on comes
 * first, and nothing is asked of a KMS that cannot be reached.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "doctor_aws.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include <curl/curl.h>

#include "aws_credentials.h"
#include "aws_kms.h"
#include "aws_profile.h"
#include "input.h"
#include "key_awskms.h"
#include "key_policy.h"
#include "time_text.h"

/* As mint has it: warns, refuses. */
#define CLOCK_WARN_S   30
#define CLOCK_REFUSE_S 300

/* Sessions that end sooner are worth a word. */
#define SHORT_S (15 * 60)

#define MAX_CA_FILE ((size_t)16 * 1024 * 1024)

/* SHA-256 of "signer-host doctor", in base64: no JWS Signing Input, in case
 * that something signs it in spite of DryRun. */
#define PROBE "jfrmvw3ZUxEwnC0V7KXlnJaqpyfg5/93zfkUWFAtlgw="

struct visit {
    const struct aws_location *location;
    const char *key;
    struct aws_endpoint endpoint;
    struct aws_kms *kms;
    struct diagnosis *diagnosis;
    char arn[256]; /* of the key, as far as it is known */
};

/* ------------------------------------------------------- configuration --- */

/* Secrets lie in the credentials file. */
static void look_at_mode(const char *path, struct diagnosis *diagnosis)
{
    struct stat status;

    if (stat(path, &status) != 0 || (status.st_mode & 077) == 0)
        return;
    diagnosis_warn(diagnosis, "AWS files", "others may read %s", path);
    diagnosis_next(diagnosis, "chmod 600 it");
}

static bool look_at_profile(const struct visit *visit)
{
    struct diagnosis *diagnosis = visit->diagnosis;
    char text[AWS_PROFILE_TEXT_SIZE];
    struct aws_profile profile;
    struct error error;

    if (!aws_profile_load(visit->location->profile, &profile, &error)) {
        diagnosis_fail(diagnosis, "AWS files", &error);
        return false;
    }
    aws_profile_describe(&profile, text);
    diagnosis_ok(diagnosis, "AWS files", "%s", text);
    if (profile.credentials.text.data != NULL)
        look_at_mode(profile.credentials.path, diagnosis);
    aws_profile_clear(&profile);
    return true;
}

static bool look_at_endpoint(struct visit *visit)
{
    struct diagnosis *diagnosis = visit->diagnosis;
    struct error error;

    if (!aws_endpoint_find(visit->location, &visit->endpoint, &error)) {
        diagnosis_fail(diagnosis, "Region, endpoint", &error);
        return false;
    }
    diagnosis_ok(diagnosis, "Region", "%s, from %s", visit->endpoint.region,
                 visit->endpoint.region_source);
    diagnosis_ok(diagnosis, "endpoint", "%s, from %s", visit->endpoint.url,
                 visit->endpoint.url_source);
    return true;
}

/* ------------------------------------------------------------- network --- */

/* "AKIA...WXYZ": enough to tell one's keys apart. */
static void shorten(const char *id, char *text, size_t size)
{
    size_t len = strlen(id);

    (void)snprintf(text, size, "%.4s...%s", id, len >= 12 ? id + len - 4 : "");
}

/* As libcurl looks for a proxy: HTTP_PROXY in capitals is not one. */
static const char *find_proxy(const char *url, const char **name)
{
    static const char *const https[] = {"https_proxy", "HTTPS_PROXY",
                                        "all_proxy", "ALL_PROXY", NULL};
    static const char *const http[] = {"http_proxy", "all_proxy", "ALL_PROXY",
                                       NULL};

    for (const char *const *at = strncmp(url, "https:", 6) == 0 ? https : http;
         *at != NULL; at++) {
        const char *value = getenv(*at);

        *name = *at;
        if (value != NULL && *value != '\0')
            return value;
    }
    return NULL;
}

/* Its scheme, host and port: neither user nor password. Free with
 * curl_free(). */
static char *proxy_without_user(const char *proxy)
{
    CURLU *url = curl_url();
    char *text = NULL;

    if (url != NULL && curl_url_set(url, CURLUPART_URL, proxy,
                                    CURLU_GUESS_SCHEME) == CURLUE_OK) {
        (void)curl_url_set(url, CURLUPART_USER, NULL, 0);
        (void)curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
        (void)curl_url_set(url, CURLUPART_PATH, NULL, 0);
        (void)curl_url_get(url, CURLUPART_URL, &text, 0);
    }
    curl_url_cleanup(url);
    return text;
}

static void look_at_proxy(const struct visit *visit)
{
    const char *name;
    const char *proxy = find_proxy(visit->endpoint.url, &name);
    const char *no_proxy = getenv("no_proxy");
    char *shown;

    if (no_proxy == NULL)
        no_proxy = getenv("NO_PROXY");
    if (proxy == NULL || visit->endpoint.loopback) {
        diagnosis_ok(visit->diagnosis, "proxy", "none%s",
                     proxy != NULL ? ": the endpoint is this machine" : "");
        return;
    }
    shown = proxy_without_user(proxy);
    if (shown == NULL) {
        struct error error;

        (void)error_set(&error, EXIT_USAGE,
                        "%s is not understood: write http://HOST:PORT", name);
        diagnosis_fail(visit->diagnosis, "proxy", &error);
    } else {
        diagnosis_ok(visit->diagnosis, "proxy", "%s, from %s; not for: %s",
                     shown, name, no_proxy != NULL ? no_proxy : "nothing");
    }
    curl_free(shown);
}

static bool look_at_ca(const struct visit *visit)
{
    const char *path = visit->endpoint.ca_bundle;
    const char *system = curl_version_info(CURLVERSION_NOW)->cainfo;
    struct input input;
    struct error error;
    bool done;

    if (path == NULL) {
        diagnosis_ok(visit->diagnosis, "TLS", "trusts %s",
                     system != NULL ? system : "the system's authorities");
        return true;
    }
    done = input_read_all(path, MAX_CA_FILE, &input, &error);
    if (done) {
        done = strstr(input.data, "-----BEGIN CERTIFICATE-----") != NULL ||
               error_set(&error, EXIT_USAGE,
                         "%.256s holds no certificate: AWS_CA_BUNDLE and "
                         "ca_bundle name a PEM file",
                         path);
        input_free(&input);
    }
    if (done)
        diagnosis_ok(visit->diagnosis, "TLS", "trusts %s", path);
    else
        diagnosis_fail(visit->diagnosis, "TLS", &error);
    return done;
}

/* --------------------------------------------------------- credentials --- */

static void say_credentials(const struct aws_credentials *credentials,
                            struct diagnosis *diagnosis)
{
    int64_t left = credentials->expiration - (int64_t)time(NULL);
    char id[32];
    char date[TIME_TEXT_SIZE];
    char duration[DURATION_TEXT_SIZE];

    shorten(credentials->access_key_id, id, sizeof id);
    if (credentials->expiration == 0) {
        diagnosis_ok(
            diagnosis, "credentials", "%s, %s%s", id, credentials->source,
            credentials->session_token != NULL ? "; a session of unknown end"
                                               : "");
        return;
    }
    time_format(credentials->expiration, date);
    duration_format(left > 0 ? left : 0, duration);
    if (left >= SHORT_S) {
        diagnosis_ok(diagnosis, "credentials", "%s, %s; until %s (%s)", id,
                     credentials->source, date, duration);
        return;
    }
    diagnosis_warn(diagnosis, "credentials", "%s, %s; only until %s (%s)", id,
                   credentials->source, date, duration);
    diagnosis_next(diagnosis, "renew the session");
}

static bool look_at_credentials(const struct visit *visit)
{
    struct aws_credentials credentials;
    struct error error;

    if (!aws_credentials_load(visit->location->profile, visit->endpoint.region,
                              &credentials, &error)) {
        diagnosis_fail(visit->diagnosis, "credentials", &error);
        return false;
    }
    say_credentials(&credentials, visit->diagnosis);
    aws_credentials_clear(&credentials);
    return true;
}

/* ----------------------------------------------------------------- KMS --- */

static bool is_error(const struct visit *visit, const char *name)
{
    return strcmp(aws_kms_error_name(visit->kms), name) == 0;
}

static bool is_denied(const struct visit *visit)
{
    return is_error(visit, "AccessDeniedException") ||
           is_error(visit, "AccessDenied");
}

/* The key's ARN where it is known, else what to put there. */
static const char *resource_of(const struct visit *visit)
{
    return visit->arn[0] != '\0' ? visit->arn : "THE-KEY'S-ARN";
}

static void advise_statement(const struct visit *visit, const char *action)
{
    json_t *statement = key_policy_statement(action, resource_of(visit));
    char *text = json_dumps(statement, JSON_COMPACT);

    if (text != NULL)
        diagnosis_next(visit->diagnosis,
                       "add to an IAM policy of these credentials (key policy "
                       "--iam prints the whole one), unless the key's policy "
                       "is to name them: %s",
                       text);
    free(text);
    json_decref(statement);
}

static void fail_call(const struct visit *visit, const char *action,
                      const struct error *error)
{
    diagnosis_fail(visit->diagnosis, action, error);
    if (is_denied(visit))
        advise_statement(visit, action);
}

/* Whether KMS answered at all: then the next call is worth a try. */
static bool goes_on(const json_t *answer, const struct error *error)
{
    return answer != NULL || error->status == EXIT_REFUSED;
}

/* Any answer but one about the credentials says that they are known. */
static void call_list_aliases(const struct visit *visit)
{
    struct error error;
    json_t *answer = aws_kms_call(visit->kms, "ListAliases", AWS_KMS_REPEATABLE,
                                  json_pack("{s:i}", "Limit", 1), &error);

    if (answer != NULL || is_denied(visit))
        diagnosis_ok(visit->diagnosis, "KMS", "knows these credentials%s",
                     answer == NULL ? " (kms:ListAliases is not allowed, which "
                                      "only key create needs)"
                                    : "");
    else
        diagnosis_fail(visit->diagnosis, "KMS", &error);
    json_decref(answer);
}

static const char *string_in(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));

    return value != NULL ? value : "unknown";
}

static bool is_rsa(const char *spec)
{
    return strcmp(spec, "RSA_2048") == 0 || strcmp(spec, "RSA_3072") == 0 ||
           strcmp(spec, "RSA_4096") == 0;
}

static void judge_key(const struct visit *visit, const json_t *metadata)
{
    const char *state = string_in(metadata, "KeyState");
    const char *usage = string_in(metadata, "KeyUsage");
    const char *spec =
        string_in(metadata, json_object_get(metadata, "KeySpec") != NULL
                                ? "KeySpec"
                                : "CustomerMasterKeySpec");
    struct error error;

    if (!is_rsa(spec) || strcmp(usage, "SIGN_VERIFY") != 0)
        (void)error_set(&error, EXIT_REFUSED,
                        "%.200s is a %.32s key for %.32s, and RS256 needs RSA "
                        "and SIGN_VERIFY: use another, or make one with key "
                        "create",
                        resource_of(visit), spec, usage);
    else if (strcmp(state, "Enabled") != 0)
        (void)error_set(&error, EXIT_REFUSED,
                        "%.200s is %.32s: enable it (aws kms enable-key), or "
                        "cancel its deletion first (aws kms "
                        "cancel-key-deletion)",
                        resource_of(visit), state);
    else {
        diagnosis_ok(visit->diagnosis, "key", "%s, %s, %s, %s",
                     resource_of(visit), state, spec, usage);
        return;
    }
    diagnosis_fail(visit->diagnosis, "key", &error);
}

static bool call_describe(struct visit *visit)
{
    struct error error;
    json_t *answer =
        aws_kms_call(visit->kms, "DescribeKey", AWS_KMS_REPEATABLE,
                     json_pack("{s:s}", "KeyId", visit->key), &error);
    const json_t *metadata = json_object_get(answer, "KeyMetadata");
    const char *arn = string_in(metadata, "Arn");
    bool more = goes_on(answer, &error);

    if (answer == NULL) {
        fail_call(visit, "kms:DescribeKey", &error);
    } else {
        if (aws_kms_is_key_arn(arn))
            (void)snprintf(visit->arn, sizeof visit->arn, "%s", arn);
        diagnosis_ok(visit->diagnosis, "kms:DescribeKey", "allowed");
        judge_key(visit, metadata);
    }
    json_decref(answer);
    return more;
}

static bool call_public_key(const struct visit *visit)
{
    struct error error;
    json_t *answer =
        aws_kms_call(visit->kms, "GetPublicKey", AWS_KMS_REPEATABLE,
                     json_pack("{s:s}", "KeyId", visit->key), &error);
    bool more = goes_on(answer, &error);

    if (answer != NULL)
        diagnosis_ok(visit->diagnosis, "kms:GetPublicKey", "allowed");
    else
        fail_call(visit, "kms:GetPublicKey", &error);
    json_decref(answer);
    return more;
}

/* With DryRun, being allowed is an error of its own name. */
static void call_sign(const struct visit *visit)
{
    struct error error;
    json_t *answer = aws_kms_call(
        visit->kms, "Sign", AWS_KMS_REPEATABLE,
        json_pack("{s:s, s:s, s:s, s:s, s:b}", "KeyId", visit->key, "Message",
                  PROBE, "MessageType", "DIGEST", "SigningAlgorithm",
                  KEY_AWSKMS_ALGORITHM, "DryRun", 1),
        &error);

    if (answer != NULL)
        diagnosis_ok(visit->diagnosis, "kms:Sign",
                     "allowed (the endpoint does not know DryRun: it signed "
                     "the digest of a text that is no token)");
    else if (is_error(visit, "DryRunOperationException"))
        diagnosis_ok(visit->diagnosis, "kms:Sign",
                     "allowed (asked with DryRun)");
    else
        fail_call(visit, "kms:Sign", &error);
    json_decref(answer);
}

static void look_at_clock(const struct visit *visit)
{
    int64_t offset;
    int64_t off;
    struct error error;

    if (!aws_kms_clock_offset(visit->kms, &offset))
        return;
    off = offset < 0 ? -offset : offset;
    if (off <= CLOCK_WARN_S) {
        diagnosis_ok(visit->diagnosis, "clock", "%" PRId64 " s off KMS's", off);
    } else if (off <= CLOCK_REFUSE_S) {
        diagnosis_warn(visit->diagnosis, "clock",
                       "%" PRId64 " s %s KMS's: the dates in tokens are, too",
                       off, offset > 0 ? "behind" : "ahead of");
        diagnosis_next(visit->diagnosis, "set this machine's clock");
    } else {
        (void)error_set(&error, EXIT_USAGE,
                        "%" PRId64 " s %s KMS's: mint refuses; set this "
                        "machine's clock",
                        off, offset > 0 ? "behind" : "ahead of");
        diagnosis_fail(visit->diagnosis, "clock", &error);
    }
}

/* ---------------------------------------------------------------- visit --- */

static void ask_kms(struct visit *visit)
{
    if (visit->key == NULL)
        call_list_aliases(visit);
    else if (call_describe(visit) && call_public_key(visit))
        call_sign(visit);
    look_at_clock(visit);
}

static void visit_kms(struct visit *visit, bool verbose)
{
    struct error error;

    visit->kms = aws_kms_open(visit->location, verbose, &error);
    if (visit->kms == NULL) {
        diagnosis_fail(visit->diagnosis, "KMS", &error);
        return;
    }
    ask_kms(visit);
    aws_kms_close(visit->kms);
}

void doctor_aws(const struct aws_location *location, const char *key,
                bool verbose, struct diagnosis *diagnosis)
{
    struct visit visit = {
        .location = location, .key = key, .diagnosis = diagnosis};
    bool trusts;
    bool known;

    if (key != NULL && aws_kms_is_key_arn(key))
        (void)snprintf(visit.arn, sizeof visit.arn, "%s", key);
    if (!look_at_profile(&visit) || !look_at_endpoint(&visit))
        return;
    look_at_proxy(&visit);
    /* Each may be wrong, and each is worth knowing at once. */
    trusts = look_at_ca(&visit);
    known = look_at_credentials(&visit);
    if (trusts && known)
        visit_kms(&visit, verbose);
    aws_endpoint_clear(&visit.endpoint);
}
