/*
 * Getting a token's PIN.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "pkcs11_pin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <bsd/readpassphrase.h>
#include <mbedtls/platform_util.h>

#include "input.h"

/* ---------------------------------------------------------------- file --- */

/* The path of a pin-source. RFC 7512 2.4: a "file" URI or a path; a program
 * ("|/usr/bin/pin") is not run. */
static bool get_path(const char *source, const char **path, struct error *error)
{
    *path = source;
    if (strncmp(source, "file:", 5) == 0)
        *path += 5;
    if (strncmp(*path, "///", 3) == 0)
        *path += 2;
    if (**path != '\0' && **path != '|' && strncmp(*path, "//", 2) != 0 &&
        (*path != source || **path == '/'))
        return true;
    return error_set(error, EXIT_USAGE,
                     "pin-source=%.128s names no file: write "
                     "pin-source=file:PATH",
                     source);
}

static void warn_of_readers(const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0 && (status.st_mode & 077) != 0)
        (void)fprintf(stderr,
                      "signer-host: warning: others may read the PIN file %s: "
                      "chmod 600 it\n",
                      path);
}

/* An editor ends the line. */
static size_t length_of(const struct input *input)
{
    size_t len = input->len;

    if (len > 0 && input->data[len - 1] == '\n')
        len--;
    if (len > 0 && input->data[len - 1] == '\r')
        len--;
    return len;
}

static bool take(const char *path, const struct input *input,
                 struct pkcs11_pin *pin, struct error *error)
{
    size_t len = length_of(input);

    if (len == 0 || len > PKCS11_PIN_MAX || strcspn(input->data, "\r\n") != len)
        return error_set(error, EXIT_USAGE,
                         "the PIN file %.256s must hold one line, the PIN of 1 "
                         "to %d characters",
                         path, PKCS11_PIN_MAX);
    memcpy(pin->text, input->data, len);
    pin->len = len;
    return true;
}

static bool read_file(const char *source, struct pkcs11_pin *pin,
                      struct error *error)
{
    struct input input;
    const char *path;
    bool done;

    if (!get_path(source, &path, error))
        return false;
    if (!input_read_all(path, PKCS11_PIN_MAX + 2, &input, error))
        return error_in(error, "pin-source");
    warn_of_readers(path);
    done = take(path, &input, pin, error);
    input_free(&input);
    return done;
}

/* ------------------------------------------------------------ terminal --- */

/* readpassphrase() switches the echo off, and on again before a signal that
 * comes meanwhile takes its course. */
static bool ask(const char *token, struct pkcs11_pin *pin, struct error *error)
{
    char prompt[64];

    (void)snprintf(prompt, sizeof prompt, "PIN of token %s: ", token);
    errno = 0;
    if (readpassphrase(prompt, pin->text, sizeof pin->text,
                       RPP_REQUIRE_TTY | RPP_ECHO_OFF) == NULL)
        return error_set(error, EXIT_USAGE,
                         "the PIN of token %s cannot be asked for: %s: give it "
                         "by pin-source=file:PATH in the key URI",
                         token,
                         errno == ENOTTY || errno == ENXIO
                             ? "there is no terminal"
                             : strerror(errno));
    pin->len = strlen(pin->text);
    if (pin->len > 0 && pin->len < PKCS11_PIN_MAX)
        return true;
    return error_set(error, EXIT_USAGE,
                     pin->len == 0 ? "no PIN was typed: nothing was tried"
                                   : "the PIN that was typed is too long");
}

bool pkcs11_pin_get(const char *source, const char *token,
                    struct pkcs11_pin *pin, struct error *error)
{
    bool done =
        source != NULL ? read_file(source, pin, error) : ask(token, pin, error);

    if (!done)
        pkcs11_pin_clear(pin);
    return done;
}

void pkcs11_pin_clear(struct pkcs11_pin *pin)
{
    mbedtls_platform_zeroize(pin, sizeof *pin);
}
