/*
 * The steps of a verification that do not depend on how the token arrives:
 * whole (verify.c) or in pieces (stream.c). Inline, so that a firmware with one
 * of the two carries nothing of the other.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KJWT_VERIFY_STEPS_H
#define KJWT_VERIFY_STEPS_H

#include <string.h>

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

/* What ties a proof to the claims that it is a proof of. In verify.c. */
uint32_t kjwt_step_tie(const struct kjwt_claims *claims);

/* How a verification ends: with the claims' proof, or with no claims. A status
 * that a glitch made KJWT_OK lacks the proof and becomes KJWT_ERR_UNVERIFIED,
 * and none turns into KJWT_OK once it was something else. */
static inline kjwt_status kjwt_step_end(kjwt_status status, uint32_t proof,
                                        struct kjwt_claims *claims)
{
    if (status == KJWT_OK) {
        claims->proof = proof + kjwt_step_tie(claims);
        status = -(kjwt_status)(proof != KJWT_PROOF_ALL) & KJWT_ERR_UNVERIFIED;
    }
    if (status != KJWT_OK) {
        memset(claims, 0, sizeof *claims);
        status = kjwt_stays_refused(status);
    }
    return status;
}

#endif
