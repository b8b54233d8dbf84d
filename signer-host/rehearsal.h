/*
 * What a device will say to a token, before a key is asked to sign it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef REHEARSAL_H
#define REHEARSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "members.h"
#include "public_key.h"
#include "stand_in.h"

struct rehearsal {
    const struct public_key *key; /* that will sign */
    struct stand_in stand_in;
};

/* The key must outlive the rehearsal, which needs no closing. */
bool rehearsal_open(struct rehearsal *rehearsal, const struct public_key *key,
                    struct error *error);

/* Refuses what token_check() would refuse after signing: with the stand-in's
 * signature, and for the length of the real one, which *token_len is. */
bool rehearse(const struct rehearsal *rehearsal, const struct members *header,
              const struct members *claims, size_t *token_len,
              struct error *error);

#endif
