/*
 * One-shot tokens by a sequence that only goes up.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "admit.h"

/* The issuer's entry; a new one at the end. NULL: there is no room. */
static struct kjwt_sequence *find(const struct kjwt_one_shot *one_shot,
                                  const uint8_t *issuer, size_t *count)
{
    struct kjwt_sequence *entry = one_shot->sequences;

    for (size_t i = 0; i < *count; i++, entry++)
        if (memcmp(entry->issuer, issuer, sizeof entry->issuer) == 0)
            return entry;
    if (*count == one_shot->issuers)
        return NULL;
    ++*count;
    memcpy(entry->issuer, issuer, sizeof entry->issuer);
    entry->last = -1;
    return entry;
}

static kjwt_status advance(const struct kjwt_one_shot *one_shot,
                           struct kjwt_sequence *entry, int64_t sequence)
{
    if (entry == NULL)
        return KJWT_ERR_SEQUENCE_ISSUERS;
    if (sequence < 0 || sequence <= entry->last)
        return KJWT_ERR_SEQUENCE;
    if (one_shot->gap != 0 && entry->last >= 0 &&
        sequence - entry->last > (int64_t)one_shot->gap)
        return KJWT_ERR_SEQUENCE_GAP;
    entry->last = sequence;
    return KJWT_OK;
}

/* From the store and the token to what is to be stored, `count` sequences. */
static kjwt_status take(const struct kjwt_admission *admission,
                        const struct kjwt_one_shot *one_shot, size_t *count)
{
    const char *path = one_shot->claim != NULL ? one_shot->claim : "seq";
    uint8_t issuer[KJWT_DIGEST_BYTES];
    int64_t sequence;
    size_t len;
    kjwt_status status = kjwt_claims_int(admission->claims, path, &sequence);

    if (status != KJWT_OK)
        return status == KJWT_ERR_CLAIM_MISSING ? KJWT_ERR_SEQUENCE_MISSING
                                                : status;
    status = kjwt_admit_digest(admission, NULL, issuer);
    if (status == KJWT_OK)
        status = kjwt_store_load(
            one_shot->store, KJWT_RECORD_ONE_SHOT, one_shot->sequences,
            one_shot->issuers * sizeof(struct kjwt_sequence), &len);
    if (status != KJWT_OK)
        return status;
    if (len % sizeof(struct kjwt_sequence) != 0)
        return KJWT_ERR_STORE_READ;
    *count = len / sizeof(struct kjwt_sequence);
    return advance(one_shot, find(one_shot, issuer, count), sequence);
}

KJWT_NOINLINE static kjwt_status decide(struct kjwt_admission *admission,
                                        const struct kjwt_one_shot *one_shot,
                                        size_t *count)
{
    return kjwt_admit_decided(admission, take(admission, one_shot, count));
}

kjwt_status kjwt_admit_one_shot(struct kjwt_admission *admission,
                                const struct kjwt_one_shot *one_shot)
{
    kjwt_status status = KJWT_ERR_ARGUMENT;
    size_t count;

    if (admission == NULL || one_shot == NULL)
        return KJWT_ERR_ARGUMENT;
    status = admission->status;
    if (status == KJWT_OK)
        status = decide(admission, one_shot, &count);
    if (status == KJWT_OK)
        status = decide(admission, one_shot, &count);
    if (status == KJWT_OK)
        status = kjwt_store_save(one_shot->store, KJWT_RECORD_ONE_SHOT,
                                 one_shot->sequences,
                                 count * sizeof(struct kjwt_sequence));
    if (status == KJWT_OK &&
        decide(admission, one_shot, &count) != KJWT_ERR_SEQUENCE)
        status = KJWT_ERR_STORE_WRITE;
    return kjwt_admit_rule(admission, status, KJWT_RULE_ONE_SHOT,
                           3 * KJWT_DECISION + KJWT_ERR_SEQUENCE);
}
