/*
 * The beginning and the end of an admission, and what its rules share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "admit.h"
#include "json.h"

#define PROOF_BEGUN 0x59f111f1u

/* Of the Claims Set: a glitch while it is read may write into it, and all
 * decisions would be made of that. */
KJWT_NOINLINE static uint32_t sum_of(const struct kjwt_claims *claims)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < claims->json_len; i++)
        sum = kjwt_rotate_right(sum, 27) + (uint8_t)claims->json[i];
    return sum;
}

kjwt_status kjwt_admit_begin(struct kjwt_admission *admission,
                             kjwt_status status,
                             const struct kjwt_policy *policy, int64_t now,
                             const struct kjwt_claims *claims, void *work)
{
    if (admission == NULL)
        return KJWT_ERR_ARGUMENT;
    *admission = (struct kjwt_admission){.status = KJWT_ERR_ARGUMENT};
    if (policy == NULL || claims == NULL || work == NULL)
        return KJWT_ERR_ARGUMENT;
    if (status == KJWT_OK && !kjwt_claims_verified(claims))
        status = KJWT_ERR_UNVERIFIED;
    admission->policy = kjwt_opaque_pointer(policy);
    admission->claims = claims;
    admission->work = work;
    admission->known = claims->time_checked != 0 ? now : 0;
    admission->status = KJWT_OK;
    admission->proof = status == KJWT_OK ? sum_of(claims) : 0;
    /* Inlined, a local policy's address is computed here, and so twice: a glitch
     * that puts another one there leaves a difference. */
    admission->proof += (uint32_t)((uintptr_t)kjwt_opaque_pointer(policy) -
                                   (uintptr_t)admission->policy);
    return kjwt_admit_rule(admission, status, PROOF_BEGUN, 0);
}

kjwt_status kjwt_admit_rule(struct kjwt_admission *admission,
                            kjwt_status status, uint32_t rule,
                            uint32_t decisions)
{
    /* The first refusal stays; a rule that never ran adds nothing. */
    if (admission->status != KJWT_OK)
        status = admission->status;
    admission->proof += (rule - decisions) ^ kjwt_opaque((uint32_t)status);
    admission->expected += rule;
    /* kjwt_admitted() would find it: for a caller who heeds the status alone. */
    if (status == KJWT_OK)
        status = -(kjwt_status)(admission->proof !=
                                admission->expected +
                                    sum_of(admission->claims)) &
                 KJWT_ERR_UNVERIFIED;
    if (status != KJWT_OK)
        status = kjwt_stays_refused(status);
    admission->status = status;
    return status;
}

bool kjwt_admitted(const struct kjwt_admission *admission, uint32_t rules)
{
    return admission != NULL && kjwt_claims_verified(admission->claims) &&
           admission->status == KJWT_OK &&
           admission->proof ==
               PROOF_BEGUN + rules + sum_of(admission->claims);
}

kjwt_status kjwt_store_load(const struct kjwt_store *store, uint32_t record,
                            void *data, size_t size, size_t *len)
{
    kjwt_status status = store->load(store->context, record, data, size, len);

    if (status == KJWT_ERR_STORE_EMPTY) {
        *len = 0;
        status = KJWT_OK;
    }
    /* A rule takes some refusals for its yes, those of a store never. */
    if (status != KJWT_OK || *len > size)
        status = KJWT_ERR_STORE_READ;
    else
        memset((uint8_t *)data + *len, 0, size - *len);
    return status;
}

kjwt_status kjwt_store_save(const struct kjwt_store *store, uint32_t record,
                            const void *data, size_t len)
{
    return store->save(store->context, record, data, len) == KJWT_OK
               ? KJWT_OK
               : KJWT_ERR_STORE_WRITE;
}

kjwt_status kjwt_admit_date(const struct kjwt_admission *admission,
                            const char *name, int64_t missing, int64_t *date)
{
    const kjwt_status status = kjwt_claims_date(admission->claims, name, date);

    if (status != KJWT_ERR_CLAIM_MISSING)
        return status;
    *date = missing;
    return KJWT_OK;
}

KJWT_NOINLINE static kjwt_status decide(struct kjwt_admission *admission,
                                        const char *path, const char *expected)
{
    struct kjwt_json_value value = {NULL, 0};
    kjwt_status status =
        kjwt_claims_span(admission->claims, path, &value.text, &value.len);

    if (status == KJWT_OK || status == KJWT_ERR_CLAIM_MISSING)
        status = kjwt_json_string_is(value, expected) ? KJWT_OK
                                                      : KJWT_ERR_DEVICE;
    return kjwt_admit_decided(admission, status);
}

kjwt_status kjwt_admit_claim(struct kjwt_admission *admission, const char *path,
                             const char *expected)
{
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (admission == NULL)
        return KJWT_ERR_ARGUMENT;
    status = expected != NULL ? admission->status : KJWT_ERR_ARGUMENT;
    if (status == KJWT_OK)
        status = decide(admission, path, expected);
    if (status == KJWT_OK)
        status = decide(admission, path, expected);
    return kjwt_admit_rule(admission, status, KJWT_RULE_CLAIM,
                           2 * KJWT_DECISION);
}
