/*
 * What AWS and a credential_process answer: errors, credentials as JSON, and
 * STS's XML. Each input goes to all of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_credential_json.h"
#include "aws_error.h"
#include "aws_sts.h"
#include "signer.h"

static void check_clean(const char *text)
{
    for (; *text != '\0'; text++)
        must(*text >= ' ' && *text <= '~', "an error is printable ASCII");
}

static void try_error(const char *body, size_t len, const char *header)
{
    struct aws_error read;

    memset(&read, 0xff, sizeof read);
    aws_error_read(body, len, header, header, &read);
    check_clean(read.name);
    check_clean(read.message);
    check_clean(read.request_id);
    (void)aws_error_advice(read.name);
}

static void check_credentials(bool done, struct aws_credentials *credentials,
                              const struct error *error)
{
    if (check_error(done, error))
        must(credentials->access_key_id != NULL &&
                 credentials->access_key_id[0] != '\0' &&
                 credentials->secret_access_key != NULL &&
                 credentials->secret_access_key[0] != '\0',
             "credentials have an id and a secret");
    else if (strstr(error->text, "Expiration") == NULL)
        check_no_secret(error); /* an expiration is shown, whatever it is */
    aws_credentials_clear(credentials);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const token_names[] = {"Token", "SessionToken"};
    char *text = fuzz_copy(data, size);
    char *header = fuzz_text(data, size);
    struct aws_credentials credentials;
    struct error error = {.text = ""};

    try_error(text, size, NULL);
    try_error(text, size, header);
    for (size_t i = 0; i < 2; i++) {
        memset(&credentials, 0, sizeof credentials);
        check_credentials(aws_credential_json_text(text, size, token_names[i],
                                                   &credentials, &error),
                          &credentials, &error);
    }
    memset(&credentials, 0, sizeof credentials);
    check_credentials(aws_sts_parse(text, size, &credentials, &error),
                      &credentials, &error);
    free(text);
    free(header);
    return 0;
}
