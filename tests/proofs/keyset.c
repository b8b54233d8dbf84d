/*
 * The keys of a policy, and the one that a `kid` selects, for every policy of
 * at most KJWT_MAX_KEYS keys, or more, and every content of theirs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * No more of a modulus is read than its bits say, nothing of a key that is
 * NULL. A policy that passes holds usable keys only; the key selected is one of
 * them, and the only one with that `kid`.
 */
#include <keyset.c>

#include "json_contracts.h"

#define WORDS 128

static uint32_t n[WORDS];
static struct kjwt_key keys[KJWT_MAX_KEYS];

static struct kjwt_policy any_policy(void)
{
    struct kjwt_policy policy = {0};

    __CPROVER_havoc_object(n);
    __CPROVER_havoc_object(keys);
    __CPROVER_havoc_object(text);
    for (size_t i = 0; i < KJWT_MAX_KEYS; i++) {
        const uint32_t words = keys[i].bits / 32;

        keys[i].n = nondet_bool() ? NULL
                                  : n + (words < WORDS ? WORDS - words : 0);
        keys[i].target = nondet_bool() ? NULL : n;
        keys[i].kid = nondet_bool() ? NULL : "kid";
    }
    policy.keys = nondet_bool() ? NULL : keys;
    policy.key_count = nondet_size();
    return policy;
}

void proof_check(void)
{
    const struct kjwt_policy policy = any_policy();
    const size_t work_size = nondet_size();
    uint32_t proof = 0;
    kjwt_status status = kjwt_keyset_check(&policy, work_size, &proof);

    if (status != KJWT_OK)
        return;
    prove(policy.keys == keys && policy.key_count >= 1 &&
              policy.key_count <= KJWT_MAX_KEYS,
          "one to KJWT_MAX_KEYS keys");
    for (size_t i = 0; i < policy.key_count; i++) {
        const struct kjwt_key *key = &keys[i];

        prove(key->n != NULL && key->target != NULL, "with its numbers");
        prove(key->bits == 2048 || key->bits == 3072 || key->bits == 4096,
              "of a size");
        prove(KJWT_WORK_SIZE(key->bits) <= work_size, "that the work holds");
        prove((key->n[0] & 1) == 1 && key->n[key->bits / 32 - 1] >> 31 == 1,
              "odd, its top bit set");
        prove(policy.key_count == 1 || key->kid != NULL, "with a kid");
    }
    end_of_proof();
}

void proof_select(void)
{
    const struct kjwt_policy policy = any_policy();
    const struct kjwt_json_value none = {NULL, 0};
    const struct kjwt_json_value kid = nondet_bool() ? none : any_value();
    const struct kjwt_key *key = NULL;
    uint32_t proof = 0;
    kjwt_status status;

    assume(policy.keys == keys && policy.key_count >= 1 &&
           policy.key_count <= KJWT_MAX_KEYS);
    for (size_t i = 0; i < policy.key_count; i++)
        assume(policy.key_count == 1 || keys[i].kid != NULL);
    status = kjwt_keyset_select(&policy, kid, &key, &proof);
    if (status != KJWT_OK)
        return;
    prove(__CPROVER_same_object(key, keys) && key >= keys &&
              key < keys + policy.key_count,
          "one of the keys");
    prove(policy.key_count == 1 || kid.text != NULL, "chosen by a kid");
    end_of_proof();
}
