/*
 * A JWS in Compact Serialization (RFC 7515 7.1), signed by a key holder.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "key_holder.h"
#include "kjwt.h"
#include "members.h"

/* Refuses claims whose exp is not after now, iat and nbf: no key is asked to
 * sign what is never valid. */
bool token_check_exp(const struct members *claims, int64_t now,
                     struct error *error);

/* The JWS Signing Input (RFC 7515 2), made with malloc. */
bool token_signing_input(const struct members *header,
                         const struct members *claims, char **signing_input,
                         struct error *error);

/* The signing input with its signature, made with malloc. */
bool token_assemble(const char *signing_input, const uint8_t *signature,
                    size_t signature_len, char **token, struct error *error);

/* Both, with the holder's signature in between. */
bool token_sign(struct key_holder *holder, const struct members *header,
                const struct members *claims, char **token,
                struct error *error);

/* kjwt_verify_const() with work memory of its own. On KJWT_OK, claims point
 * into scratch. */
kjwt_status token_verify(const struct kjwt_policy *policy, const char *token,
                         size_t len, int64_t now,
                         char scratch[KJWT_MAX_TOKEN_LENGTH],
                         struct kjwt_claims *claims);

/* A certificate that comes with a token, and the keys that sign it. */
struct token_certificate {
    const char *text;
    size_t len;
    const struct kjwt_key *keys;
    size_t key_count;
};

/* kjwt_verify_delegated() in the same way, with the certificate's keys instead
 * of the policy's. *of_certificate: the status is about the certificate. */
kjwt_status token_verify_delegated(const struct kjwt_policy *policy,
                                   const struct token_certificate *certificate,
                                   const char *token, size_t len, int64_t now,
                                   char scratch[KJWT_MAX_TOKEN_LENGTH],
                                   struct kjwt_claims *claims,
                                   bool *of_certificate);

/* Refuses a token that a device would refuse from its first second on: the
 * verifier's own verdict with the default limits, at max(iat, nbf), for the
 * token's own typ, iss, sub and aud. */
bool token_check(const struct public_key *key, const struct members *header,
                 const struct members *claims, const char *token,
                 struct error *error);

/* The same for a token that comes with a certificate. */
bool token_check_delegated(const struct token_certificate *certificate,
                           const struct members *header,
                           const struct members *claims, const char *token,
                           struct error *error);

#endif
