/*
 * The verifier's verdict on a token that is not signed yet.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "rehearsal.h"

#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "base64url.h"
#include "token.h"

bool rehearsal_open(struct rehearsal *rehearsal, const struct public_key *key,
                    struct error *error)
{
    rehearsal->key = key;
    return stand_in_open(&rehearsal->stand_in, error);
}

/* The stand-in's signature may be shorter than the key's. */
static bool check_length(size_t token_len, struct error *error)
{
    char advice[ADVICE_SIZE];

    if (token_len <= KJWT_MAX_TOKEN_LENGTH)
        return true;
    advice_format(KJWT_ERR_LIMIT_TOKEN, advice);
    return error_set(error, EXIT_REFUSED,
                     "not minted, a device would refuse this token: %s",
                     advice);
}

static bool check(const struct rehearsal *rehearsal,
                  const struct members *header, const struct members *claims,
                  const char *signing_input, struct error *error)
{
    uint8_t signature[STAND_IN_BYTES];
    char *token = NULL;
    bool done =
        stand_in_sign(&rehearsal->stand_in, signing_input,
                      strlen(signing_input), signature, error) &&
        token_assemble(signing_input, signature, sizeof signature, &token,
                       error) &&
        token_check(&rehearsal->stand_in.key, header, claims, token, error);

    free(token);
    return done;
}

bool rehearse(const struct rehearsal *rehearsal, const struct members *header,
              const struct members *claims, size_t *token_len,
              struct error *error)
{
    char *signing_input;
    bool done;

    if (!token_signing_input(header, claims, &signing_input, error))
        return false;
    *token_len = strlen(signing_input) + 1 +
                 BASE64URL_LENGTH((size_t)rehearsal->key->bits / 8);
    done = check_length(*token_len, error) &&
           check(rehearsal, header, claims, signing_input, error);
    free(signing_input);
    return done;
}
