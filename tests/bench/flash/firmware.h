/*
 * The least that a firmware does with a token and a rule of kjwt_device.h. Each
 * of the images that include this defines rules() and differs from
 * flash-verify by what that takes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kjwt_device.h"
#include KJWT_KEYS_FILE

static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
static char token[KJWT_MAX_TOKEN_LENGTH];
static volatile size_t token_len;

/* Of which the compiler knows nothing: a store costs what it costs. */
static const struct kjwt_store *volatile some_store;

/* Applies the rules; returns the sum of their constants. */
static uint32_t rules(struct kjwt_admission *admission,
                      const struct kjwt_store *store);

int main(void)
{
    static const struct kjwt_policy policy = {
        .keys = kjwt_keys,
        .key_count = KJWT_KEYS_COUNT,
        .issuer = "bench-7",
        .audience = "device-01",
    };
    struct kjwt_claims claims = {0};
    struct kjwt_admission admission;
    kjwt_status status =
        kjwt_verify(&policy, work, sizeof work, token, token_len, 1, &claims);
    uint32_t sum;

    kjwt_admit_begin(&admission, status, &policy, 1, &claims, work);
    sum = rules(&admission, some_store);
    return kjwt_admitted(&admission, sum);
}
