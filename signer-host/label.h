/*
 * A QR code of a token, for a label on the device's box: ISO/IEC 18004 with a
 * quiet zone of four modules.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LABEL_H
#define LABEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "error.h"

/* What version 40 holds in byte mode at level L. */
#define LABEL_MAX_TEXT 2953

/* The code, and the title under it in plain letters (ASCII without <, &). */
bool label_svg(FILE *out, const char *text, const char *title,
               struct error *error);

/* The code alone, black and white, four pixels a module. */
bool label_png(FILE *out, const char *text, struct error *error);

#endif
