/* The least that a firmware does with kjwt: one verification.
 * SPDX-License-Identifier: Apache-2.0 */
#include KJWT_KEYS_FILE

static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
static char token[KJWT_MAX_TOKEN_LENGTH];
static volatile size_t token_len;

int main(void)
{
    static const struct kjwt_policy policy = {
        .keys = kjwt_keys, .key_count = KJWT_KEYS_COUNT,
        .issuer = "bench-7", .audience = "device-01",
    };
    struct kjwt_claims claims = {0};

    return kjwt_verify(&policy, work, sizeof work, token, token_len, 1,
                       &claims) == KJWT_OK &&
           kjwt_claims_verified(&claims);
}
