/*
 * SHA-256 in hexadecimal, of bytes that come in pieces and of files.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include <mbedtls/sha256.h>

#include "error.h"

#define DIGEST_HEX_SIZE 65

struct digest {
    mbedtls_sha256_context context;
};

void digest_start(struct digest *digest);
void digest_add(struct digest *digest, const void *data, size_t len);

/* Of what was added so far; more may follow. */
void digest_hex(const struct digest *digest, char hex[DIGEST_HEX_SIZE]);

/* EXIT_USAGE when it cannot be read. */
bool digest_file(const char *path, char hex[DIGEST_HEX_SIZE],
                 struct error *error);

#endif
