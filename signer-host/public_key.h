/*
 * An RSA public key in every form that the commands need, made from any form
 * that a key holder has. Plain data: it may be copied.
 *
 * A key that a device would not take is refused here and nowhere else: exactly
 * 2048, 3072 or 4096 bits, an odd modulus, e = 65537 (EXIT_REFUSED).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PUBLIC_KEY_H
#define PUBLIC_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "error.h"
#include "kjwt.h"

#define PUBLIC_KEY_MAX_BITS  4096
#define PUBLIC_KEY_MAX_BYTES (PUBLIC_KEY_MAX_BITS / 8)
#define PUBLIC_KEY_MAX_WORDS (PUBLIC_KEY_MAX_BITS / 32)
/* The SubjectPublicKeyInfo of a 4096-bit key with e = 65537. */
#define PUBLIC_KEY_MAX_SPKI 550
#define PUBLIC_KEY_MAX_KID  255
/* base64url of SHA-256, and the NUL. */
#define PUBLIC_KEY_THUMBPRINT_SIZE 44

struct public_key {
    uint32_t bits;
    uint8_t modulus[PUBLIC_KEY_MAX_BYTES]; /* big-endian, bits / 8 bytes */
    uint8_t spki[PUBLIC_KEY_MAX_SPKI];     /* DER SubjectPublicKeyInfo */
    size_t spki_len;
    /* As struct kjwt_key has them: least significant word first. */
    _Alignas(8) uint32_t n[PUBLIC_KEY_MAX_WORDS];
    _Alignas(8) uint32_t target[PUBLIC_KEY_MAX_WORDS];
    uint32_t n0inv[2];
    char thumbprint[PUBLIC_KEY_THUMBPRINT_SIZE]; /* RFC 7638 */
    char kid[PUBLIC_KEY_MAX_KID + 1];            /* the thumbprint unless set */
};

/* Big-endian integers; leading zero bytes do not count. */
bool public_key_from_modulus(const uint8_t *modulus, size_t modulus_len,
                             const uint8_t *exponent, size_t exponent_len,
                             struct public_key *key, struct error *error);

/* A SubjectPublicKeyInfo (RFC 5280) or an RSAPublicKey (RFC 8017 A.1.1), DER
 * and nothing behind it. */
bool public_key_from_der(const uint8_t *der, size_t len, struct public_key *key,
                         struct error *error);

/* One PEM block, PUBLIC KEY or RSA PUBLIC KEY. NUL-terminated. */
bool public_key_from_pem(const char *pem, struct public_key *key,
                         struct error *error);

/* A JWK (RFC 7517) that may verify RS256; its `kid`, if any, is kept. */
bool public_key_from_jwk(const json_t *jwk, struct public_key *key,
                         struct error *error);

/* Replaces the kid: UTF-8, 1 to PUBLIC_KEY_MAX_KID bytes, else EXIT_USAGE. */
bool public_key_set_kid(struct public_key *key, const char *kid,
                        struct error *error);

/* The members kty, n, e, alg, use and kid. NULL when memory is short. */
json_t *public_key_to_jwk(const struct public_key *key);

/* The key as kjwt_verify() takes it. It points into *key. */
struct kjwt_key public_key_view(const struct public_key *key);

#endif
