/*
 * What the unit tests share: vectors, keys made at test time, tokens.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SUPPORT_H
#define SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "kjwt.h"
#include "public_key.h"

/* The size of a unit test's token buffers: room for what is too long. */
#define TOKEN_SIZE 16384

/* Reads a JSON file of tests/vectors; fails the test if it cannot. */
json_t *load_vectors(const char *name);

/* Reads a JSON file anywhere; NULL if there is none. */
json_t *load_json(const char *path);

/* A string member; fails the test if it is missing. */
const char *string_of(const json_t *object, const char *name);

/* Decodes base64 or hex to malloc'ed bytes; never NULL. */
uint8_t *from_base64(const char *text, size_t *len);
uint8_t *from_hex(const char *text, size_t *len);

/* A development key of the test run: "rsa2048", "rsa3072", "rsa4096",
 * "other2048". */
struct test_key;
const struct test_key *test_key(const char *name);
struct kjwt_key test_key_public(const struct test_key *key);

/* RSASP1 (RFC 8017 5.2.1): block and signature are as long as the modulus. */
void sign_block(const struct test_key *key, const uint8_t *block,
                uint8_t *signature);

/* A token with that JOSE Header and Claims Set, whatever they are, signed by
 * key. Returns a buffer that the next call overwrites. */
char *make_token(const struct test_key *key, const char *header,
                 const char *payload, size_t *len);

/* A text with @jX, @nX and @tX replaced by the JWK without kid, the modulus in
 * base64url and the thumbprint of a key; @eX, @sX, @cX and @hX are n made even,
 * without its top bit, with another first byte, and its upper half, @fX all bits
 * of its size. X is 2, 3, 4 or o for "rsa2048", "rsa3072", "rsa4096" and
 * "other2048". Returns a buffer that the next call overwrites. */
const char *with_keys(const char *text);

/* A status's name; with KJWT_TEST_VERDICTS in the environment "refused" for all
 * but KJWT_OK: tests/mutation takes out a check that has a twin, which refuses
 * with another status. */
const char *status_word(kjwt_status status);

/* Checks a status by name, so that a failure tells both. */
#define assert_status(actual, expected)                                        \
    assert_string_equal(status_word(actual), status_word(expected))

#endif
