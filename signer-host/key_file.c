/*
 * file: keys. A PEM private key signs, for development; a PEM or DER public
 * key, a JWK and a JWK Set only verify.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>

#include "doctor_key.h"
#include "input.h"
#include "key_holder.h"
#include "output.h"
#include "rsa_private.h"

#define SCHEME "file:"

/* Eight JWKs with certificate chains stay far below. */
#define MAX_FILE_SIZE ((size_t)64 * 1024)

struct key_file {
    struct key_holder holder;
    char *uri;
    struct public_key keys[KJWT_MAX_KEYS];
    size_t key_count;
    mbedtls_pk_context pk; /* set where holder.development */
};

/* ----------------------------------------------------------------- URI --- */

static bool get_path(const char *uri, const char **path, struct error *error)
{
    *path = uri + strlen(SCHEME);
    if (**path == '\0')
        return error_set(error, EXIT_USAGE,
                         "the key URI %s names no file: write file:PATH", uri);
    if (strncmp(*path, "//", 2) == 0 && (*path)[2] != '/')
        return error_set(error, EXIT_USAGE,
                         "the key URI %s names a host: write file:PATH or "
                         "file:///ABSOLUTE/PATH",
                         uri);
    return true;
}

/* ------------------------------------------------------------- content --- */

static void warn_of_readers(const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0 && (status.st_mode & 077) != 0)
        (void)fprintf(stderr,
                      "signer-host: warning: others may read the private key "
                      "%s: chmod 600 it\n",
                      path);
}

static bool load_private(struct key_file *file, const char *path,
                         const char *pem, struct error *error)
{
    if (!rsa_private_from_pem(pem, &file->pk, &file->keys[0], error))
        return false;
    file->key_count = 1;
    file->holder.development = true;
    (void)fprintf(stderr,
                  "signer-host: warning: development key %s: its private half "
                  "lies in a file; production keys belong in KMS\n",
                  path);
    warn_of_readers(path);
    return true;
}

static bool load_set(struct key_file *file, const json_t *keys,
                     struct error *error)
{
    size_t count = json_array_size(keys);
    char where[32];

    if (count == 0)
        return error_set(error, EXIT_REFUSED, "the JWK Set has no keys");
    if (count > KJWT_MAX_KEYS)
        return error_set(error, EXIT_REFUSED,
                         "%zu keys: a device takes %d at most", count,
                         KJWT_MAX_KEYS);
    for (size_t i = 0; i < count; i++)
        if (!public_key_from_jwk(json_array_get(keys, i), &file->keys[i],
                                 error)) {
            (void)snprintf(where, sizeof where, "keys[%zu]", i);
            return error_in(error, where);
        }
    file->key_count = count;
    return key_holder_check_set(file->keys, count, error);
}

static bool load_json(struct key_file *file, const struct input *input,
                      struct error *error)
{
    json_error_t reason;
    json_t *json =
        json_loadb(input->data, input->len, JSON_REJECT_DUPLICATES, &reason);
    const json_t *keys = json_object_get(json, "keys");
    bool done;

    if (json == NULL)
        return error_set(error, EXIT_REFUSED, "no JWK: line %d: %s",
                         reason.line, reason.text);
    if (keys != NULL) {
        done = load_set(file, keys, error);
    } else {
        done = public_key_from_jwk(json, &file->keys[0], error);
        file->key_count = 1;
    }
    json_decref(json);
    return done;
}

static bool load(struct key_file *file, const char *path,
                 const struct input *input, struct error *error)
{
    const char *text = input->data;
    char first = text[strspn(text, " \t\r\n")];

    if (input->len == 0)
        return error_set(error, EXIT_USAGE, "the file is empty");
    if (strstr(text, "PRIVATE KEY-----") != NULL)
        return load_private(file, path, text, error);
    file->key_count = 1;
    if (strstr(text, "-----BEGIN ") != NULL)
        return public_key_from_pem(text, &file->keys[0], error);
    if (first == '{')
        return load_json(file, input, error);
    /* A DER SEQUENCE. */
    if (first == 0x30)
        return public_key_from_der((const uint8_t *)text, input->len,
                                   &file->keys[0], error);
    return error_set(error, EXIT_USAGE,
                     "the file is no key: a PEM private or public key, a JWK "
                     "or a JWK Set is expected");
}

/* -------------------------------------------------------------- holder --- */

static void close_file(struct key_holder *holder)
{
    struct key_file *file = (struct key_file *)holder;

    mbedtls_pk_free(&file->pk);
    free(file->uri);
    free(file);
}

static struct key_file *new_file(const char *uri)
{
    struct key_file *file = calloc(1, sizeof *file);

    if (file == NULL)
        return NULL;
    mbedtls_pk_init(&file->pk);
    file->holder.class = &key_file_class;
    file->uri = strdup(uri);
    file->holder.name = file->uri;
    if (file->uri != NULL)
        return file;
    close_file(&file->holder);
    return NULL;
}

static struct key_holder *open_file(const char *uri,
                                    const struct key_options *options,
                                    struct error *error)
{
    struct key_file *file = NULL;
    struct input input;
    const char *path;

    if (!get_path(uri, &path, error) ||
        !key_options_check_awskms(options, SCHEME, error) ||
        !input_read_all(path, MAX_FILE_SIZE, &input, error))
        return NULL;
    file = new_file(uri);
    if (file == NULL) {
        (void)out_of_memory(error);
    } else if (!load(file, path, &input, error)) {
        (void)error_in(error, uri);
        close_file(&file->holder);
        file = NULL;
    }
    input_free(&input);
    return file == NULL ? NULL : &file->holder;
}

static bool public_keys(struct key_holder *holder, struct public_key **keys,
                        size_t *count, struct error *error)
{
    const struct key_file *file = (const struct key_file *)holder;

    *keys = malloc(file->key_count * sizeof **keys);
    if (*keys == NULL)
        return out_of_memory(error);
    memcpy(*keys, file->keys, file->key_count * sizeof **keys);
    *count = file->key_count;
    return true;
}

static bool sign(struct key_holder *holder, const void *message,
                 size_t message_len, uint8_t *signature, size_t *signature_len,
                 struct error *error)
{
    struct key_file *file = (struct key_file *)holder;

    if (!holder->development)
        return error_set(error, EXIT_REFUSED,
                         "%s is a public key, which verifies but cannot sign: "
                         "give --key a PEM private key",
                         holder->name);
    return rsa_private_sign(&file->pk, message, message_len, signature,
                            signature_len, error);
}

static json_t *describe(struct key_holder *holder, struct error *error)
{
    json_t *facts =
        json_pack("{s:s, s:s}", "uri", holder->name, "state",
                  holder->development ? "development key" : "public key");

    if (facts == NULL)
        (void)error_set(error, EXIT_USAGE,
                        "%s: the name is not valid UTF-8: rename the file",
                        holder->name);
    return facts;
}

/* -------------------------------------------------------------- create --- */

/* Making a key takes a while: what will not be written is told before. */
static bool check_absent(const char *path, struct error *error)
{
    struct stat status;

    return lstat(path, &status) != 0 ||
           error_set(error, EXIT_USAGE,
                     "%s exists already and is not overwritten: choose "
                     "another path",
                     path);
}

static bool create(const struct key_request *request, char **name,
                   struct error *error)
{
    /* check_spec() of the command left "RSA_" and the bits. */
    unsigned bits = (unsigned)strtoul(request->spec + 4, NULL, 10);
    char pem[RSA_PRIVATE_MAX_PEM];
    const char *path;
    bool done;

    if (!get_path(request->uri, &path, error) ||
        !key_request_check_awskms(request, SCHEME, error) ||
        !check_absent(path, error))
        return false;
    done = rsa_private_generate(bits, pem, error) &&
           output_new_file(path, pem, strlen(pem), OUTPUT_SECRET, error);
    mbedtls_platform_zeroize(pem, sizeof pem);
    if (!done)
        return false;
    *name = strdup(request->uri);
    return *name != NULL || out_of_memory(error);
}

static void check(const char *uri, const struct key_options *options,
                  struct diagnosis *diagnosis)
{
    struct stat status;
    struct error error;
    const char *path;

    if (!doctor_key(uri, options, diagnosis) || !get_path(uri, &path, &error) ||
        stat(path, &status) != 0)
        return;
    if ((status.st_mode & 077) == 0) {
        diagnosis_ok(diagnosis, "file", "%s is its owner's only", path);
        return;
    }
    diagnosis_warn(diagnosis, "file", "others may read the private key %s",
                   path);
    diagnosis_next(diagnosis, "chmod 600 it");
}

const struct key_holder_class key_file_class = {
    .scheme = SCHEME,
    .open = open_file,
    .public_keys = public_keys,
    .sign = sign,
    .describe = describe,
    .close = close_file,
    .create = create,
    .check = check,
};
