/*
 * One-shot tokens, for every token and every stored record of at most ISSUERS
 * issuers, in memory for as many.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A token is taken only if its sequence is above the one that is stored of its
 * issuer, and only when that is stored and is read again; the others stay as
 * they were. The store may keep something else than it was given.
 */
#define decide decide_claim /* one of the same name follows */
#include <admit.c>
#undef decide
#include <one_shot.c>

#include "device_contracts.h"

static struct kjwt_sequence stored[ISSUERS];
static size_t stored_len;
static bool keeps; /* what it is given */
static size_t count;
static uint8_t issuer[KJWT_DIGEST_BYTES];
static bool saved;

/* Of kjwt_admit_digest(), proved in admit.c. */
kjwt_status kjwt_admit_digest(const struct kjwt_admission *admission,
                              const char *name, uint8_t *digest)
{
    (void)admission;
    prove(name == NULL, "of the issuer");
    memcpy(digest, issuer, sizeof issuer);
    return nondet_bool() ? KJWT_OK : any_failure();
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
    (void)context;
    prove(record == KJWT_RECORD_ONE_SHOT && data == memory && size == sizeof memory,
          "the record");
    *len = stored_len;
    count = stored_len / sizeof *stored;
    memcpy(memory, stored, sizeof memory);
    if (nondet_bool()) {
        __CPROVER_havoc_object(memory);
        return any_load_failure();
    }
    return stored_len == 0 ? KJWT_ERR_STORE_EMPTY : KJWT_OK;
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
                  ? i >= count || entries[i].last > stored[i].last
                  : i < count && entries[i].last == stored[i].last,
              "the token's issuer goes up, the others stay");
        prove(!same_issuer(&entries[i]) || entries[i].last >= 0, "a sequence");
    }
    saved = status == KJWT_OK;
    if (!keeps) {
        __CPROVER_havoc_object(stored);
        stored_len = any_length(sizeof stored);
    } else if (saved) {
        memcpy(stored, memory, sizeof stored);
        stored_len = len;
    }
    return status;
}

/* Whether the token is refused from now on. */
static bool is_stored(void)
{
    bool found = false;

    for (size_t i = 0; i < ISSUERS; i++)
        found = found || (i < stored_len / sizeof *stored &&
                          same_issuer(&stored[i]) && stored[i].last >= integer);
    return found;
}

/* As it is saved. */
static void any_record(void)
{
    __CPROVER_havoc_object(stored);
    __CPROVER_havoc_object(memory);
    __CPROVER_havoc_object(issuer);
    keeps = nondet_bool();
    stored_len = any_length(sizeof stored);
    for (size_t i = 0; i < ISSUERS; i++)
        assume(stored[i].last >= 0);
    assume(are_distinct(stored, stored_len / sizeof *stored));
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
    kjwt_status status;

    any_record();
    status = kjwt_admit_one_shot(&admission, &one_shot);
    prove(status == admission.status, "the admission's status");
    prove(status == KJWT_OK || !saved || !keeps || failed,
          "what was stored is taken");
    if (status != KJWT_OK)
        return;
    prove(saved && is_stored(), "stored before it is taken");
    prove(admission.proof == proof + KJWT_RULE_ONE_SHOT, "in the proof");
    end_of_proof();
}
