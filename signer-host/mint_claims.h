/*
 * What `mint` puts into a token: its JOSE Header and its Claims Set, from
 * options, a claims file and defaults, in this order of precedence. Where many
 * tokens are minted, each one's own claims go before all of these.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MINT_CLAIMS_H
#define MINT_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "members.h"
#include "options.h"

/* The Claims Set for a token minted at `now`. */
bool mint_claims(const struct options *options, int64_t now,
                 struct members *claims, struct error *error);

/* The same in two steps, for many tokens. First, once, what options and claims
 * file say for all of them. */
bool mint_defaults(const struct options *options, struct members *defaults,
                   struct error *error);

/* Then the Claims Set of one, minted at `now`: the defaults, its own claims
 * above them (NULL: none), and iat, exp and jti where these are still open. An
 * exp of its own goes before --exp, --ttl and --no-exp. */
bool mint_complete(const struct options *options,
                   const struct members *defaults, const struct members *own,
                   int64_t now, struct members *claims, struct error *error);

/* The JOSE Header; kid NULL: none. */
bool mint_header(const struct options *options, const char *kid,
                 struct members *header, struct error *error);

/* A NumericDate among the members, a fraction cut off. */
bool mint_date(const struct members *claims, const char *name, int64_t *date);

#endif
