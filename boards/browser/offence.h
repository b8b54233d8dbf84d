/*
 * Where in a token lies what the verifier objects to. kjwt_verify() says what
 * is wrong and no more; this finds the place with the same functions, in the
 * same order, so that a page can mark it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OFFENCE_H
#define OFFENCE_H

#include "kjwt.h"

enum part { PART_HEADER, PART_PAYLOAD, PART_SIGNATURE, PART_NONE };

struct offence {
    enum part part;    /* PART_NONE: the token as a whole */
    size_t start, end; /* characters of the token */
    /* Bytes of the decoded part; both 0 where no single member is meant. */
    size_t decoded_start, decoded_end;
};

/* status is what kjwt_verify() has said of token[len], which is not KJWT_OK and
 * nothing that lies in the call or the keys. scratch has room for the token,
 * work is KJWT_WORK_SIZE(2048) bytes, aligned to 8. */
struct offence offence_find(kjwt_status status, const char *token, size_t len,
                            char *scratch, void *work);

/* Copies part of token[len] to scratch and decodes it there. KJWT_OK,
 * KJWT_ERR_SERIALIZATION where the token has no such part, or
 * KJWT_ERR_BASE64URL. */
kjwt_status offence_decode(enum part part, const char *token, size_t len,
                           char *scratch, size_t *decoded_len);

#endif
