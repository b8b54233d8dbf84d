/*
 * A development key: an RSA private key in memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSA_PRIVATE_H
#define RSA_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <mbedtls/pk.h>

#include "error.h"
#include "public_key.h"

/* Room for the PEM of a 4096-bit key. */
#define RSA_PRIVATE_MAX_PEM 4096

/* Reads PKCS#1 or PKCS#8 in PEM into *pk, which is mbedtls_pk_init()ed, and
 * its public half into *key. */
bool rsa_private_from_pem(const char *pem, mbedtls_pk_context *pk,
                          struct public_key *key, struct error *error);

/* RSASSA-PKCS1-v1_5 with SHA-256; signature has PUBLIC_KEY_MAX_BYTES. */
bool rsa_private_sign(mbedtls_pk_context *pk, const void *message,
                      size_t message_len, uint8_t *signature,
                      size_t *signature_len, struct error *error);

/* A new key as PEM. The caller clears it. */
bool rsa_private_generate(unsigned bits, char pem[RSA_PRIVATE_MAX_PEM],
                          struct error *error);

#endif
