/*
 * The command keyset of the verify shell: new keys for the device.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEYSET_COMMAND_H
#define KEYSET_COMMAND_H

#include "kjwt_keyset.h"
#include "measure.h"

/* As many keys and revocations as the smallest board has memory for. */
#define KEYSET_KEYS    2
#define KEYSET_BITS    2048
#define KEYSET_REVOKED 4
#define KEYSET_SIZE    KJWT_KEYSET_SIZE(KEYSET_KEYS, KEYSET_BITS, KEYSET_REVOKED)

/* The set in use. */
extern struct kjwt_keyset keyset;

/* Reads what is stored; once, at start. */
void keyset_start(const struct kjwt_store *store);

/* Answers `keyset TOKEN`, of which token[len] is what follows the name, and with
 * len 0 `keyset`. The roots sign key sets; one with exp or nbf is held against
 * now. */
void keyset_command(char *token, size_t len, const struct kjwt_policy *roots,
                    uint32_t *work, size_t work_size, int64_t now,
                    struct measurement *measured);

#endif
