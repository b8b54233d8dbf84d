/*
 * base64 (RFC 4648 4), as JSON APIs carry bytes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE64_H
#define BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* Strict: the text must be the very encoding of the bytes, which must fit into
 * bytes[size]. */
bool base64_decode(const char *text, uint8_t *bytes, size_t size, size_t *len);

/* A JSON string; NULL: memory is short. */
json_t *base64_json(const void *bytes, size_t len);

#endif
