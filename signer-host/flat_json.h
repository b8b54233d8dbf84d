/*
 * JSON that is one plain string, or one object of them, {"Name": "value", ...},
 * as KMS's Sign is asked and answers. jansson takes over a hundred instructions
 * for each character of it, and that was a fifth of what a token costs; here it
 * is a few. All other JSON goes to jansson, which alone decides what is none.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FLAT_JSON_H
#define FLAT_JSON_H

#include <stddef.h>

#include <jansson.h>

/* As json_loadb() with JSON_REJECT_DUPLICATES and JSON_DECODE_ANY. */
json_t *flat_json_load(const char *text, size_t len);

/* The JSON text of a string, to be freed; NULL where it is not UTF-8. */
char *flat_json_string(const char *text);

/* As json_dumps() with JSON_COMPACT, to be freed; NULL also for a NULL. */
char *flat_json_dump(json_t *json);

#endif
