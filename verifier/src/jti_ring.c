/*
 * A ring of the tokens that were taken and have not expired.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "admit.h"

/* As it lies in the caller's memory and in the store. */
struct ring {
    int64_t horizon; /* the latest `exp` of an entry that was freed */
    struct kjwt_jti entries[];
};

static kjwt_status load(const struct kjwt_jti_ring *ring, size_t size)
{
    size_t len = 0;
    kjwt_status status = KJWT_ERR_STORE_READ;

    status =
        kjwt_store_load(ring->store, KJWT_RECORD_JTI, ring->memory, size, &len);
    /* What a build with a smaller ring left is filled up with free entries. */
    if (status == KJWT_OK && len != 0 &&
        (len - sizeof(struct ring)) % sizeof(struct kjwt_jti) != 0)
        status = KJWT_ERR_STORE_READ;
    return status;
}

/* Puts a token into the ring: into a free entry, or that of the token which
 * expired first, if it has. */
static kjwt_status enter(struct ring *content, uint32_t entries,
                         const struct kjwt_jti *token, int64_t expired)
{
    struct kjwt_jti *first = NULL;

    for (uint32_t i = 0; i < entries; i++) {
        struct kjwt_jti *entry = &content->entries[i];

        if (entry->exp != 0 &&
            memcmp(entry->id, token->id, sizeof entry->id) == 0)
            return KJWT_ERR_REPLAYED;
        if (first == NULL || entry->exp < first->exp)
            first = entry;
    }
    if (token->exp <= content->horizon)
        return KJWT_ERR_EXPIRED;
    if (first == NULL || first->exp > expired)
        return KJWT_ERR_JTI_FULL;
    /* 0 for an entry that was free. */
    if (content->horizon < first->exp)
        content->horizon = first->exp;
    *first = *token;
    return KJWT_OK;
}

static size_t size_of(const struct kjwt_jti_ring *ring)
{
    return sizeof(struct ring) + ring->entries * sizeof(struct kjwt_jti);
}

/* From the store and the token to the ring that is to be stored. */
static kjwt_status take(const struct kjwt_admission *admission,
                        const struct kjwt_jti_ring *ring)
{
    /* What expired at it or before has, leeway and all. */
    const int64_t expired =
        admission->known - (int64_t)admission->policy->leeway_s;
    const char *jti;
    struct kjwt_jti token;
    size_t len;
    kjwt_status status = kjwt_claims_span(admission->claims, "jti", &jti, &len);

    if (status == KJWT_ERR_CLAIM_MISSING)
        return KJWT_ERR_JTI_MISSING;
    if (status == KJWT_OK)
        status = kjwt_claims_date(admission->claims, "exp", &token.exp);
    if (status == KJWT_ERR_CLAIM_MISSING)
        return KJWT_ERR_EXP_MISSING;
    if (status == KJWT_OK)
        status = kjwt_admit_digest(admission, "jti", token.id);
    if (status == KJWT_OK)
        status = load(ring, size_of(ring));
    if (status == KJWT_OK)
        status = enter((struct ring *)ring->memory, ring->entries, &token,
                       expired > 0 ? expired : 0);
    return status;
}

KJWT_NOINLINE static kjwt_status decide(struct kjwt_admission *admission,
                                        const struct kjwt_jti_ring *ring)
{
    return kjwt_admit_decided(admission, take(admission, ring));
}

kjwt_status kjwt_admit_jti(struct kjwt_admission *admission,
                           const struct kjwt_jti_ring *ring)
{
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (admission == NULL || ring == NULL)
        return KJWT_ERR_ARGUMENT;
    status = admission->status;
    if (status == KJWT_OK)
        status = decide(admission, ring);
    if (status == KJWT_OK)
        status = decide(admission, ring);
    if (status == KJWT_OK)
        status = kjwt_store_save(ring->store, KJWT_RECORD_JTI, ring->memory,
                                 size_of(ring));
    if (status == KJWT_OK && decide(admission, ring) != KJWT_ERR_REPLAYED)
        status = KJWT_ERR_STORE_WRITE;
    return kjwt_admit_rule(admission, status, KJWT_RULE_JTI,
                           3 * KJWT_DECISION + KJWT_ERR_REPLAYED);
}
