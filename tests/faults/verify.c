/*
 * The image under attack: one verification and what the caller makes of it,
 * word for word as kjwt.h shows it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "firmware.h"

int handle_token(void)
{
    struct kjwt_claims claims = {0};

    kjwt_status status = kjwt_verify(&device_policy, work, sizeof work, token,
                                     token_len, port_time_now(), &claims);
    last_status = status;
    if (status != KJWT_OK || !kjwt_claims_verified(&claims))
        return refuse(status);
    return act_on(&claims);
}
