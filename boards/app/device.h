/*
 * What the verify shell keeps over a restart, and the rules of kjwt_device.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "kjwt_device.h"

/* The board's flash, whose power the command power-cut cuts. */
extern const struct kjwt_store device_store;

/* Once, after board_init(). */
void device_start(void);

/* Runs and answers a command of this file; false if the line is none. */
bool device_command(const char *line, size_t len);

/* What to verify with: changes the policy and the time by the floor. */
void device_policy(struct kjwt_policy *policy, int64_t *now);

/* Applies the rules that are on to what a verification returned and left; the
 * work is that of the verification, free again. KJWT_OK: act on the token. */
kjwt_status device_admit(kjwt_status status, const struct kjwt_policy *policy,
                         int64_t now, const struct kjwt_claims *claims,
                         void *work);

#endif
