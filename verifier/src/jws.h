/* JWS Compact Serialization and the JOSE Header (RFC 7515).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef KJWT_JWS_H
#define KJWT_JWS_H

#include "json.h"

/*
 *   token  | header . payload . signature |
 *          |<-- signing_input -->|
 *
 * Three parts of the token, still in base64url.
 */
struct kjwt_jws {
    char *header;
    char *payload;
    char *signature;
    size_t header_len;
    size_t payload_len;
    size_t signature_len;
    size_t signing_input_len;
};

/* Splits a token at its dots. KJWT_ERR_LIMIT_TOKEN, KJWT_ERR_SERIALIZATION. */
kjwt_status kjwt_jws_split(struct kjwt_jws *jws, char *token, size_t len,
                           uint32_t *proof);

/* Holds the JOSE Header's parameters against what is understood here, and
 * gives its `kid` (text NULL: none). KJWT_ERR_ALG, _CRIT, _B64, _TYP, _KID. */
kjwt_status kjwt_jws_check_header(const struct kjwt_json_object *header,
                                  const char *typ, struct kjwt_json_value *kid,
                                  uint32_t *proof);

#endif
