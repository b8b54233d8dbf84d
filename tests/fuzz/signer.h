/*
 * What the targets of signer-host share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FUZZ_SIGNER_H
#define FUZZ_SIGNER_H

#include "error.h"
#include "fuzz.h"

/* A failure has a reason that a terminal shows as it is; a success gives the
 * reason back as it was. Returns done. */
bool check_error(bool done, const struct error *error);

/* What no message may quote, where an input has it. */
#define FUZZ_SECRET "SECRETMARK"
void check_no_secret(const struct error *error);

/* The same of a secret of the environment, unless a server's answers quote
 * it. */
void check_kept_secret(const struct error *error, const uint8_t *answers,
                       size_t size);

#endif
