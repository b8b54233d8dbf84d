/* A program of somebody else's: a token on stdin, the time as an argument.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "kjwt.h"

#include KJWT_KEYS_FILE

int main(int argc, char **argv)
{
    static const struct kjwt_policy policy = {
        .keys = kjwt_keys, .key_count = KJWT_KEYS_COUNT,
    };
    static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
    static char token[KJWT_MAX_TOKEN_LENGTH];
    struct kjwt_claims claims = {0};
    size_t len = fread(token, 1, sizeof token, stdin);
    int64_t now = argc > 1 ? strtoll(argv[1], NULL, 10) : KJWT_TIME_UNKNOWN;
    kjwt_status status = kjwt_verify(&policy, work, sizeof work, token, len,
                                     now, &claims);

    puts(kjwt_status_name(status));
    return status == KJWT_OK && kjwt_claims_verified(&claims) ? 0 : 1;
}
