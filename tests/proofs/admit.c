/*
 * The beginning and the end of an admission, binding and digests, for every
 * outcome of a verification and every Claims Set.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <admit.c>
#include <admit_digest.c>

#include "device_contracts.h"

/* Only a verification that ended well begins one that may, and a byte of the
 * Claims Set that changes ends it. */
void proof_begin(void)
{
    struct kjwt_admission admission;
    const kjwt_status verified = nondet_status();
    const size_t i = any_length(TEXT_LENGTH - 1);
    const char changed = (char)nondet_u8();
    kjwt_status status;

    __CPROVER_havoc_object(&policy);
    any_claims();
    status = kjwt_admit_begin(nondet_bool() ? &admission : NULL, verified,
                              nondet_bool() ? &policy : NULL, nondet_i64(),
                              nondet_bool() ? &claims : NULL,
                              nondet_bool() ? work : NULL);
    if (status != KJWT_OK)
        return;
    prove(verified == KJWT_OK && are_verified && admission.status == KJWT_OK,
          "verified");
    prove(is_as_expected(&admission), "as expected");
    prove(admission.policy == &policy && admission.claims == &claims &&
              admission.work == work,
          "what it is of");
    prove(kjwt_admitted(&admission, 0) == are_verified, "with no rule yet");
    assume(i < claims.json_len && changed != text[i]);
    text[i] = changed;
    prove(!kjwt_admitted(&admission, 0), "other claims");
    end_of_proof();
}

/* The first refusal stays, and no later rule gets around it; nor does a status
 * that the decisions did not come to. */
void proof_rule(void)
{
    struct kjwt_admission admission = any_admission();
    const kjwt_status before = admission.status;
    const kjwt_status own = nondet_status();
    const uint32_t decisions = nondet_u32();
    const uint32_t decided = nondet_u32();
    kjwt_status status;

    admission.proof += decided;
    status = kjwt_admit_rule(&admission, own, nondet_u32(), decisions);
    if (before != KJWT_OK || own != KJWT_OK)
        prove(status == (before != KJWT_OK ? before : own),
              "the first refusal");
    else
        prove(status ==
                  (decided == decisions ? KJWT_OK : KJWT_ERR_UNVERIFIED),
              "of the decisions");
    prove(status != KJWT_OK || is_as_expected(&admission), "as expected");
    prove(status == KJWT_OK || !kjwt_admitted(&admission, nondet_u32()),
          "refused");
    end_of_proof();
}

void proof_claim(void)
{
    struct kjwt_admission admission = any_admission();
    const kjwt_status before = admission.status;
    const uint32_t proof = admission.proof;
    const kjwt_status status =
        kjwt_admit_claim(&admission, nondet_bool() ? "path" : NULL,
                         nondet_bool() ? "expected" : NULL);

    prove(before == KJWT_OK || status == before, "the first refusal");
    if (status != KJWT_OK)
        return;
    prove(admission.proof == proof + KJWT_RULE_CLAIM, "in the proof");
    end_of_proof();
}

/* A digest is written whole or not at all, and the context is given back. */
void proof_digest(void)
{
    const struct kjwt_admission admission = any_admission();
    uint8_t *digest = any_memory(KJWT_DIGEST_BYTES);

    (void)kjwt_admit_digest(&admission, nondet_bool() ? "jti" : NULL, digest);
    prove(!hashing, "the context is given back");
    end_of_proof();
}

/* A store that says any length. */
static kjwt_status load_too_much(void *context, uint32_t record, void *data,
                                 size_t size, size_t *len)
{
    const kjwt_status status = any_load(context, record, data, size, len);

    *len = nondet_size();
    return status;
}

void proof_load(void)
{
    const struct kjwt_store store = {load_too_much, any_save, NULL};
    const size_t size = any_length(8);
    size_t len = nondet_size();
    const kjwt_status status = kjwt_store_load(&store, nondet_u32(),
                                               any_memory(size), size, &len);

    prove(status == KJWT_OK || status == KJWT_ERR_STORE_READ, "the status");
    if (status != KJWT_OK)
        return;
    prove(len <= size, "within the memory");
    end_of_proof();
}

void proof_save(void)
{
    const struct kjwt_store store = {any_load, any_save, NULL};
    const size_t size = any_length(8);
    const kjwt_status status =
        kjwt_store_save(&store, nondet_u32(), any_memory(size), size);

    prove(status == (saves > 0 ? KJWT_OK : KJWT_ERR_STORE_WRITE), "the status");
    end_of_proof();
}
