/* SPDX-License-Identifier: Apache-2.0 */
#include "keyset.h"
#include "proof.h"

/* What a damaged or hand-made key file would have wrong. n * n0inv = -1 holds
 * for odd n only. */
static kjwt_status check_key(const struct kjwt_key *key, size_t work_size)
{
    const uint32_t words = key->bits / 32;

    if (key->bits != 2048 && key->bits != 3072 && key->bits != 4096)
        return KJWT_ERR_KEY;
    if (key->n == NULL || key->target == NULL || key->n[words - 1] >> 31 == 0 ||
        key->n[0] * key->n0inv[0] != UINT32_MAX)
        return KJWT_ERR_KEY;
    return work_size < KJWT_WORK_SIZE(key->bits) ? KJWT_ERR_WORK_SIZE
                                                 : KJWT_OK;
}

kjwt_status kjwt_keyset_check(const struct kjwt_policy *policy,
                              size_t work_size, uint32_t *proof)
{
    if (policy->keys == NULL || policy->key_count == 0)
        return KJWT_ERR_POLICY;
    if (policy->key_count > KJWT_MAX_KEYS)
        return KJWT_ERR_LIMIT_KEYS;
    for (size_t i = 0; i < policy->key_count; i++) {
        kjwt_status status = check_key(&policy->keys[i], work_size);

        if (status != KJWT_OK)
            return status;
        if (policy->key_count > 1 && policy->keys[i].kid == NULL)
            return KJWT_ERR_POLICY;
    }
    *proof += KJWT_PROOF_KEYS;
    return KJWT_OK;
}

kjwt_status kjwt_keyset_select(const struct kjwt_policy *policy,
                               struct kjwt_json_value kid,
                               const struct kjwt_key **key, uint32_t *proof)
{
    *key = policy->keys;
    if (policy->key_count > 1) {
        if (kid.text == NULL)
            return KJWT_ERR_KEY_AMBIGUOUS;
        *key = NULL;
        for (size_t i = 0; i < policy->key_count; i++) {
            if (!kjwt_json_string_is(kid, policy->keys[i].kid))
                continue;
            if (*key != NULL)
                return KJWT_ERR_KEY_AMBIGUOUS;
            *key = &policy->keys[i];
        }
        if (*key == NULL)
            return KJWT_ERR_KEY_UNKNOWN;
    }
    *proof += KJWT_PROOF_KEY;
    return KJWT_OK;
}
