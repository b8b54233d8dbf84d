/*
 * The clock that never jumps: for pauses, deadlines and rates.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MONOTONIC_H
#define MONOTONIC_H

#include <stdint.h>

/* A time that never comes. */
#define MONOTONIC_NEVER INT64_MAX

/* Microseconds since some moment in the past. */
int64_t monotonic_us(void);

/* Milliseconds from now until then for poll(), rounded up; -1 for never. */
int monotonic_poll_ms(int64_t now_us, int64_t then_us);

#endif
