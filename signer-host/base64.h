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

/* Characters that len bytes become, without a NUL. */
#define BASE64_LENGTH(len) (((len) + 2) / 3 * 4)

/* Writes BASE64_LENGTH(len) characters and a NUL to text. */
void base64_encode(const void *bytes, size_t len, char *text);

/* A JSON string; NULL: memory is short. */
json_t *base64_json(const void *bytes, size_t len);

/* Decodes len characters into bytes[size]. False for anything but the very
 * encoding of some bytes (RFC 4648 3.3, 3.5), or no room. */
bool base64_decode(const char *text, size_t len, uint8_t *bytes, size_t size,
                   size_t *bytes_len);

#endif
