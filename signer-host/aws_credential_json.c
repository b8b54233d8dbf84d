/*
 * Reading credentials in JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_credential_json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "time_text.h"

static bool get_string(const json_t *object, const char *name, bool required,
                       char **copy, struct error *error)
{
    const json_t *value = json_object_get(object, name);
    const char *text = json_string_value(value);

    *copy = NULL;
    if (!required && (value == NULL || json_is_null(value)))
        return true;
    if (text == NULL || *text == '\0')
        return error_set(error, EXIT_USAGE, "its JSON has no string in \"%s\"",
                         name);
    *copy = strdup(text);
    return *copy != NULL || out_of_memory(error);
}

static bool get_expiration(const json_t *object, int64_t *expiration,
                           struct error *error)
{
    char *text = NULL;
    bool done;

    if (!get_string(object, "Expiration", false, &text, error))
        return false;
    done =
        text == NULL || time_parse_rfc3339(text, expiration) ||
        error_set(error, EXIT_USAGE,
                  "its JSON's \"Expiration\" %.64s is no RFC 3339 time", text);
    free(text);
    return done;
}

bool aws_credential_json(const json_t *object, const char *token_name,
                         struct aws_credentials *credentials,
                         struct error *error)
{
    return get_string(object, "AccessKeyId", true, &credentials->access_key_id,
                      error) &&
           get_string(object, "SecretAccessKey", true,
                      &credentials->secret_access_key, error) &&
           get_string(object, token_name, strcmp(token_name, "Token") == 0,
                      &credentials->session_token, error) &&
           get_expiration(object, &credentials->expiration, error);
}

bool aws_credential_json_text(const char *text, size_t len,
                              const char *token_name,
                              struct aws_credentials *credentials,
                              struct error *error)
{
    json_error_t reason;
    json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &reason);
    bool done;

    /* jansson's reason quotes the text, which may be the secret. */
    if (!json_is_object(json))
        done = error_set(error, EXIT_USAGE, "its answer is no JSON object");
    else
        done = aws_credential_json(json, token_name, credentials, error);
    json_decref(json);
    return done;
}

bool aws_credential_check_expiration(const struct aws_credentials *credentials,
                                     struct error *error)
{
    char text[TIME_TEXT_SIZE];

    if (credentials->expiration == 0 ||
        credentials->expiration > (int64_t)time(NULL))
        return true;
    time_format(credentials->expiration, text);
    return error_set(error, EXIT_USAGE,
                     "its credentials expired at %s: renew the session (for "
                     "AWS SSO: `aws sso login`)",
                     text);
}
