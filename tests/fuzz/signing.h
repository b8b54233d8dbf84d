/*
 * Tokens signed with a key of the test run, whatever header and claims are.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SIGNING_H
#define SIGNING_H

#include "fuzz.h"
#include "kjwt.h"
#include "public_key.h"

/* The public half of rsa2048.pem; a second one under another name. */
struct kjwt_key signing_key(void);
struct kjwt_key signing_other_key(void);

/* One of the two as signer-host has it. */
const struct public_key *signing_public(bool other);

/* The public half as PEM. */
const char *signing_public_pem(void);

/* A token, made with malloc. The same, signed by the second key. */
char *signing_token(const struct fuzz_input *header,
                    const struct fuzz_input *claims, size_t *len);
char *signing_other_token(const struct fuzz_input *header,
                          const struct fuzz_input *claims, size_t *len);

/* base64url of a public half's modulus. */
#define SIGNING_MODULUS_LENGTH 342
void signing_modulus(bool other, char text[SIGNING_MODULUS_LENGTH + 1]);

/* The text with moduli in the place of @R and @O, made with malloc. */
struct fuzz_input signing_fill_in(const struct fuzz_input *text);

/* RSASSA-PKCS1-v1_5 with SHA-256. */
void signing_sign(bool other, const void *message, size_t len,
                  uint8_t signature[256]);

/* RSASP1 of a block as long as the modulus. */
void signing_block(const uint8_t *block, uint8_t *signature);

#endif
