/*
 * The ring of tokens that were taken, for every token and every stored ring of
 * at most ENTRIES entries.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A token is taken only if it is not in the ring and expires after the horizon,
 * and only when it is stored. What was in the ring stays there until it has
 * expired by a known time, and then the horizon is at its `exp` or later.
 */
#include <admit.c>
#include <jti_ring.c>

#include "device_contracts.h"

/* As struct ring, of ENTRIES entries. */
struct memory {
    int64_t horizon;
    struct kjwt_jti entries[ENTRIES];
};
static struct memory memory;
static struct memory before; /* what was loaded */
static uint8_t token_id[KJWT_DIGEST_BYTES];
static int64_t expired; /* what expired by then has */
static bool saved;

/* Of kjwt_admit_digest(), proved in admit.c. */
kjwt_status kjwt_admit_digest(const struct kjwt_admission *admission,
                              const char *name, uint8_t *digest)
{
    (void)admission;
    prove(name != NULL, "of the token");
    __CPROVER_havoc_object(token_id);
    memcpy(digest, token_id, sizeof token_id);
    return nondet_status();
}

/* A record of any length: a ring, with fewer entries perhaps, or none; its
 * times are dates, as are those that are saved. */
static kjwt_status load_ring(void *context, uint32_t record, void *data,
                             size_t size, size_t *len)
{
    (void)context;
    prove(record == KJWT_RECORD_JTI && data == &memory && size == sizeof memory,
          "the record");
    __CPROVER_havoc_object(&memory);
    *len = nondet_bool() ? 0 : any_length(size);
    before = memory;
    if (*len == 0)
        before.horizon = 0;
    for (size_t i = 0; i < ENTRIES; i++)
        if (*len < sizeof before.horizon + (i + 1) * sizeof *before.entries)
            before.entries[i] = (struct kjwt_jti){{0}, 0};
    if (*len == 0)
        return KJWT_ERR_STORE_EMPTY;
    if (nondet_bool())
        return KJWT_ERR_STORE_READ;
    assume(memory.horizon >= 0 && memory.horizon <= LAST_DATE);
    for (size_t i = 0; i < ENTRIES; i++)
        assume(memory.entries[i].exp >= 0 && memory.entries[i].exp <= LAST_DATE);
    return KJWT_OK;
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
    return status;
}

static const struct kjwt_store store = {load_ring, save_ring, NULL};

void proof_take(void)
{
    const struct kjwt_jti_ring ring = {&store, (uint64_t *)&memory, ENTRIES};
    struct kjwt_admission admission = any_admission();
    const uint32_t proof = admission.proof;
    kjwt_status status;

    expired = admission.known - (int64_t)policy.leeway_s;
    if (expired < 0)
        expired = 0;
    status = kjwt_admit_jti(&admission, &ring);
    prove(status == admission.status, "the admission's status");
    if (status != KJWT_OK)
        return;
    prove(saved, "stored before it is taken");
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
