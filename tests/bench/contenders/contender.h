/*
 * A library that verifies RS256, as tests/bench/host times it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONTENDER_H
#define CONTENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct contender {
    /* Reads the public key, a PEM file. False ends the program. */
    bool (*load)(const char *pem);
    /* Takes the token that the other two verify: len bytes and a NUL, which
     * stay. What can be prepared is, and is not timed. False: no token. */
    bool (*prepare)(const char *token, size_t len);
    /* The token, as completely as the library does it. */
    bool (*verify)(void);
    /* The signature alone, over the digest; NULL where there is no call for
     * it. */
    bool (*rsa)(void);
};

/* One per program. */
extern const struct contender contender;

/* A token's parts, for libraries that know of signatures only. */
struct parts {
    const char *signing_input;
    size_t signing_input_len;
    uint8_t signature[512];
    size_t signature_len;
};
bool split_token(const char *token, size_t len, struct parts *parts);

#endif
