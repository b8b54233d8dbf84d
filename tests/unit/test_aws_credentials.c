/*
 * Credentials: environment, profiles, credential_process.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_credentials.h"

#include <time.h>

#include "aws_setup.h"
#include "support.h"
#include "time_text.h"

#define COUNT(rows) (sizeof rows / sizeof rows[0])

/* What no message may show. */
#define SECRET "s3cr3t"

#define KEYS(id)                                                               \
    "aws_access_key_id = " id "\naws_secret_access_key = " SECRET "-" id "\n"
#define ENV_KEYS "AWS_ACCESS_KEY_ID=env AWS_SECRET_ACCESS_KEY=" SECRET "-env"

#define PRINT(json) "credential_process = echo '" json "'\n"
#define PROCESS(version, rest)                                                 \
    PRINT("{\"Version\": " version ", \"AccessKeyId\": \"process\", "          \
          "\"SecretAccessKey\": \"" SECRET "-process\"" rest "}")

static const struct {
    const char *name;
    const char *variables;
    const char *credentials;
    const char *config;
    const char *profile;
    const char *id; /* the secret is "s3cr3t-" and it */
    const char *token;
    const char *source; /* a part of it */
    int64_t expiration;
} rows[] = {
    {"environment", ENV_KEYS, NULL, NULL, NULL, "env", NULL, "environment", 0},
    {"session token", ENV_KEYS " AWS_SESSION_TOKEN=t", NULL, NULL, NULL, "env",
     "t", "environment", 0},
    {"empty session token", ENV_KEYS " AWS_SESSION_TOKEN=", NULL, NULL, NULL,
     "env", NULL, "environment", 0},
    {"an end in the environment",
     ENV_KEYS " AWS_CREDENTIAL_EXPIRATION=2199-01-01T00:00:00Z", NULL, NULL,
     NULL, "env", NULL, "environment", INT64_C(7226582400)},
    {"environment before profile", ENV_KEYS, "[default]\n" KEYS("file"), NULL,
     NULL, "env", NULL, "environment", 0},
    {"AWS_PROFILE is not before the environment", ENV_KEYS " AWS_PROFILE=x",
     "[x]\n" KEYS("file"), NULL, NULL, "env", NULL, "environment", 0},
    {"nor an error beside it", ENV_KEYS " AWS_PROFILE=x", NULL, NULL, NULL,
     "env", NULL, "environment", 0},
    {"nor are files read beside it", ENV_KEYS, "rubbish\n", NULL, NULL, "env",
     NULL, "environment", 0},
    {"a named profile before the environment", ENV_KEYS " AWS_SESSION_TOKEN=t",
     "[x]\n" KEYS("file"), NULL, "x", "file", NULL, "profile x in ", 0},
    {"a named profile beside half an environment", "AWS_ACCESS_KEY_ID=env",
     "[x]\n" KEYS("file"), NULL, "x", "file", NULL, "/.aws/credentials", 0},
    {"empty environment",
     "AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY=", "[default]\n" KEYS("file"),
     NULL, NULL, "file", NULL, "profile default", 0},
    {"a token alone is no environment", "AWS_SESSION_TOKEN=t",
     "[default]\n" KEYS("file"), NULL, NULL, "file", NULL, "profile default",
     0},
    {"AWS_PROFILE", "AWS_PROFILE=x",
     "[default]\n" KEYS("other") "[x]\n" KEYS("file") "aws_session_token = t\n",
     NULL, NULL, "file", "t", "profile x", 0},
    {"config file", NULL, NULL,
     "[profile x]\n" KEYS("file") "aws_session_token = t\n", "x", "file", "t",
     "/.aws/config", 0},
    {"credentials before config", NULL, "[x]\n" KEYS("file"),
     "[profile x]\n" KEYS("other") "aws_session_token = t\n", "x", "file", NULL,
     "/.aws/credentials", 0},
    {"keys before a process", NULL, "[x]\n" KEYS("file"),
     "[profile x]\n" PROCESS("1", ""), "x", "file", NULL, "/.aws/credentials",
     0},
    {"sso of another profile", NULL, "[x]\n" KEYS("file"),
     "[default]\nsso_session = s\n", "x", "file", NULL, "profile x", 0},
    {"process", NULL, NULL, "[default]\n" PROCESS("1", ""), NULL, "process",
     NULL, "credential_process of profile default", 0},
    {"process, all members", NULL, NULL,
     "[profile x]\n" PROCESS("1", ", \"SessionToken\": \"t\", \"Expiration\": "
                                  "\"2199-01-01T00:00:00Z\", \"Other\": 1"),
     "x", "process", "t", "credential_process of profile x",
     INT64_C(7226582400)},
    {"process, null members", NULL, NULL,
     "[default]\n" PROCESS("1", ", \"SessionToken\": null, \"Expiration\": "
                                "null"),
     NULL, "process", NULL, "credential_process", 0},
    {"process in the credentials file", NULL, "[default]\n" PROCESS("1", ""),
     NULL, NULL, "process", NULL, "credential_process", 0},
    {"process with the environment", "AWS_PROFILE=x", NULL,
     "[profile x]\ncredential_process = sh -c 'printf \"{\\\"Version\\\":1,"
     "\\\"AccessKeyId\\\":\\\"$AWS_PROFILE\\\",\\\"SecretAccessKey\\\":"
     "\\\"" SECRET "-$AWS_PROFILE\\\"}\"; echo words >&2'\n",
     NULL, "x", NULL, "credential_process", 0},
};

static void check_row(size_t i, const struct aws_credentials *credentials)
{
    char secret[64];

    (void)snprintf(secret, sizeof secret, SECRET "-%s", rows[i].id);
    if (strcmp(credentials->access_key_id, rows[i].id) != 0)
        fail_msg("%s: keys of %s", rows[i].name, credentials->access_key_id);
    assert_string_equal(credentials->secret_access_key, secret);
    if (rows[i].token == NULL)
        assert_null(credentials->session_token);
    else
        assert_string_equal(credentials->session_token, rows[i].token);
    if (strstr(credentials->source, rows[i].source) == NULL)
        fail_msg("%s: %s", rows[i].name, credentials->source);
    assert_int_equal(credentials->expiration, rows[i].expiration);
}

static void test_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct aws_credentials credentials;
        struct error error = {.text = ""};

        aws_given(rows[i].variables, rows[i].credentials, rows[i].config);
        if (!aws_credentials_load(rows[i].profile, NULL, &credentials, &error))
            fail_msg("%s: %s", rows[i].name, error.text);
        check_row(i, &credentials);
        aws_credentials_clear(&credentials);
        assert_null(credentials.secret_access_key);
    }
}

#define CLI "credential_process = aws configure export-credentials --profile x"

static const struct {
    const char *name;
    const char *variables;
    const char *credentials;
    const char *config;
    const char *profile;
    const char *text[2]; /* parts of the error */
} error_rows[] = {
    {"no secret in the environment",
     "AWS_ACCESS_KEY_ID=a",
     "[default]\n" KEYS("file"),
     NULL,
     NULL,
     {"the environment has AWS_ACCESS_KEY_ID and no AWS_SECRET_ACCESS_KEY"}},
    {"no id in the environment",
     "AWS_SECRET_ACCESS_KEY=" SECRET " AWS_ACCESS_KEY_ID=",
     "[default]\n" KEYS("file"),
     NULL,
     NULL,
     {"the environment has AWS_SECRET_ACCESS_KEY and no AWS_ACCESS_KEY_ID"}},
    {"line end in the environment",
     "AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=" SECRET "\n",
     NULL,
     NULL,
     NULL,
     {"environment: the secret access key holds"}},
    {"token with a carriage return",
     ENV_KEYS " AWS_SESSION_TOKEN=" SECRET "\r",
     NULL,
     NULL,
     NULL,
     {"environment: the session token holds"}},
    {"id with a DEL",
     "AWS_ACCESS_KEY_ID=a\x7f AWS_SECRET_ACCESS_KEY=" SECRET,
     NULL,
     NULL,
     NULL,
     {"environment: the access key id holds"}},
    {"not ASCII",
     "AWS_ACCESS_KEY_ID=\xc3\xa9 AWS_SECRET_ACCESS_KEY=" SECRET,
     NULL,
     NULL,
     NULL,
     {"environment: the access key id holds"}},
    {"blank in a file",
     NULL,
     "[default]\naws_access_key_id = a\naws_secret_access_key = " SECRET " b\n",
     NULL,
     NULL,
     {"profile default in ", "the secret access key holds"}},
    {"the environment's have expired",
     ENV_KEYS " AWS_CREDENTIAL_EXPIRATION=2020-01-01T00:00:00Z",
     "[default]\n" KEYS("file"),
     NULL,
     NULL,
     {"environment expired at 2020-01-01T00:00:00Z", "renew the session"}},
    {"the environment's end is no date",
     ENV_KEYS " AWS_CREDENTIAL_EXPIRATION=soon",
     NULL,
     NULL,
     NULL,
     {"AWS_CREDENTIAL_EXPIRATION soon is no RFC 3339 time"}},
    {"none",
     NULL,
     NULL,
     NULL,
     NULL,
     {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, _FULL_URI), in profile default "
      "(in neither ",
      "run `aws configure`"}},
    {"none in the profile",
     NULL,
     NULL,
     "[default]\nregion = r\n",
     NULL,
     {"/.aws/credentials and ", "/.aws/config and in the EC2"}},
    {"none in the named profile",
     ENV_KEYS,
     "[default]\n" KEYS("file"),
     "[profile x]\nregion = r\n",
     "x",
     {"no AWS credentials in profile x in ", "put aws_access_key_id"}},
    {"named and missing",
     ENV_KEYS,
     "[default]\n" KEYS("file"),
     NULL,
     "x",
     {"/.aws/credentials nor ", "has a profile x"}},
    {"AWS_PROFILE missing",
     "AWS_PROFILE=x",
     "[default]\n" KEYS("file"),
     NULL,
     NULL,
     {"there is no profile x (in neither ", "check AWS_PROFILE"}},
    {"no secret in the profile",
     NULL,
     "[x]\naws_access_key_id = a\n",
     "[profile x]\naws_secret_access_key = " SECRET "\n",
     "x",
     {"profile x in ", "has aws_access_key_id and no aws_secret_access_key"}},
    {"no id in the profile",
     NULL,
     NULL,
     "[profile x]\naws_secret_access_key = " SECRET "\n" PROCESS("1", ""),
     "x",
     {"/.aws/config has aws_secret_access_key and no aws_access_key_id"}},
    {"sso",
     ENV_KEYS,
     "[default]\n" KEYS("file"),
     "[profile x]\nsso_session = s\nsso_account_id = 1\n",
     "x",
     {"profile x has sso_session", CLI " --format process"}},
    {"sso of AWS_PROFILE",
     "AWS_PROFILE=x",
     "[default]\n" KEYS("file"),
     "[profile x]\nsso_start_url = s\n",
     NULL,
     {"profile x has sso_start_url", CLI}},
    {"login_session",
     NULL,
     NULL,
     "[profile x]\nlogin_session = s\n",
     "x",
     {"profile x has login_session", CLI}},
    {"role_arn beside keys",
     NULL,
     "[x]\n" KEYS("file"),
     "[profile x]\nrole_arn = r\nsource_profile = x\n",
     "x",
     {"profile x has role_arn", CLI}},
    {"credential_source",
     NULL,
     NULL,
     "[profile x]\ncredential_source = Environment\n",
     "x",
     {"profile x has credential_source", CLI}},
    {"web_identity_token_file beside a process",
     NULL,
     NULL,
     "[profile x]\nweb_identity_token_file = f\n" PROCESS("1", ""),
     "x",
     {"web identity of profile x: there is a web identity token file and no "
      "role_arn"}},
    {"process fails",
     NULL,
     NULL,
     "[default]\ncredential_process = sh -c 'echo log in first >&2; exit 7'\n",
     NULL,
     {"credential_process of profile default: it ended with exit status 7: log "
      "in first"}},
    {"process is no program",
     NULL,
     NULL,
     "[default]\ncredential_process = /nil/none\n",
     NULL,
     {"credential_process of profile default: cannot run /nil/none: No such"}},
    {"process is no command line",
     NULL,
     NULL,
     "[default]\ncredential_process = 'a\n",
     NULL,
     {"default: the command line has a quote that is not closed"}},
    {"process prints nothing",
     NULL,
     NULL,
     "[default]\ncredential_process = true\n",
     NULL,
     {"prints no JSON object"}},
    {"process prints no JSON",
     NULL,
     NULL,
     "[default]\ncredential_process = echo {\"AccessKeyId\":" SECRET "}\n",
     NULL,
     {"prints no JSON object"}},
    {"process prints no object",
     NULL,
     NULL,
     "[default]\n" PRINT("[\"" SECRET "\"]"),
     NULL,
     {"prints no JSON object"}},
    {"process prints too much",
     NULL,
     NULL,
     "[default]\ncredential_process = yes " SECRET "\n",
     NULL,
     {"prints more than 65536 bytes"}},
    {"duplicate member",
     NULL,
     NULL,
     "[default]\n" PROCESS("1", ", \"AccessKeyId\": \"b\""),
     NULL,
     {"prints no JSON object"}},
    {"version 2",
     NULL,
     NULL,
     "[default]\n" PROCESS("2", ""),
     NULL,
     {"\"Version\": 1"}},
    {"version as a string",
     NULL,
     NULL,
     "[default]\n" PROCESS("\"1\"", ""),
     NULL,
     {"\"Version\": 1"}},
    {"version as a real",
     NULL,
     NULL,
     "[default]\n" PROCESS("1.0", ""),
     NULL,
     {"\"Version\": 1"}},
    {"no version",
     NULL,
     NULL,
     "[default]\n" PRINT("{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\"}"),
     NULL,
     {"\"Version\": 1"}},
    {"no id",
     NULL,
     NULL,
     "[default]\n" PRINT("{\"Version\":1,\"SecretAccessKey\":\"" SECRET "\"}"),
     NULL,
     {"no string in \"AccessKeyId\""}},
    {"empty secret",
     NULL,
     NULL,
     "[default]\n" PRINT("{\"Version\":1,\"AccessKeyId\":\"a\","
                         "\"SecretAccessKey\":\"\"}"),
     NULL,
     {"no string in \"SecretAccessKey\""}},
    {"token is a number",
     NULL,
     NULL,
     "[default]\n" PROCESS("1", ",\"SessionToken\": 1"),
     NULL,
     {"no string in \"SessionToken\""}},
    {"token with a line end",
     NULL,
     NULL,
     "[default]\n" PROCESS("1", ",\"SessionToken\": \"" SECRET "\\u000a\""),
     NULL,
     {"credential_process of profile default: the session token"}},
    {"expiration is a number",
     NULL,
     NULL,
     "[default]\n" PROCESS("1", ",\"Expiration\": 1"),
     NULL,
     {"no string in \"Expiration\""}},
    {"expiration is no time",
     NULL,
     NULL,
     "[default]\n" PROCESS("1", ",\"Expiration\": \"soon\""),
     NULL,
     {"\"Expiration\" soon is no RFC 3339 time"}},
    {"expired",
     NULL,
     NULL,
     "[default]\n" PROCESS("1", ",\"Expiration\": \"2020-01-01T00:00:00Z\""),
     NULL,
     {"expired at 2020-01-01T00:00:00Z", "renew the session"}},
    {"malformed file",
     NULL,
     "[default]\n" SECRET "\n",
     NULL,
     NULL,
     {"/.aws/credentials: line 2 "}},
};

static void test_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(error_rows); i++) {
        struct aws_credentials credentials;
        struct error error = {.text = ""};

        aws_given(error_rows[i].variables, error_rows[i].credentials,
                  error_rows[i].config);
        if (aws_credentials_load(error_rows[i].profile, NULL, &credentials,
                                 &error))
            fail_msg("%s is taken", error_rows[i].name);
        assert_int_equal(error.status, EXIT_USAGE);
        assert_null(credentials.access_key_id);
        assert_null(credentials.secret_access_key);
        for (size_t j = 0; j < 2 && error_rows[i].text[j] != NULL; j++)
            if (strstr(error.text, error_rows[i].text[j]) == NULL)
                fail_msg("%s: %s", error_rows[i].name, error.text);
        if (strstr(error.text, SECRET) != NULL)
            fail_msg("%s shows a secret: %s", error_rows[i].name, error.text);
    }
}

/* ------------------------------------------------------------- refresh --- */

#define HOUR 3600

/* What the profile's process prints from now on; id NULL: it fails. */
static void process_gives(const char *id, const char *token, int64_t left)
{
    char text[512] = "";
    char date[TIME_TEXT_SIZE];

    time_format((int64_t)time(NULL) + left, date);
    if (id != NULL)
        (void)snprintf(text, sizeof text,
                       "{\"Version\": 1, \"AccessKeyId\": \"%s\", "
                       "\"SecretAccessKey\": \"" SECRET "-%s\", "
                       "\"SessionToken\": \"%s\", \"Expiration\": \"%s\"}",
                       id, id, token, date);
    aws_write("file", text, strlen(text));
}

static const struct {
    const char *name;
    int64_t left;   /* of the old ones; negative: over */
    bool refused;   /* AWS calls them expired */
    bool paused;    /* the last try was just now */
    const char *id; /* of the new ones; NULL: there are none */
    const char *token;
    int64_t new_left;
    bool done;
    const char *after; /* the id after it */
    bool changed;
    bool asked; /* the source was */
} refresh_rows[] = {
    {"far from the end", HOUR, false, false, "new", "t", HOUR, true, "old",
     false, false},
    {"15 minutes before", 14 * 60, false, false, "new", "t", HOUR, true, "new",
     true, true},
    {"and none", 14 * 60, false, false, NULL, NULL, 0, true, "old", false,
     true},
    {"not twice a minute", 14 * 60, false, true, "new", "t", HOUR, true, "old",
     false, false},
    {"10 minutes before", 9 * 60, false, false, "new", "t", HOUR, true, "new",
     true, true},
    {"10 minutes before, none", 9 * 60, false, false, NULL, NULL, 0, true,
     "old", false, true},
    {"10 minutes before, paused", 9 * 60, false, true, "new", "t", HOUR, true,
     "old", false, false},
    {"expired", -1, false, false, "new", "t", HOUR, true, "new", true, true},
    {"expired, paused", -1, false, true, "new", "t", HOUR, true, "new", true,
     true},
    {"expired, none", -1, false, false, NULL, NULL, 0, false, "old", false,
     true},
    {"expired, expired ones", -1, false, false, "new", "t", -1, false, "old",
     false, true},
    {"refused", HOUR, true, false, "new", "t", HOUR, true, "new", true, true},
    {"refused, paused", HOUR, true, true, "new", "t", HOUR, true, "new", true,
     true},
    {"refused, none", HOUR, true, false, NULL, NULL, 0, false, "old", false,
     true},
    {"refused, the same", HOUR, true, false, "old", "t", HOUR, true, "old",
     false, true},
    {"another token only", 60, false, false, "old", "u", HOUR, true, "old",
     true, true},
};

static void load_old(int64_t left, struct aws_credentials *credentials)
{
    struct error error = {.text = ""};

    process_gives("old", "t", HOUR);
    if (!aws_credentials_load(NULL, NULL, credentials, &error))
        fail_msg("%s", error.text);
    credentials->expiration = (int64_t)time(NULL) + left;
}

static void check_refreshed(size_t i, struct aws_credentials *credentials)
{
    const char *secret = credentials->secret_access_key;
    struct error error = {.text = ""};
    bool changed = true;
    bool done = aws_credentials_refresh(NULL, NULL, refresh_rows[i].refused,
                                        credentials, &changed, &error);

    if (done != refresh_rows[i].done || changed != refresh_rows[i].changed ||
        strcmp(credentials->access_key_id, refresh_rows[i].after) != 0)
        fail_msg("%s: %s", refresh_rows[i].name, error.text);
    /* A whole triple, and what is the same stays where a signer points to. */
    assert_string_equal(credentials->secret_access_key + strlen(SECRET "-"),
                        refresh_rows[i].after);
    assert_int_equal(credentials->secret_access_key == secret, !changed);
    assert_non_null(credentials->session_token);
    if (!done && strstr(error.text, "renew the session") == NULL)
        fail_msg("%s: %s", refresh_rows[i].name, error.text);
    assert_null(strstr(error.text, SECRET));
}

static void test_refresh(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refresh_rows); i++) {
        struct aws_credentials credentials;
        char config[512];
        int64_t now = (int64_t)time(NULL);
        int64_t pause = refresh_rows[i].paused ? now + 30 : 0;

        (void)snprintf(config, sizeof config,
                       "[default]\ncredential_process = cat %s\n",
                       aws_path("file"));
        aws_given(NULL, NULL, config);
        load_old(refresh_rows[i].left, &credentials);
        credentials.next_try = pause;
        process_gives(refresh_rows[i].id, refresh_rows[i].token,
                      refresh_rows[i].new_left);
        check_refreshed(i, &credentials);
        assert_int_equal(credentials.next_try != pause, refresh_rows[i].asked);
        assert_true(!refresh_rows[i].asked || credentials.next_try >= now + 60);
        aws_credentials_clear(&credentials);
    }
}

/* Without an end they are never asked for again, unless AWS refuses them. */
static void test_refresh_of_static_keys(void **state)
{
    struct aws_credentials credentials;
    struct error error = {.text = ""};
    bool changed;

    (void)state;
    aws_given(NULL, "[default]\n" KEYS("file"), NULL);
    assert_true(aws_credentials_load(NULL, NULL, &credentials, &error));
    aws_given(NULL, "[default]\n" KEYS("other"), NULL);
    assert_true(aws_credentials_refresh(NULL, NULL, false, &credentials,
                                        &changed, &error));
    assert_false(changed);
    assert_string_equal(credentials.access_key_id, "file");
    assert_true(aws_credentials_refresh(NULL, NULL, true, &credentials,
                                        &changed, &error));
    assert_true(changed);
    assert_string_equal(credentials.access_key_id, "other");
    aws_credentials_clear(&credentials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_refresh_of_static_keys),
    };

    return cmocka_run_group_tests_name("aws_credentials", tests, aws_setup,
                                       aws_teardown);
}
