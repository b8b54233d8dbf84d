/*
 * SHA-256 for kjwt, from what the core or a library brings: mbedTLS, PSA Crypto
 * or BearSSL. With KJWT_SHA256_OWN the sketch provides it (kjwt_port.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#if defined(KJWT_SHA256_OWN)
typedef int kjwt_no_sha256; /* no empty translation unit */
#elif __has_include(<mbedtls/sha256.h>)
#include "sha256_mbedtls.h"
#elif __has_include(<psa/crypto.h>)
#include "sha256_psa.h"
#elif __has_include(<bearssl/bearssl_hash.h>)
#include "sha256_bearssl.h"
#else
#warning "no SHA-256: install ArduinoBearSSL, or define KJWT_SHA256_OWN"
#endif
