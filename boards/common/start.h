/*
 * What the architectures' reset and trap code call.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef START_H
#define START_H

#include <stdint.h>

/* Runs the program; the stack pointer is set, nothing else. */
_Noreturn void start(void);

/* Tells about a processor fault and ends the run with exit status 2. cause is
 * the architecture's number for it: exception number or mcause. */
_Noreturn void fault(uint32_t cause, uint32_t pc);

#endif
