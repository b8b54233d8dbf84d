/*
 * The ways in which the verify shell verifies a token: whole, in pieces, or with
 * a certificate.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VERIFICATION_H
#define VERIFICATION_H

#include "kjwt_keyset.h"
#include "measure.h"

struct verification {
    const struct kjwt_policy *policy;
    const struct kjwt_keyset *keyset; /* whose revocations count */
    uint32_t *work;
    size_t work_size;
    char *token;
    size_t token_len;
    size_t piece; /* kjwt_stream in pieces of that many bytes; 0: whole */
    struct kjwt_certificate certificate; /* token NULL: none */
    int64_t now;
    struct kjwt_claims claims;
};

/* Claims live as long as the token's buffer and *verification. */
kjwt_status verification_run(struct verification *verification,
                             struct measurement *measured);

#endif
