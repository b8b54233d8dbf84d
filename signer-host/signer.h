/*
 * The key that a command signs with, and the JOSE Header that goes with it, as
 * the options --key, --kid, --no-kid, --header and --message-type say.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SIGNER_H
#define SIGNER_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "key_holder.h"
#include "members.h"
#include "options.h"

struct signer {
    struct key_holder *holder;
    struct public_key key; /* the public half of the holder's */
    struct members header;
};

/* Close it with signer_close() whatever the result; {0} before. */
bool signer_open(const struct options *options, struct signer *signer,
                 struct error *error);
void signer_close(struct signer *signer);

/* Refuses a clock that is far from KMS's, once KMS has answered: a bench with
 * a wrong one would mint tokens that are valid at the wrong time. Who gives
 * --now has said what time it is. */
bool signer_check_clock(const struct signer *signer,
                        const struct options *options, int64_t now,
                        struct error *error);

#endif
