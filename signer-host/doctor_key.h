/*
 * `doctor` for a key of any kind: opens it, asks for its public half and has
 * it sign.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DOCTOR_KEY_H
#define DOCTOR_KEY_H

#include "diagnosis.h"
#include "key_holder.h"

/* Returns whether the private half lies in a file. */
bool doctor_key(const char *uri, const struct key_options *options,
                struct diagnosis *diagnosis);

#endif
