/*
 * What one verification costs on this board.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>
#include <stdint.h>

#include "kjwt.h"

struct measurement {
    uint32_t stack;        /* bytes below the caller's stack pointer */
    uint32_t work;         /* bytes of the work memory up to the last used */
    uint32_t instructions; /* from the call to its return */
};

/* kjwt_verify() with the same arguments and result; work_size is a multiple of
 * 4. *measured is what it took. */
kjwt_status measure_verify(const struct kjwt_policy *policy, uint32_t *work,
                           size_t work_size, char *token, size_t token_len,
                           int64_t now, struct kjwt_claims *claims,
                           struct measurement *measured);

/* Bytes below the caller's stack pointer that call(argument) takes. */
uint32_t measure_stack(void (*call)(void *), void *argument);

/* The same for call(argument), whose frame counts as well. */
kjwt_status measure_call(kjwt_status (*call)(void *argument), void *argument,
                         uint32_t *work, size_t work_size,
                         struct measurement *measured);

#endif
