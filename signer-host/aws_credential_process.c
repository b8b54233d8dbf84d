/*
 * Running a credential_process and reading what it prints:
 *
 *   {"Version": 1, "AccessKeyId": "...", "SecretAccessKey": "...",
 *    "SessionToken": "...", "Expiration": "2027-01-15T08:00:00Z"}
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_credential_process.h"

#include <stdlib.h>

#include <jansson.h>
#include <mbedtls/platform_util.h>

#include "aws_credential_json.h"
#include "shell_words.h"
#include "subprocess.h"

#define TIMEOUT_MS      (60 * 1000)
#define MAX_OUTPUT_SIZE ((size_t)64 * 1024)

static bool check_version(const json_t *object, struct error *error)
{
    const json_t *version = json_object_get(object, "Version");

    return (json_is_integer(version) && json_integer_value(version) == 1) ||
           error_set(error, EXIT_USAGE,
                     "its JSON has no \"Version\": 1, the only one that is "
                     "understood");
}

static bool read_object(const json_t *object,
                        struct aws_credentials *credentials,
                        struct error *error)
{
    return check_version(object, error) &&
           aws_credential_json(object, "SessionToken", credentials, error) &&
           aws_credential_check_expiration(credentials, error);
}

static bool read_output(const struct subprocess_output *output,
                        struct aws_credentials *credentials,
                        struct error *error)
{
    json_error_t reason;
    json_t *json =
        json_loadb(output->data, output->len, JSON_REJECT_DUPLICATES, &reason);
    bool done;

    /* jansson's reason quotes the text, which may be the secret. */
    if (!json_is_object(json))
        done = error_set(error, EXIT_USAGE,
                         "it prints no JSON object: try it by hand");
    else
        done = read_object(json, credentials, error);
    json_decref(json);
    return done;
}

static bool run(char *const *argv, struct aws_credentials *credentials,
                struct error *error)
{
    struct subprocess_output output = {.size = MAX_OUTPUT_SIZE};
    bool done;

    output.data = malloc(output.size);
    if (output.data == NULL)
        return out_of_memory(error);
    done = subprocess_run(argv, TIMEOUT_MS, &output, error) &&
           read_output(&output, credentials, error);
    mbedtls_platform_zeroize(output.data, output.len);
    free(output.data);
    return done;
}

bool aws_credential_process(const char *command,
                            struct aws_credentials *credentials,
                            struct error *error)
{
    const char *reason;
    char **argv = shell_words(command, &reason);
    bool done;

    if (argv == NULL)
        return error_set(error, EXIT_USAGE, "the command line %s", reason);
    done = argv[0] != NULL
               ? run(argv, credentials, error)
               : error_set(error, EXIT_USAGE, "the command line has no words");
    free(argv);
    return done;
}
