/*
 * Errors on their way to stderr.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool error_set(struct error *error, enum exit_status status, const char *format,
               ...)
{
    va_list arguments;

    error->status = status;
    va_start(arguments, format);
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return false;
}

bool error_in(struct error *error, const char *where)
{
    char text[sizeof error->text];

    memcpy(text, error->text, sizeof text);
    return error_set(error, error->status, "%.256s: %.760s", where, text);
}
