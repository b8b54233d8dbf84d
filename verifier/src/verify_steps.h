/*
 * The steps of a verification that do not depend on how the token arrives:
 * whole (verify.c) or in pieces (stream.c). Inline, so that a firmware with one
 * of the two carries nothing of the other.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KJWT_VERIFY_STEPS_H
#define KJWT_VERIFY_STEPS_H

#include "crypto.h"
#include "jws.h"
#include "keyset.h"
#include "policy.h"
#include "proof.h"

/* What the caller gave, and the policy's keys. */
static inline kjwt_status kjwt_step_arguments(const struct kjwt_policy *policy,
                                              const void *work,
                                              size_t work_size,
                                              uint32_t *proof)
{
    if (((uintptr_t)work & 7) != 0)
        return KJWT_ERR_WORK_ALIGNMENT;
    if ((policy->options & ~(KJWT_EXP_OPTIONAL | KJWT_TIME_UNKNOWN_OK)) != 0)
        return KJWT_ERR_POLICY;
    return kjwt_keyset_check(policy, work_size, proof);
}

/* The JOSE Header, and the key that it selects. */
static inline kjwt_status
kjwt_step_header(const struct kjwt_policy *policy,
                 const struct kjwt_json_object *header,
                 const struct kjwt_key **key, uint32_t *proof)
{
    struct kjwt_json_value kid;
    kjwt_status status =
        kjwt_jws_check_header(header, policy->typ, &kid, proof);

    if (status == KJWT_OK)
        status = kjwt_keyset_select(policy, kid, key, proof);
    return status;
}

/* The Claims Set, once the signature holds. */
static inline kjwt_status
kjwt_step_claims(const struct kjwt_policy *policy,
                 const struct kjwt_json_object *object, int64_t now,
                 struct kjwt_claims *claims, uint32_t *proof)
{
    *proof += KJWT_PROOF_JSON;
    return kjwt_policy_check(policy, object, now, &claims->time_checked, proof);
}

/* Ties the proof to what it is a proof of. In verify.c. */
uint32_t kjwt_step_bind(uint32_t proof, const struct kjwt_claims *claims);

#endif
