/*
 * Randomness: for RSA blinding, new keys and `jti`.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <stddef.h>

/* Fills len bytes from the operating system's generator. 0, or an error code
 * of mbedTLS: it has the shape that mbedTLS asks of a generator. */
int random_bytes(void *unused, unsigned char *bytes, size_t len);

#endif
