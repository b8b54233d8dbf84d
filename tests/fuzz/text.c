/*
 * What people type: key URIs, URLs, times, command lines, PIN files, Vault
 * tokens. Each input goes to all of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <unistd.h>

#include "aws_endpoint.h"
#include "aws_error.h"
#include "aws_kms.h"
#include "awskms_uri.h"
#include "gcpkms_uri.h"
#include "hashivault_uri.h"
#include "https_json.h"
#include "https_url.h"
#include "pkcs11_pin.h"
#include "pkcs11_uri.h"
#include "shell_words.h"
#include "signer.h"
#include "time_text.h"
#include "vault_token.h"

static bool has_scheme(const char *text, const char *scheme)
{
    return strncmp(text, scheme, strlen(scheme)) == 0;
}

static void try_awskms(const char *text)
{
    struct awskms_uri uri = {.key = NULL};
    struct error error = {.text = ""};

    if (check_error(awskms_uri_parse(text, &uri, &error), &error))
        must(uri.key != NULL && uri.key[0] != '\0', "an awskms: URI has a key");
    awskms_uri_free(&uri);
}

static void try_gcpkms(const char *text)
{
    char uri[GCPKMS_URI_SIZE];
    char again[GCPKMS_URI_SIZE];
    struct error error = {.text = ""};

    if (check_error(gcpkms_uri_parse(text, uri, &error), &error))
        must(gcpkms_uri_parse(uri, again, &error) && strcmp(uri, again) == 0,
             "a gcpkms: URI is its own normal form");
}

static void try_hashivault(const char *text)
{
    char key[HASHIVAULT_KEY_SIZE];
    struct error error = {.text = ""};
    unsigned long version;

    if (check_error(hashivault_uri_parse(text, key, &version, &error), &error))
        must(key[0] != '\0' && strchr(key, '/') == NULL,
             "a Vault key's name is a path's segment");
}

static void try_pkcs11(const char *text)
{
    struct error error = {.text = ""};
    P11KitUri *uri = pkcs11_uri_parse(text, &error);

    (void)check_error(uri != NULL, &error);
    p11_kit_uri_free(uri);
}

/* A PIN file, and where one is. */
static void try_pin(const char *text)
{
    struct pkcs11_pin pin;
    struct error error = {.text = ""};

    if (check_error(pkcs11_pin_get(fuzz_file(0, text, strlen(text)), "t", &pin,
                                   &error),
                    &error))
        must(pin.len > 0 && pin.len <= PKCS11_PIN_MAX &&
                 memchr(pin.text, '\n', pin.len) == NULL,
             "a PIN is a line");
    pkcs11_pin_clear(&pin);
}

/* What comes of a variable, or of a file, goes into a header whole. */
static void try_header(const char *text)
{
    struct error error = {.text = ""};
    char *header = https_json_header("X: ", text, "a variable", &error);

    if (check_error(header != NULL, &error))
        must(strcmp(header + 3, text) == 0 && strpbrk(text, "\r\n") == NULL,
             "a header is a line");
    https_json_free_header(header);
}

/* The header is the token, whole; a reason does not tell it. */
static void check_vault_token(const char *token, size_t len, bool fits)
{
    static const char name[] = "X-Vault-Token: ";
    struct error error = {.text = ""};
    const char *source = NULL;
    char *header = vault_token_header(&source, &error);

    for (size_t i = 0; i < len; i++)
        fits = fits && token[i] > ' ' && token[i] <= '~';
    must(check_error(header != NULL, &error) == (fits && len > 0),
         "a Vault token is visible ASCII");
    if (header != NULL)
        must(strncmp(header, name, sizeof name - 1) == 0 &&
                 strlen(header) == sizeof name - 1 + len &&
                 memcmp(header + sizeof name - 1, token, len) == 0,
             "a Vault token is sent as it is");
    check_no_secret(&error);
    https_json_free_header(header);
}

/* putenv(): what setenv() copies is never freed. */
static void try_vault_variable(const char *text)
{
    char *variable = NULL;

    if (text[0] == '\0')
        return;
    must(asprintf(&variable, "VAULT_TOKEN=%s", text) > 0 &&
             putenv(variable) == 0,
         "the environment can be changed");
    check_vault_token(text, strlen(text), true);
    must(unsetenv("VAULT_TOKEN") == 0, "the environment can be changed");
    free(variable);
}

/* Where vault login writes it; the first line counts. */
static void try_vault_file(const uint8_t *data, size_t size)
{
    static char path[64];
    const char *file = fuzz_file(1, data, size);
    char *text = fuzz_text(data, size);

    if (path[0] == '\0') {
        (void)snprintf(path, sizeof path, "%s/.vault-token", fuzz_folder());
        must(symlink(file, path) == 0, "a link can be made");
    }
    must(setenv("HOME", fuzz_folder(), 1) == 0,
         "the environment can be changed");
    check_vault_token(text, strcspn(text, "\r\n"),
                      size <= (size_t)8 * 1024);
    free(text);
}

/* A key holder sees what begins with its scheme. */
static void try_uris(const char *text)
{
    struct https_url url = {.base = NULL};
    struct error error = {.text = ""};

    if (has_scheme(text, AWSKMS_SCHEME))
        try_awskms(text);
    if (has_scheme(text, GCPKMS_SCHEME))
        try_gcpkms(text);
    if (has_scheme(text, HASHIVAULT_SCHEME))
        try_hashivault(text);
    if (has_scheme(text, PKCS11_SCHEME))
        try_pkcs11(text);
    if (check_error(https_url_parse(text, "URL", &url, &error), &error))
        must(url.https || url.loopback, "http is for loopback");
    https_url_free(&url);
    (void)aws_host_is_loopback(text);
    (void)aws_kms_is_key_arn(text);
}

static void try_times(const char *text)
{
    char formatted[TIME_TEXT_SIZE];
    char span[DURATION_TEXT_SIZE];
    int64_t seconds = -1;
    int64_t again;

    if (date_parse(text, &seconds)) {
        must(seconds >= 0 && seconds <= TIME_MAX, "a date is in its range");
        time_format(seconds, formatted);
        must(time_parse_rfc3339(formatted, &again) && again == seconds,
             "a date reads back");
    }
    if (duration_parse(text, &seconds)) {
        must(seconds >= 0 && seconds <= TIME_MAX, "a duration is in its range");
        duration_format(seconds, span);
    }
}

static void try_words(const char *text)
{
    const char *reason = NULL;
    char **words = shell_words(text, &reason);
    size_t total = 0;

    must((words == NULL) == (reason != NULL), "no words have a reason");
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        total += strlen(words[i]);
    must(total <= strlen(text), "words do not grow");
    free(words);
}

static void try_cleaning(const char *text, size_t len)
{
    char clean[16];
    char *copy = fuzz_copy(text, len + 1);

    aws_error_clean(text, len, clean, sizeof clean);
    for (size_t i = 0; clean[i] != '\0'; i++)
        must(clean[i] >= ' ' && clean[i] <= '~', "clean is printable ASCII");
    error_clean(copy);
    must(strlen(copy) <= strlen(text), "cleaning does not grow");
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);

    fuzz_clear_environment();
    try_uris(text);
    try_times(text);
    try_words(text);
    try_pin(text);
    try_header(text);
    try_vault_variable(text);
    try_vault_file(data, size);
    try_cleaning(text, size);
    free(text);
    return 0;
}
