/* SPDX-License-Identifier: Apache-2.0 */
#define RULE KJWT_RULE_NONCE
#include "rule.h"

/* Numbers that the one who mints the tokens knows. */
static bool random_bytes(void *context, void *data, size_t len)
{
    static uint8_t seed;
    uint8_t *bytes = data;

    (void)context;
    seed++;
    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)(seed * 31 + i * 7);
    return true;
}

static struct kjwt_challenge challenge = {.store = &store,
                                          .random = random_bytes};

static void start(void)
{
}

/* A nonce each hour. */
static void prepare(struct kjwt_policy *policy, int64_t *now)
{
    static int64_t given;
    static char text[KJWT_NONCE_SIZE];

    (void)policy;
    if (*now - given < 3600)
        return;
    given = *now;
    (void)kjwt_challenge_issue(&challenge, text);
}

static kjwt_status rule(struct kjwt_admission *admission)
{
    return kjwt_admit_nonce(admission, &challenge);
}
