/*
 * One-shot tokens, for every token and every stored record of at most ISSUERS
 * issuers, in memory for as many.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A token is taken only if its sequence is above the one that is stored of its
 * issuer, and only when that is stored; the others stay as they were.
 */
#include <admit.c>
#include <one_shot.c>

#include "device_contracts.h"

static struct kjwt_sequence before[ISSUERS];
static size_t count;
static uint8_t issuer[KJWT_DIGEST_BYTES];
static bool saved;

/* Of kjwt_admit_digest(), proved in admit.c. */
kjwt_status kjwt_admit_digest(const struct kjwt_admission *admission,
                              const char *name, uint8_t *digest)
{
    (void)admission;
    prove(name == NULL, "of the issuer");
    __CPROVER_havoc_object(issuer);
    memcpy(digest, issuer, sizeof issuer);
    return nondet_status();
}

static struct kjwt_sequence memory[ISSUERS];

/* No issuer stands there twice. */
static bool are_distinct(const struct kjwt_sequence *entries, size_t n)
{
    bool distinct = true;

    for (size_t i = 0; i < ISSUERS; i++)
        for (size_t j = 0; j < i; j++)
            distinct = distinct && (i >= n || memcmp(entries[i].issuer,
                                                     entries[j].issuer,
                                                     sizeof entries->issuer) != 0);
    return distinct;
}

static kjwt_status load(void *context, uint32_t record, void *data, size_t size,
                        size_t *len)
{
    struct kjwt_sequence *const entries = memory;
    const kjwt_status status = nondet_status();

    (void)context;
    prove(record == KJWT_RECORD_ONE_SHOT && data == memory && size == sizeof memory,
          "the record");
    __CPROVER_havoc_object(memory);
    *len = any_length(size);
    count = status == KJWT_OK ? *len / sizeof *entries : 0;
    for (size_t i = 0; i < ISSUERS; i++) {
        assume(entries[i].last >= 0); /* as is saved */
        before[i] = entries[i];
    }
    assume(are_distinct(entries, count));
    return status;
}

static bool same_issuer(const struct kjwt_sequence *entry)
{
    return memcmp(entry->issuer, issuer, sizeof issuer) == 0;
}

static kjwt_status save(void *context, uint32_t record, const void *data,
                        size_t len)
{
    const struct kjwt_sequence *const entries = memory;
    const kjwt_status status = any_save(context, record, data, len);

    prove(record == KJWT_RECORD_ONE_SHOT && data == memory &&
              len % sizeof *entries == 0 &&
              len / sizeof *entries >= count &&
              len / sizeof *entries <= count + 1,
          "all issuers, and perhaps a new one");
    prove(are_distinct(entries, len / sizeof *entries), "each issuer once");
    for (size_t i = 0; i < ISSUERS; i++) {
        if (i >= len / sizeof *entries)
            break;
        prove(same_issuer(&entries[i])
                  ? i >= count || entries[i].last > before[i].last
                  : i < count && entries[i].last == before[i].last,
              "the token's issuer goes up, the others stay");
        prove(!same_issuer(&entries[i]) || entries[i].last >= 0, "a sequence");
    }
    saved = status == KJWT_OK;
    return status;
}

void proof_take(void)
{
    const struct kjwt_store store = {load, save, NULL};
    const struct kjwt_one_shot one_shot = {
        .store = &store,
        .claim = nondet_bool() ? "path" : NULL,
        .sequences = memory,
        .issuers = ISSUERS,
        .gap = nondet_u32()};
    struct kjwt_admission admission = any_admission();
    const uint32_t proof = admission.proof;
    const kjwt_status status = kjwt_admit_one_shot(&admission, &one_shot);

    prove(status == admission.status, "the admission's status");
    if (status != KJWT_OK)
        return;
    prove(saved, "stored before it is taken");
    prove(admission.proof == proof + KJWT_RULE_ONE_SHOT, "in the proof");
    end_of_proof();
}
