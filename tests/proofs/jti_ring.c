/*
 * The ring of tokens that were taken, for every token and every stored ring of
 * at most ENTRIES entries.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A token is taken only if it is not in the ring and expires after the horizon,
 * and only when it is stored and is read again. What was in the ring stays there
 * until it has expired by a known time, and then the horizon is at its `exp` or
 * later. The store may keep something else than it was given.
 */
#define decide decide_claim /* one of the same name follows */
#include <admit.c>
#undef decide
#include <jti_ring.c>

#include "device_contracts.h"

/* As struct ring, of ENTRIES entries. */
struct memory {
    int64_t horizon;
    struct kjwt_jti entries[ENTRIES];
};
static struct memory memory;
static struct memory stored;
static size_t stored_len;
static bool keeps;           /* what it is given */
static struct memory before; /* what was stored */
static uint8_t token_id[KJWT_DIGEST_BYTES];
static int64_t expired; /* what expired by then has */
static bool saved;

/* Of kjwt_admit_digest(), proved in admit.c. */
kjwt_status kjwt_admit_digest(const struct kjwt_admission *admission,
                              const char *name, uint8_t *digest)
{
    (void)admission;
    prove(name != NULL, "of the token");
    memcpy(digest, token_id, sizeof token_id);
    return nondet_bool() ? KJWT_OK : any_failure();
}

static bool has_entry(size_t i)
{
    return stored_len >= sizeof stored.horizon + (i + 1) * sizeof *stored.entries;
}

/* A record of any length: a ring, with fewer entries perhaps, or none; its
 * times are dates, as are those that are saved. */
static void any_record(void)
{
    __CPROVER_havoc_object(&stored);
    __CPROVER_havoc_object(&memory);
    __CPROVER_havoc_object(token_id);
    keeps = nondet_bool();
    stored_len = nondet_bool() ? 0 : any_length(sizeof stored);
    assume(stored.horizon >= 0 && stored.horizon <= LAST_DATE);
    before = stored;
    if (stored_len == 0)
        before.horizon = 0;
    for (size_t i = 0; i < ENTRIES; i++) {
        assume(stored.entries[i].exp >= 0 && stored.entries[i].exp <= LAST_DATE);
        if (!has_entry(i))
            before.entries[i] = (struct kjwt_jti){{0}, 0};
    }
}

static kjwt_status load_ring(void *context, uint32_t record, void *data,
                             size_t size, size_t *len)
{
    (void)context;
    prove(record == KJWT_RECORD_JTI && data == &memory && size == sizeof memory,
          "the record");
    *len = stored_len;
    memory = stored;
    if (nondet_bool()) {
        __CPROVER_havoc_object(&memory);
        return any_load_failure();
    }
    return stored_len == 0 ? KJWT_ERR_STORE_EMPTY : KJWT_OK;
}

static bool same(const struct kjwt_jti *a, const struct kjwt_jti *b)
{
    return a->exp == b->exp && memcmp(a->id, b->id, sizeof a->id) == 0;
}

static bool remembers(const struct kjwt_jti *entry)
{
    bool found = false;

    for (size_t i = 0; i < ENTRIES; i++)
        found = found || same(&memory.entries[i], entry);
    return found;
}

static kjwt_status save_ring(void *context, uint32_t record, const void *data,
                             size_t len)
{
    const size_t i = any_length(ENTRIES - 1);
    const struct kjwt_jti *const entry = &before.entries[i];
    const kjwt_status status = any_save(context, record, data, len);

    prove(record == KJWT_RECORD_JTI && data == &memory && len == sizeof memory,
          "the ring");
    prove(memory.horizon <= LAST_DATE && memory.entries[i].exp >= 0 &&
              memory.entries[i].exp <= LAST_DATE,
          "dates");
    prove(memory.horizon >= before.horizon, "the horizon does not go down");
    prove(entry->exp == 0 || remembers(entry) ||
              (entry->exp <= expired && entry->exp <= memory.horizon),
          "nothing is forgotten that has not expired");
    prove(entry->exp == 0 || memcmp(entry->id, token_id, sizeof token_id) != 0,
          "a token that is not in it");
    saved = status == KJWT_OK;
    if (!keeps) {
        __CPROVER_havoc_object(&stored);
        stored_len = any_length(sizeof stored);
    } else if (saved) {
        stored = memory;
        stored_len = len;
    }
    return status;
}

/* Whether the token is refused from now on. */
static bool is_stored(void)
{
    bool found = false;

    for (size_t i = 0; i < ENTRIES; i++)
        found = found || (has_entry(i) && stored.entries[i].exp != 0 &&
                          memcmp(stored.entries[i].id, token_id,
                                 sizeof token_id) == 0);
    return found;
}

static const struct kjwt_store store = {load_ring, save_ring, NULL};

void proof_take(void)
{
    const struct kjwt_jti_ring ring = {&store, (uint64_t *)&memory, ENTRIES};
    struct kjwt_admission admission = any_admission();
    const uint32_t proof = admission.proof;
    kjwt_status status;

    any_record();
    expired = admission.known - (int64_t)policy.leeway_s;
    if (expired < 0)
        expired = 0;
    status = kjwt_admit_jti(&admission, &ring);
    prove(status == admission.status, "the admission's status");
    prove(status == KJWT_OK || !saved || !keeps || failed,
          "what was stored is taken");
    if (status != KJWT_OK)
        return;
    prove(saved && is_stored(), "stored before it is taken");
    prove(admission.proof == proof + KJWT_RULE_JTI, "in the proof");
    end_of_proof();
}

/* A ring of no entries is full. */
void proof_none(void)
{
    const struct kjwt_store no_store = {any_load, any_save, NULL};
    uint64_t *horizon = any_memory(sizeof *horizon);
    const struct kjwt_jti_ring ring = {&no_store, horizon, 0};
    struct kjwt_admission admission = any_admission();

    prove(kjwt_admit_jti(&admission, &ring) != KJWT_OK && saves == 0, "refused");
    end_of_proof();
}
