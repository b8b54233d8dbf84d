/*
 * Text on the board's console, without a libc's printf and its heap.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "console.h"

#include "board.h"

void console_text(const char *text)
{
    while (*text != '\0')
        board_put(*text++);
}

void console_uint(uint32_t value)
{
    char digits[sizeof "4294967295"];
    char *first = digits + sizeof digits - 1;

    *first = '\0';
    do {
        *--first = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0);
    console_text(first);
}

void console_int64(int64_t value)
{
    char digits[sizeof "-9223372036854775808"];
    char *first = digits + sizeof digits - 1;
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    *first = '\0';
    do {
        *--first = (char)('0' + magnitude % 10u);
        magnitude /= 10u;
    } while (magnitude != 0);
    if (value < 0)
        *--first = '-';
    console_text(first);
}

void console_hex(uint32_t value)
{
    console_text("0x");
    for (int shift = 28; shift >= 0; shift -= 4)
        board_put("0123456789abcdef"[value >> shift & 0xfu]);
}
