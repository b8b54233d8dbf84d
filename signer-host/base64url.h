/*
 * base64url without padding (RFC 7515 2), exact in both directions.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BASE64URL_H
#define BASE64URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters that len bytes become, without a NUL. */
#define BASE64URL_LENGTH(len) (((len)*4 + 2) / 3)

/* Writes BASE64URL_LENGTH(len) characters and a NUL to text. */
void base64url_encode(const void *bytes, size_t len, char *text);

/* Decodes len characters into bytes[size]. False for a foreign character,
 * padding, stray bits (RFC 4648 3.5), an impossible length, or no room. */
bool base64url_decode(const char *text, size_t len, uint8_t *bytes, size_t size,
                      size_t *bytes_len);

#endif
