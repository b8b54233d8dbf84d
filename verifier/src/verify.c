/*
 * kjwt_verify(): the ordered checks.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The work memory serves one after the other:
 *
 *   | SHA-256 context |                            |  the signing input
 *   | JSON tokens of the JOSE Header               |  alg, crit, b64, typ, kid
 *   | em (k)          | t (2 k)                    |  RSA, k = modulus bytes
 *   | JSON tokens of the Claims Set                |  the policy
 *
 * The signing input is hashed first, because decoding overwrites it.
 */
#include <string.h>

#include "base64url.h"
#include "verify_steps.h"

static kjwt_status hash_signing_input(const struct kjwt_jws *jws, void *work,
                                      uint8_t digest[KJWT_SHA256_SIZE])
{
    kjwt_status status = kjwt_sha256_init(work);

    if (status == KJWT_OK)
        status = kjwt_sha256_update(work, jws->header, jws->signing_input_len);
    if (status == KJWT_OK)
        status = kjwt_sha256_finish(work, digest);
    kjwt_sha256_abort(work);
    return status;
}

static kjwt_status decode_object(struct kjwt_json_object *object, char *part,
                                 size_t part_len, size_t *decoded_len,
                                 void *work)
{
    kjwt_status status = kjwt_base64url_decode(part, part_len, decoded_len);

    if (status == KJWT_OK)
        status = kjwt_json_parse(object, part, *decoded_len, work);
    return status;
}

/* Split, JOSE Header, key, signature: all before the first claim. */
static kjwt_status verify_signature(const struct kjwt_policy *policy,
                                    void *work, struct kjwt_jws *jws,
                                    const struct kjwt_key **key,
                                    uint32_t *proof)
{
    uint8_t digest[KJWT_SHA256_SIZE];
    struct kjwt_json_object header;
    size_t len;
    kjwt_status status = hash_signing_input(jws, work, digest);

    if (status == KJWT_OK)
        status = decode_object(&header, jws->header, jws->header_len, &len,
                               work);
    if (status == KJWT_OK)
        status = kjwt_step_header(policy, &header, key, proof);
    if (status == KJWT_OK)
        status = kjwt_base64url_decode(jws->signature, jws->signature_len,
                                       &len);
    if (status == KJWT_OK)
        status = kjwt_rsassa_verify(*key, digest, jws->signature, len, work,
                                    proof);
    return status;
}

static kjwt_status check_claims(const struct kjwt_policy *policy, void *work,
                                const struct kjwt_jws *jws, int64_t now,
                                struct kjwt_claims *claims, uint32_t *proof)
{
    struct kjwt_json_object object;
    kjwt_status status = decode_object(&object, jws->payload,
                                       jws->payload_len, &claims->json_len,
                                       work);

    claims->json = jws->payload;
    *proof += KJWT_PROOF_JSON + kjwt_opaque((uint32_t)status);
    if (status == KJWT_OK)
        status = kjwt_policy_check(policy, &object, now,
                                   &claims->time_checked, proof);
    *proof -= kjwt_base64url_fold_decoded(claims->json, claims->json_len);
    return status;
}

KJWT_NOINLINE uint32_t kjwt_step_tie(const struct kjwt_claims *claims)
{
    return (uint32_t)(uintptr_t)claims->json +
           ((uint32_t)claims->json_len << 16) +
           ((uint32_t)(uintptr_t)claims->key << 5) + claims->time_checked;
}

bool kjwt_claims_verified(const struct kjwt_claims *claims)
{
    claims = kjwt_opaque_pointer(claims);
    return claims != NULL &&
           claims->proof - kjwt_step_tie(claims) == KJWT_PROOF_ALL;
}

kjwt_status kjwt_verify(const struct kjwt_policy *policy, void *work,
                        size_t work_size, char *token, size_t token_len,
                        int64_t now, struct kjwt_claims *claims)
{
    struct kjwt_jws jws;
    uint32_t proof = KJWT_PROOF_START;
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (claims == NULL)
        return KJWT_ERR_ARGUMENT;
    memset(claims, 0, sizeof *claims);
    if (policy == NULL || work == NULL || token == NULL)
        return KJWT_ERR_ARGUMENT;

    status = kjwt_step_arguments(policy, work, work_size, &proof);
    if (status == KJWT_OK)
        status = kjwt_jws_split(&jws, token, token_len, &proof);
    if (status == KJWT_OK) {
        /* Taken off again behind the claims: what is read is what was hashed. */
        proof += kjwt_base64url_fold(jws.payload, jws.payload_len);
        status = verify_signature(policy, work, &jws, &claims->key, &proof);
    }
    if (status == KJWT_OK)
        status = check_claims(policy, work, &jws, now, claims, &proof);
    status = kjwt_step_end(status, proof, claims);
    /* On the stack nothing may be left of it: a glitch that keeps the time of
     * the next call from being stored would go back to this one. */
    now = KJWT_TIME_UNKNOWN;
    (void)kjwt_opaque_pointer(&now);
    return status;
}

kjwt_status kjwt_verify_const(const struct kjwt_policy *policy, void *work,
                              size_t work_size, const char *token,
                              size_t token_len, char *scratch,
                              size_t scratch_size, int64_t now,
                              struct kjwt_claims *claims)
{
    if (claims == NULL)
        return KJWT_ERR_ARGUMENT;
    memset(claims, 0, sizeof *claims);
    if (token == NULL || scratch == NULL)
        return KJWT_ERR_ARGUMENT;
    if (token_len > KJWT_MAX_TOKEN_LENGTH)
        return KJWT_ERR_LIMIT_TOKEN;
    if (token_len > scratch_size)
        return KJWT_ERR_SCRATCH_SIZE;
    memmove(scratch, token, token_len);
    return kjwt_verify(policy, work, work_size, scratch, token_len, now,
                       claims);
}
