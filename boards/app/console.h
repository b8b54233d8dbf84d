/*
 * Text on the board's console.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

void console_text(const char *text);
void console_uint(uint32_t value);
void console_int64(int64_t value);
void console_hex(uint32_t value);

#endif
