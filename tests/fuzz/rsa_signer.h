/*
 * A private key of the test run. OpenSSL's (rsa_signer_openssl.c) is several
 * times as fast as mbedTLS's, and half of fuzzing is signing.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RSA_SIGNER_H
#define RSA_SIGNER_H

#include "fuzz.h"

struct rsa_signer;

/* Reads a PEM file, and writes the DER SubjectPublicKeyInfo to der[*len]. NULL
 * when there is no such file. */
struct rsa_signer *rsa_signer_open(const char *path, uint8_t *der,
                                   size_t *len);

/* RSASP1 (RFC 8017 5.2.1) of a block as long as the modulus, and below it. */
void rsa_signer_block(struct rsa_signer *signer, const uint8_t *block,
                      uint8_t *signature);

#endif
