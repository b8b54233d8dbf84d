/*
 * Compact serialization and the JOSE Header.
 * SPDX-License-Identifier: Apache-2.0
 *
 * split: for every token of at most LENGTH bytes; a length beyond
 * KJWT_MAX_TOKEN_LENGTH is refused with nothing read. The three parts are not
 * empty, hold no dot, and are the token with a dot between them.
 * header: for every header, whatever the look-up finds in it.
 */
#include <jws.c>

#include "json_contracts.h"

void proof_split(void)
{
    char buffer[LENGTH];
    const size_t len = nondet_size();
    char *token = buffer + LENGTH - (len <= LENGTH ? len : 0);
    struct kjwt_jws jws;
    uint32_t proof = 0;
    kjwt_status status;

    assume(len <= LENGTH || len > KJWT_MAX_TOKEN_LENGTH);
    status = kjwt_jws_split(&jws, token, len, &proof);
    prove(len <= LENGTH || status == KJWT_ERR_LIMIT_TOKEN, "too long");
    if (status == KJWT_OK) {
        prove(jws.header == token && jws.header_len > 0 &&
                  jws.payload == token + jws.header_len + 1 &&
                  jws.payload_len > 0 &&
                  jws.signature == jws.payload + jws.payload_len + 1 &&
                  jws.signature_len > 0 &&
                  jws.signature + jws.signature_len == token + len,
              "the token, in three parts");
        prove(jws.signing_input_len ==
                  jws.header_len + 1 + jws.payload_len,
              "the signing input");
        for (size_t i = 0; i < len; i++)
            prove((token[i] == '.') == (i == jws.header_len ||
                                        i == jws.signing_input_len),
                  "two dots");
        end_of_proof();
    }
}

void proof_header(void)
{
    const struct kjwt_json_object header = {text, NULL, 1};
    const char *typ = nondet_bool() ? any_string(LENGTH) : NULL;
    struct kjwt_json_value kid = {NULL, 0};
    uint32_t proof = 0;
    kjwt_status status;

    __CPROVER_havoc_object(text);
    status = kjwt_jws_check_header(&header, typ, &kid, &proof);
    if (status == KJWT_OK) {
        prove(kid.text == NULL || (is_readable(kid) && *kid.text == '"'),
              "no kid, or a string");
        end_of_proof();
    }
}
