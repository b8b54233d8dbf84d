/*
 * A nonce that the device gives out and takes once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "admit.h"
#include "json.h"

/* The store, where there is one, knows better than the RAM. */
static kjwt_status load(struct kjwt_challenge *challenge)
{
    struct kjwt_nonce *nonce = &challenge->nonce;
    size_t len;
    kjwt_status status = KJWT_OK;

    if (challenge->store == NULL)
        return KJWT_OK;
    status = kjwt_store_load(challenge->store, KJWT_RECORD_NONCE, nonce,
                             sizeof *nonce, &len);
    if (status == KJWT_OK && len != 0 && len != sizeof *nonce)
        status = KJWT_ERR_STORE_READ;
    if (status != KJWT_OK)
        nonce->open = 0;
    return status;
}

static kjwt_status save(struct kjwt_challenge *challenge)
{
    kjwt_status status = KJWT_OK;

    if (challenge->store != NULL)
        status = kjwt_store_save(challenge->store, KJWT_RECORD_NONCE,
                                 &challenge->nonce, sizeof challenge->nonce);
    challenge->closed = status != KJWT_OK;
    return status;
}

/* 20 bytes: the number tells nonces apart, the rest lets nobody guess. */
static void write_text(const struct kjwt_nonce *nonce,
                       char text[KJWT_NONCE_SIZE])
{
    uint8_t bytes[4 + KJWT_NONCE_BYTES];

    for (uint32_t i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(nonce->number >> (24 - 8 * i));
    memcpy(bytes + 4, nonce->random, KJWT_NONCE_BYTES);
    kjwt_hexadecimal(text, bytes, sizeof bytes);
}

/* What a generator gives that does not run. */
static bool is_stuck(const uint8_t *random, const uint8_t *before)
{
    uint8_t difference = 0;

    for (uint32_t i = 1; i < KJWT_NONCE_BYTES; i++)
        difference |= random[i] ^ random[0];
    return difference == 0 || memcmp(random, before, KJWT_NONCE_BYTES) == 0;
}

kjwt_status kjwt_challenge_issue(struct kjwt_challenge *challenge,
                                 char text[KJWT_NONCE_SIZE])
{
    uint8_t random[KJWT_NONCE_BYTES];
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (challenge == NULL || text == NULL || challenge->random == NULL)
        return KJWT_ERR_ARGUMENT;
    text[0] = '\0';
    challenge->closed = true;
    status = load(challenge);
    if (status != KJWT_OK)
        return status;
    if (!challenge->random(challenge->random_context, random, sizeof random) ||
        is_stuck(random, challenge->nonce.random)) {
        status = kjwt_challenge_close(challenge);
        return status == KJWT_OK ? KJWT_ERR_RANDOM : status;
    }
    challenge->nonce.open = 1;
    challenge->nonce.number++;
    memcpy(challenge->nonce.random, random, sizeof random);
    status = save(challenge);
    if (status == KJWT_OK)
        write_text(&challenge->nonce, text);
    else
        challenge->nonce.open = 0;
    return status;
}

kjwt_status kjwt_challenge_close(struct kjwt_challenge *challenge)
{
    kjwt_status status = KJWT_ERR_ARGUMENT;
    uint32_t open;

    if (challenge == NULL)
        return KJWT_ERR_ARGUMENT;
    challenge->closed = true;
    status = load(challenge);
    open = challenge->nonce.open;
    challenge->nonce.open = 0;
    return status == KJWT_OK && open != 0 ? save(challenge) : status;
}

static kjwt_status compare(const struct kjwt_admission *admission,
                           const struct kjwt_challenge *challenge)
{
    const char *path = challenge->claim != NULL ? challenge->claim : "nonce";
    struct kjwt_json_value value = {NULL, 0};
    char text[KJWT_NONCE_SIZE];
    kjwt_status status = KJWT_ERR_NONCE_CLOSED;

    if (challenge->nonce.open != 1)
        return KJWT_ERR_NONCE_CLOSED;
    status = kjwt_claims_span(admission->claims, path, &value.text, &value.len);
    if (status != KJWT_OK && status != KJWT_ERR_CLAIM_MISSING)
        return status;
    write_text(&challenge->nonce, text);
    return kjwt_json_string_is(value, text) ? KJWT_OK : KJWT_ERR_NONCE;
}

KJWT_NOINLINE static kjwt_status decide(struct kjwt_admission *admission,
                                        struct kjwt_challenge *challenge)
{
    kjwt_status status = load(challenge);

    if (status == KJWT_OK)
        status = compare(admission, challenge);
    return kjwt_admit_decided(admission, status);
}

kjwt_status kjwt_admit_nonce(struct kjwt_admission *admission,
                             struct kjwt_challenge *challenge)
{
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (admission == NULL || challenge == NULL)
        return KJWT_ERR_ARGUMENT;
    status = admission->status;
    if (status == KJWT_OK && challenge->closed)
        status = KJWT_ERR_NONCE_CLOSED;
    if (status == KJWT_OK)
        status = decide(admission, challenge);
    if (status == KJWT_OK)
        status = decide(admission, challenge);
    if (status == KJWT_OK) {
        challenge->nonce.open = 0;
        status = save(challenge);
    }
    if (status == KJWT_OK &&
        decide(admission, challenge) != KJWT_ERR_NONCE_CLOSED)
        status = KJWT_ERR_STORE_WRITE;
    return kjwt_admit_rule(admission, status, KJWT_RULE_NONCE,
                           3 * KJWT_DECISION + KJWT_ERR_NONCE_CLOSED);
}
