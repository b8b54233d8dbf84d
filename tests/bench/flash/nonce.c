/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware.h"

static bool (*volatile some_random)(void *context, void *data, size_t len);

static uint32_t rules(struct kjwt_admission *admission,
                      const struct kjwt_store *store)
{
    static struct kjwt_challenge challenge;
    static char text[KJWT_NONCE_SIZE];

    challenge.store = store;
    challenge.random = some_random;
    kjwt_challenge_issue(&challenge, text);
    kjwt_admit_nonce(admission, &challenge);
    return KJWT_RULE_NONCE;
}
