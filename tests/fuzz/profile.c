/*
 * AWS's shared credentials and config files, with a form feed in between, and
 * what endpoint and credentials come of them. No program is run and no server
 * asked: credential_process and HTTP answer with the credentials file's text.
 * Behind another form feed: the answers, a vertical tab in between, of the
 * services that give credentials to containers and to EC2 instances.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "aws_credential_http.h"
#include "aws_credentials.h"
#include "aws_endpoint.h"
#include "aws_profile.h"
#include "signer.h"
#include "subprocess.h"

static struct fuzz_input answer;
static struct fuzz_input services;

bool __wrap_subprocess_run(char *const *argv, int64_t timeout_ms,
                           struct subprocess_output *output,
                           struct error *error);
bool __wrap_aws_credential_http(const struct aws_credential_request *request,
                                struct aws_credential_answer *reply,
                                struct error *error);

bool __wrap_subprocess_run(char *const *argv, int64_t timeout_ms,
                           struct subprocess_output *output,
                           struct error *error)
{
    (void)argv;
    (void)timeout_ms;
    if (answer.len > output->size)
        return error_set(error, EXIT_USAGE, "too much");
    if (answer.len > 0)
        memcpy(output->data, answer.bytes, answer.len);
    output->len = answer.len;
    return true;
}

bool __wrap_aws_credential_http(const struct aws_credential_request *request,
                                struct aws_credential_answer *reply,
                                struct error *error)
{
    const struct fuzz_input body =
        services.len > 0 ? fuzz_part(&services, "\v") : answer;

    (void)request;
    (void)error;
    reply->status = 200;
    reply->body = fuzz_text(body.bytes, body.len);
    reply->len = body.len;
    return true;
}

static void try_profile(const char *name)
{
    struct aws_profile profile;
    struct error error = {.text = ""};
    char text[AWS_PROFILE_TEXT_SIZE];
    const char *value = NULL;

    if (check_error(aws_profile_load(name, &profile, &error), &error)) {
        must(name == NULL || aws_profile_exists(&profile),
             "a profile that was named exists");
        aws_profile_describe(&profile, text);
        (void)aws_profile_get(&profile, "region");
        (void)aws_profile_find(&profile, "sso_");
        (void)check_error(aws_profile_get_service(&profile, "kms",
                                                  "endpoint_url", &value,
                                                  &error),
                          &error);
        aws_profile_clear(&profile);
    } else {
        check_no_secret(&error);
    }
}

static void try_setup(const char *name)
{
    const struct aws_location location = {.profile = name,
                                          .region_option = "eu-central-1"};
    struct aws_endpoint endpoint = {.url = NULL};
    struct aws_credentials credentials;
    struct error error = {.text = ""};

    if (check_error(aws_endpoint_find(&location, &endpoint, &error), &error))
        must(strncmp(endpoint.url, "https://", 8) == 0 || endpoint.loopback,
             "http is for loopback");
    aws_endpoint_clear(&endpoint);
    if (check_error(aws_credentials_load(name, "eu-central-1", &credentials,
                                         &error),
                    &error)) {
        must(credentials.access_key_id[0] != '\0' &&
                 credentials.secret_access_key[0] != '\0',
             "credentials have an id and a secret");
        aws_credentials_clear(&credentials);
    }
}

static void try_services(const struct fuzz_input *answers)
{
    if (answers->len == 0)
        return;
    (void)setenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/role", 1);
    services = *answers;
    try_setup(NULL);
    (void)unsetenv("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    (void)unsetenv("AWS_EC2_METADATA_DISABLED");
    services = *answers;
    try_setup(NULL);
    services.len = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct fuzz_input shared = fuzz_part(&input, "\f");
    struct fuzz_input config = fuzz_part(&input, "\f");

    fuzz_clear_environment();
    (void)setenv("AWS_SHARED_CREDENTIALS_FILE",
                 fuzz_file(0, shared.bytes, shared.len), 1);
    (void)setenv("AWS_CONFIG_FILE", fuzz_file(1, config.bytes, config.len), 1);
    (void)setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
    answer = shared;
    try_profile(NULL);
    try_profile("bench");
    try_setup(NULL);
    try_setup("bench");
    try_services(&input);
    return 0;
}
