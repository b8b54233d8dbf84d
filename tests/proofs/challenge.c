/*
 * The challenge, for every token, every stored nonce and every random number.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A nonce is given out only when it is stored, and as a text that ends within
 * its memory; a token is taken only if one was open, which is then closed, in
 * the store as well, also one that keeps something else than it was given.
 */
#define decide decide_claim /* one of the same name follows */
#include <admit.c>
#undef decide
#include <challenge.c>
#include <device_id.c>

#include "device_contracts.h"

static struct kjwt_nonce stored;
static size_t stored_len;
static bool keeps = true; /* what it is given */

static kjwt_status load_nonce(void *context, uint32_t record, void *data,
                              size_t size, size_t *len)
{
    prove(record == KJWT_RECORD_NONCE && size == sizeof stored, "the record");
    (void)context;
    *len = stored_len;
    memcpy(data, &stored, sizeof stored);
    if (nondet_bool()) {
        __CPROVER_havoc_slice(data, sizeof stored);
        return any_load_failure();
    }
    return stored_len == 0 ? KJWT_ERR_STORE_EMPTY : KJWT_OK;
}

static kjwt_status save_nonce(void *context, uint32_t record, const void *data,
                              size_t len)
{
    const kjwt_status status = any_save(context, record, data, len);

    prove(record == KJWT_RECORD_NONCE && len == sizeof stored, "the record");
    if (!keeps) {
        __CPROVER_havoc_object(&stored);
        stored_len = any_length(sizeof stored);
    } else if (status == KJWT_OK) {
        memcpy(&stored, data, sizeof stored);
        stored_len = len;
    }
    return status;
}

static bool any_random(void *context, void *data, size_t len)
{
    (void)context;
    prove(__CPROVER_w_ok(data, len), "room for random bytes");
    __CPROVER_havoc_slice(data, len);
    return nondet_bool();
}

static const struct kjwt_store store = {load_nonce, save_nonce, NULL};

static struct kjwt_challenge any_challenge(void)
{
    struct kjwt_challenge challenge = {
        .store = nondet_bool() ? &store : NULL,
        .random = nondet_bool() ? any_random : NULL,
        .claim = nondet_bool() ? "path" : NULL,
        .closed = nondet_bool(),
    };

    __CPROVER_havoc_object(&stored);
    stored_len = any_length(sizeof stored);
    __CPROVER_havoc_slice(&challenge.nonce, sizeof challenge.nonce);
    return challenge;
}

/* In RAM and in the store, or whatever the store says. */
static bool is_closed(const struct kjwt_challenge *challenge)
{
    return challenge->nonce.open == 0 &&
           (challenge->closed || challenge->store == NULL ||
            (stored_len == 0 || stored.open == 0));
}

void proof_issue(void)
{
    struct kjwt_challenge challenge = any_challenge();
    const bool can = challenge.random != NULL;
    char *given = any_memory(KJWT_NONCE_SIZE);
    const kjwt_status status = kjwt_challenge_issue(&challenge, given);

    if (status != KJWT_OK) {
        prove(!can || (given[0] == '\0' && is_closed(&challenge)),
              "none is open");
        return;
    }
    prove(challenge.nonce.open == 1 && !challenge.closed, "open");
    prove(challenge.store == NULL ||
              (stored.open == 1 && stored.number == challenge.nonce.number),
          "and stored");
    prove(given[KJWT_NONCE_SIZE - 1] == '\0', "terminated");
    for (size_t i = 0; i < KJWT_NONCE_SIZE - 1; i++)
        prove(given[i] != '\0', "whole");
    end_of_proof();
}

void proof_close(void)
{
    struct kjwt_challenge challenge = any_challenge();
    const kjwt_status status = kjwt_challenge_close(&challenge);

    prove(is_closed(&challenge), "closed");
    prove(status != KJWT_OK || challenge.store == NULL || saves == 0 ||
              stored.open == 0,
          "in the store");
    end_of_proof();
}

static bool is_open(const struct kjwt_challenge *challenge)
{
    return challenge->store == NULL
               ? challenge->nonce.open == 1
               : stored_len == sizeof stored && stored.open == 1;
}

void proof_admit(void)
{
    struct kjwt_challenge challenge = any_challenge();
    const bool open = !challenge.closed && is_open(&challenge);
    struct kjwt_admission admission = any_admission();
    const uint32_t proof = admission.proof;
    kjwt_status status;

    keeps = nondet_bool();
    status = kjwt_admit_nonce(&admission, &challenge);
    prove(status == admission.status, "the admission's status");
    prove(status == KJWT_OK || saves == 0 || !keeps || failed,
          "what was closed is taken");
    if (status != KJWT_OK)
        return;
    prove(open, "one was open");
    prove(challenge.nonce.open != 1 && !is_open(&challenge), "and is closed");
    prove(!keeps || (challenge.nonce.open == 0 &&
                     (challenge.store == NULL || stored.open == 0)),
          "for good");
    prove(admission.proof == proof + KJWT_RULE_NONCE, "in the proof");
    end_of_proof();
}
