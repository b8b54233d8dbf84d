/* The least that a firmware does with kjwt, for key sets and delegation to add to:
 * as verify.c.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLAIN_H
#define PLAIN_H

#include KJWT_KEYS_FILE

static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
static char token[KJWT_MAX_TOKEN_LENGTH];
static volatile size_t token_len;

static const struct kjwt_policy policy = {
    .keys = kjwt_keys, .key_count = KJWT_KEYS_COUNT,
    .issuer = "bench-7", .audience = "device-01",
};

static inline bool plain(const struct kjwt_policy *with)
{
    struct kjwt_claims claims = {0};

    return kjwt_verify(with, work, sizeof work, token, token_len, 1, &claims) ==
               KJWT_OK &&
           kjwt_claims_verified(&claims);
}

#endif
