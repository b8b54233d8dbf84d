/*
 * gcpkms:// keys, which sign in Google Cloud KMS and never leave it.
 *
 * What is sent and what comes back is guarded by CRC-32C, end to end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/sha256.h>

#include "base64.h"
#include "crc32c.h"
#include "gcp_client.h"
#include "gcpkms_uri.h"
#include "key_holder.h"

#define DIGEST_SIZE 32

struct key_gcpkms {
    struct key_holder holder;
    struct gcp_client *gcp;
    char name[GCPKMS_URI_SIZE];
    const char *resource; /* in name, behind the scheme */
    json_t *facts;
    struct public_key public;
};

/* ---------------------------------------------------------- public key --- */

/* RSA_SIGN_PKCS1_2048_SHA256 and its sisters. */
static bool check_algorithm(const struct key_gcpkms *key, const char *algorithm,
                            struct error *error)
{
    static const char *const known[] = {"RSA_SIGN_PKCS1_2048_SHA256",
                                        "RSA_SIGN_PKCS1_3072_SHA256",
                                        "RSA_SIGN_PKCS1_4096_SHA256"};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(algorithm, known[i]) == 0)
            return true;
    return error_set(error, EXIT_REFUSED,
                     "%.450s has the algorithm %.64s, and RS256 needs "
                     "RSA_SIGN_PKCS1_2048_SHA256, _3072_ or _4096_: use "
                     "another key",
                     key->name, algorithm);
}

static bool check_crc(const struct key_gcpkms *key, const json_t *answer,
                      const char *member, const void *data, size_t len,
                      struct error *error)
{
    char what[64];
    int64_t sum;

    if (gcp_integer(answer, member, &sum) && sum == crc32c(data, len))
        return true;
    (void)snprintf(what, sizeof what, "a %s that does not fit", member);
    return gcp_unexpected(key->gcp, what, error);
}

/* Every answer says which key version it is about. */
static bool check_name(const struct key_gcpkms *key, const json_t *answer,
                       struct error *error)
{
    const char *name = gcp_string(key->gcp, answer, "name", error);

    return name != NULL &&
           (strcmp(name, key->resource) == 0 ||
            gcp_unexpected(key->gcp, "the name of another key", error));
}

static bool take_public_key(struct key_gcpkms *key, const json_t *answer,
                            struct error *error)
{
    const char *algorithm = gcp_string(key->gcp, answer, "algorithm", error);
    const char *level =
        json_string_value(json_object_get(answer, "protectionLevel"));
    const char *pem;

    if (algorithm == NULL || !check_name(key, answer, error) ||
        !check_algorithm(key, algorithm, error))
        return false;
    pem = gcp_string(key->gcp, answer, "pem", error);
    if (pem == NULL ||
        !check_crc(key, answer, "pemCrc32c", pem, strlen(pem), error))
        return false;
    key->facts =
        json_pack("{s:s, s:s, s:s}", "uri", key->name, "algorithm", algorithm,
                  "protection level", level != NULL ? level : "not told");
    if (key->facts == NULL)
        return out_of_memory(error);
    return public_key_from_pem(pem, &key->public, error) ||
           error_in(error, key->name);
}

static bool get_key(struct key_gcpkms *key, struct error *error)
{
    json_t *answer =
        gcp_call(key->gcp, key->resource, "/publicKey", NULL, error);
    bool done = answer != NULL && take_public_key(key, answer, error);

    json_decref(answer);
    return done;
}

static bool public_keys(struct key_holder *holder, struct public_key **keys,
                        size_t *count, struct error *error)
{
    return key_holder_one_key(&((struct key_gcpkms *)holder)->public, keys,
                              count, error);
}

static json_t *describe(struct key_holder *holder, struct error *error)
{
    (void)error;
    return json_incref(((struct key_gcpkms *)holder)->facts);
}

/* ---------------------------------------------------------------- sign --- */

static bool take_signature(const struct key_gcpkms *key, const json_t *answer,
                           uint8_t *signature, size_t *signature_len,
                           struct error *error)
{
    const char *text = gcp_string(key->gcp, answer, "signature", error);

    if (text == NULL || !check_name(key, answer, error))
        return false;
    if (!json_is_true(json_object_get(answer, "verifiedDigestCrc32c")))
        return gcp_unexpected(key->gcp, "a digest that it did not verify",
                              error);
    if (!base64_decode(text, strlen(text), signature, PUBLIC_KEY_MAX_BYTES,
                       signature_len) ||
        *signature_len != key->public.bits / 8)
        return gcp_unexpected(
            key->gcp, "a signature that is not as long as the key", error);
    return check_crc(key, answer, "signatureCrc32c", signature, *signature_len,
                     error);
}

static bool sign(struct key_holder *holder, const void *message,
                 size_t message_len, uint8_t *signature, size_t *signature_len,
                 struct error *error)
{
    struct key_gcpkms *key = (struct key_gcpkms *)holder;
    uint8_t digest[DIGEST_SIZE];
    char sum[16];
    json_t *parameters;
    json_t *answer;
    bool done;

    (void)mbedtls_sha256(message, message_len, digest, 0);
    (void)snprintf(sum, sizeof sum, "%lu",
                   (unsigned long)crc32c(digest, sizeof digest));
    parameters =
        json_pack("{s:{s:o}, s:s}", "digest", "sha256",
                  base64_json(digest, sizeof digest), "digestCrc32c", sum);
    if (parameters == NULL)
        return out_of_memory(error);
    answer =
        gcp_call(key->gcp, key->resource, ":asymmetricSign", parameters, error);
    done = answer != NULL &&
           take_signature(key, answer, signature, signature_len, error);
    json_decref(answer);
    json_decref(parameters);
    return done;
}

/* -------------------------------------------------------------- holder --- */

static bool clock_offset(struct key_holder *holder, int64_t *seconds)
{
    return gcp_clock_offset(((struct key_gcpkms *)holder)->gcp, seconds);
}

static void close_gcpkms(struct key_holder *holder)
{
    struct key_gcpkms *key = (struct key_gcpkms *)holder;

    gcp_close(key->gcp);
    json_decref(key->facts);
    free(key);
}

static struct key_holder *open_gcpkms(const char *uri,
                                      const struct key_options *options,
                                      struct error *error)
{
    struct key_gcpkms *key = calloc(1, sizeof *key);

    if (key == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    key->holder.class = &key_gcpkms_class;
    key->holder.name = key->name;
    key->resource = key->name + strlen(GCPKMS_SCHEME);
    if (key_options_check_awskms(options, GCPKMS_SCHEME, error) &&
        gcpkms_uri_parse(uri, key->name, error)) {
        key->gcp = gcp_open(options->verbose, error);
        if (key->gcp != NULL && get_key(key, error))
            return &key->holder;
    }
    close_gcpkms(&key->holder);
    return NULL;
}

const struct key_holder_class key_gcpkms_class = {
    .scheme = GCPKMS_SCHEME,
    .open = open_gcpkms,
    .public_keys = public_keys,
    .sign = sign,
    .describe = describe,
    .clock_offset = clock_offset,
    .close = close_gcpkms,
};
