/*
 * SHA-256 by mbedTLS, whose software implementation does not fail.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "digest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void digest_start(struct digest *digest)
{
    mbedtls_sha256_init(&digest->context);
    (void)mbedtls_sha256_starts(&digest->context, 0);
}

void digest_add(struct digest *digest, const void *data, size_t len)
{
    (void)mbedtls_sha256_update(&digest->context, data, len);
}

void digest_hex(const struct digest *digest, char hex[DIGEST_HEX_SIZE])
{
    struct digest copy = *digest;
    unsigned char bytes[32];

    (void)mbedtls_sha256_finish(&copy.context, bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

bool digest_file(const char *path, char hex[DIGEST_HEX_SIZE],
                 struct error *error)
{
    FILE *file = fopen(path, "rbe");
    struct digest digest;
    char buffer[16384];
    size_t len;
    bool done;

    digest_start(&digest);
    while (file != NULL && (len = fread(buffer, 1, sizeof buffer, file)) > 0)
        digest_add(&digest, buffer, len);
    done = file != NULL && !ferror(file);
    if (!done)
        (void)error_set(error, EXIT_USAGE, "cannot read %s: %s", path,
                        strerror(errno));
    if (file != NULL)
        (void)fclose(file);
    digest_hex(&digest, hex);
    return done;
}
