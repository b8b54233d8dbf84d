/*
 * A key set or a certificate that signer-host made, and what it made it of.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FUZZ_ISSUED_H
#define FUZZ_ISSUED_H

#include <jansson.h>

#include "fuzz.h"
#include "options.h"
#include "public_key.h"

struct issued {
    const struct options *options;
    int64_t now;
    const struct public_key *signer;
    const struct fuzz_input *previous; /* the token of the set before */
    struct fuzz_input token;
    json_t *claims;
};

/* The date that an option gives; `otherwise` without it. */
int64_t issued_date(const struct issued *issued, const char *option,
                    int64_t otherwise);

/* Whether the claim is that date; -1: it is not there. */
bool issued_has_date(const struct issued *issued, const char *claim,
                     int64_t date);

/* A device takes it, and gets from it what the options say. */
void issued_check_set(const struct issued *issued);
void issued_check_certificate(const struct issued *issued);

#endif
