/* Delegation, without key sets.
 * SPDX-License-Identifier: Apache-2.0 */
#include "plain.h"

#include "kjwt_keyset.h"

static char certificate_text[KJWT_MAX_TOKEN_LENGTH];

int main(void)
{
    struct kjwt_certificate certificate = {.token = certificate_text,
                                           .len = token_len};
    struct kjwt_claims claims = {0};

    if (kjwt_verify_delegated(&policy, NULL, work, sizeof work, &certificate,
                              token, token_len, 1, &claims) == KJWT_OK &&
        kjwt_claims_verified(&claims))
        return 1;
    return plain(&policy);
}
