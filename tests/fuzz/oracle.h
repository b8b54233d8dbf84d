/*
 * An independent verifier in a process of its own, over a pipe.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef ORACLE_H
#define ORACLE_H

#include "fuzz.h"

/* Starts the command of KJWT_FUZZ_ORACLE, once, with the key it verifies by;
 * without that variable there is no oracle. */
void oracle_open(const char *public_pem);

/* Ends the process unless the oracle, if there is one, decides alike. */
void oracle_check(const char *rules, size_t rules_len, const char *token,
                  size_t len, bool accepted);

#endif
