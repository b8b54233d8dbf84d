/*
 * A key holder: who keeps the private key and signs with it. One file per
 * kind of holder behind this seam, chosen by the key URI's scheme.
 *
 * A new kind is a file with its class and a row in key_holder.c's table.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEY_HOLDER_H
#define KEY_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "error.h"
#include "options.h"
#include "public_key.h"

/* What a command line says about how to reach a key; NULL or zero: not said. */
struct key_options {
    const char *region;
    const char *profile;
    const char *message_type; /* "RAW", "DIGEST" or NULL: by length */
    bool verbose;
};

/* What `key create` is asked for; NULL or zero: not said. */
struct key_request {
    const char *uri;   /* --key, where the URI names the place */
    const char *alias; /* --alias, which makes an awskms: key */
    const char *spec;  /* "RSA_2048", "RSA_3072" or "RSA_4096"; never NULL */
    const char *policy_file;
    const char *description;
    const char *const *tags; /* "K=V" each */
    size_t tag_count;
    struct key_options options;
};

struct key_holder;
struct sign_parallel;
struct diagnosis;

/* The private functions of one kind of holder. */
struct key_holder_class {
    const char *scheme; /* "awskms:", "file:" ... */

    /* Opens uri. On failure fills *error and returns NULL. */
    struct key_holder *(*open)(const char *uri,
                               const struct key_options *options,
                               struct error *error);

    /* The public halves: one, or several for a JWK Set. *keys is an array of
     * *count made with malloc; the caller frees it. */
    bool (*public_keys)(struct key_holder *holder, struct public_key **keys,
                        size_t *count, struct error *error);

    /* RSASSA-PKCS1-v1_5 with SHA-256 over message (the JWS Signing Input).
     * signature has room for PUBLIC_KEY_MAX_BYTES. */
    bool (*sign)(struct key_holder *holder, const void *message,
                 size_t message_len, uint8_t *signature, size_t *signature_len,
                 struct error *error);

    /* Many signatures at once (sign_queue.h); NULL: one after the other. */
    const struct sign_parallel *parallel;

    /* Facts for `key show` (state, ARN ...) as a JSON object of strings,
     * without the spec, kid and thumbprint, which the command adds. */
    json_t *(*describe)(struct key_holder *holder, struct error *error);

    /* What KMS's clock says: whether an answer carried a Date, and how many
     * seconds this machine is behind it (negative: ahead). NULL: no clock. */
    bool (*clock_offset)(struct key_holder *holder, int64_t *seconds);

    void (*close)(struct key_holder *holder);

    /* Makes a new key; never replaces one. *name is what to print, its ARN or
     * URI, made with malloc. NULL: `key create` does not serve this kind. */
    bool (*create)(const struct key_request *request, char **name,
                   struct error *error);

    /* What `doctor` looks at. NULL: what doctor_key() can do by the rest. */
    void (*check)(const char *uri, const struct key_options *options,
                  struct diagnosis *diagnosis);
};

/* What every holder begins with. */
struct key_holder {
    const struct key_holder_class *class;
    const char *name; /* the ARN once known, else the URI; owned by holder */
    bool development; /* the private key lies in a file */
};

/* Opens the holder for a key URI. NULL with *error filled. */
struct key_holder *key_holder_open(const char *uri,
                                   const struct key_options *options,
                                   struct error *error);
void key_holder_close(struct key_holder *holder);

/* `key create`: by the URI's scheme, or awskms: for an alias. */
bool key_holder_create(const struct key_request *request, char **name,
                       struct error *error);

/* `doctor --key`. */
void key_holder_check(const char *uri, const struct key_options *options,
                      struct diagnosis *diagnosis);

/* Two keys with one kid are ambiguous for a device, and it has room for
 * KJWT_MAX_KEYS: EXIT_REFUSED. */
bool key_holder_check_set(const struct public_key *keys, size_t count,
                          struct error *error);

/* public_keys() of a holder with one key. */
bool key_holder_one_key(const struct public_key *key, struct public_key **keys,
                        size_t *count, struct error *error);

/* Options and parts of a request that only awskms: keys have, given for
 * another scheme: EXIT_USAGE. */
bool key_options_check_awskms(const struct key_options *options,
                              const char *scheme, struct error *error);
bool key_request_check_awskms(const struct key_request *request,
                              const char *scheme, struct error *error);

/* The rows of --region, --profile and --verbose in a command's table. */
/* clang-format off */
#define KEY_OPTION_SPECS                                                       \
    {"region", "REGION", "awskms: AWS Region", '\0', false},                   \
    {"profile", "NAME", "awskms: profile of the AWS configuration", '\0',      \
     false},                                                                   \
    {"verbose", NULL, "show how a key is reached", '\0', false}
/* clang-format on */

/* Their values. */
struct key_options key_options_of(const struct options *options);

extern const struct key_holder_class key_file_class;
extern const struct key_holder_class key_awskms_class;
extern const struct key_holder_class key_pkcs11_class;
extern const struct key_holder_class key_hashivault_class;
extern const struct key_holder_class key_gcpkms_class;

#endif
