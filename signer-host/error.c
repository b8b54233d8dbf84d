/*
 * Errors on their way to stderr.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void error_clean(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at != '\0'; at++)
        if (*at < ' ' || *at == 0x7f) {
            *at = '?';
        } else if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0) {
            *at++ = '?';
            *at = '?';
        }
}

bool error_set(struct error *error, enum exit_status status, const char *format,
               ...)
{
    va_list arguments;

    error->status = status;
    va_start(arguments, format);
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error_clean(error->text);
    return false;
}

bool error_in(struct error *error, const char *where)
{
    char text[sizeof error->text];

    memcpy(text, error->text, sizeof text);
    return error_set(error, error->status, "%.256s: %.760s", where, text);
}

bool out_of_memory(struct error *error)
{
    return error_set(error, EXIT_USAGE, "out of memory");
}
