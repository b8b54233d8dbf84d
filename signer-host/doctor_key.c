/*
 * Looking at a key through the seam that all kinds share.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "doctor_key.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/pk.h>
#include <mbedtls/sha256.h>

/* No JWS Signing Input: whoever sees the signature has no token. */
static const char probe[] = "signer-host doctor";

static bool verifies(const struct public_key *key, const uint8_t *signature,
                     size_t len)
{
    mbedtls_pk_context pk;
    uint8_t digest[32];
    bool done;

    mbedtls_pk_init(&pk);
    done = mbedtls_sha256((const uint8_t *)probe, sizeof probe - 1, digest,
                          0) == 0 &&
           mbedtls_pk_parse_public_key(&pk, key->spki, key->spki_len) == 0 &&
           mbedtls_pk_verify(&pk, MBEDTLS_MD_SHA256, digest, sizeof digest,
                             signature, len) == 0;
    mbedtls_pk_free(&pk);
    return done;
}

static void try_sign(struct key_holder *holder, const struct public_key *key,
                     struct diagnosis *diagnosis)
{
    uint8_t signature[PUBLIC_KEY_MAX_BYTES];
    size_t len;
    struct error error;

    if (!holder->class->sign(holder, probe, sizeof probe - 1, signature, &len,
                             &error)) {
        diagnosis_fail(diagnosis, "sign", &error);
    } else if (!verifies(key, signature, len)) {
        (void)error_set(&error, EXIT_REFUSED,
                        "the signature is not the public key's: the holder "
                        "signs with another one");
        diagnosis_fail(diagnosis, "sign", &error);
    } else {
        diagnosis_ok(diagnosis, "sign",
                     "a text that is no token was signed, and verified");
    }
}

static void look_at_keys(struct key_holder *holder, bool may_sign,
                         struct diagnosis *diagnosis)
{
    struct public_key *keys = NULL;
    size_t count;
    struct error error;

    if (!holder->class->public_keys(holder, &keys, &count, &error)) {
        diagnosis_fail(diagnosis, "public key", &error);
        return;
    }
    for (size_t i = 0; i < count; i++)
        diagnosis_ok(diagnosis, "public key", "RSA_%" PRIu32 ", kid %s",
                     keys[i].bits, keys[i].kid);
    if (may_sign)
        try_sign(holder, &keys[0], diagnosis);
    free(keys);
}

/* False: it is said to be a public half only. */
static bool look_at_facts(struct key_holder *holder,
                          struct diagnosis *diagnosis)
{
    struct error error;
    json_t *facts = holder->class->describe(holder, &error);
    const char *state = json_string_value(json_object_get(facts, "state"));
    bool may_sign = state == NULL || strcmp(state, "public key") != 0;

    if (facts == NULL) {
        diagnosis_fail(diagnosis, "key", &error);
    } else if (holder->development) {
        diagnosis_warn(diagnosis, "key",
                       "%s is a development key: its private half lies in a "
                       "file",
                       holder->name);
        diagnosis_next(diagnosis, "for production: key create --alias NAME");
    } else {
        diagnosis_ok(diagnosis, "key", "%s%s%s%s", holder->name,
                     state != NULL ? ", " : "", state != NULL ? state : "",
                     may_sign ? "" : ": it verifies, and cannot mint");
    }
    json_decref(facts);
    return may_sign;
}

bool doctor_key(const char *uri, const struct key_options *options,
                struct diagnosis *diagnosis)
{
    struct error error;
    struct key_holder *holder = key_holder_open(uri, options, &error);
    bool development;

    if (holder == NULL) {
        diagnosis_fail(diagnosis, "key", &error);
        return false;
    }
    development = holder->development;
    look_at_keys(holder, look_at_facts(holder, diagnosis), diagnosis);
    key_holder_close(holder);
    return development;
}
