/*
 * Ctrl-C and SIGTERM: the first one asks to finish, a second one ends at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void);

/* Whether one has come. */
bool interrupt_requested(void);

#endif
