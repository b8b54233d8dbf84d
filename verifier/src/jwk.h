/*
 * RSA public keys in JSON (RFC 7517, RFC 7518 6.3.1), within a verified token.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KJWT_JWK_H
#define KJWT_JWK_H

#include "json.h"

struct kjwt_jwk {
    struct kjwt_json_value kid; /* a JSON string; text NULL: none */
    struct kjwt_key key;        /* n, n0inv, bits; neither kid nor target */
    char *spare;                /* behind n, unused: at least 72 bytes */
};

/* The member of an object by that name, without a table of tokens. */
struct kjwt_json_value kjwt_jwk_member(struct kjwt_json_value object,
                                       const char *name);

/*
 * Reads one key. n is decoded where it stands, which the text does not outlive:
 * read it from a text that is the caller's to overwrite, and take what else is
 * wanted of that object before.
 *
 * KJWT_ERR_KEY where kjwt_verify() could not use it: kty is not RSA, e not
 * AQAB, n not of 2048, 3072 or 4096 bits or even; where it is for another use
 * or algorithm; where a private half stands beside it. KJWT_ERR_BASE64URL.
 */
kjwt_status kjwt_jwk_read(struct kjwt_json_value object, struct kjwt_jwk *jwk);

#endif
