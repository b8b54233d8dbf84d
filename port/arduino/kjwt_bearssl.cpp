/*
 * Leads Arduino to the library that has BearSSL where neither the core nor a
 * library of the sketch has a SHA-256 for kjwt_sha256.c: libraries are found by
 * the headers at their top, and this one is C++.
 * SPDX-License-Identifier: Apache-2.0
 */
#if !defined(KJWT_SHA256_OWN) && !__has_include(<mbedtls/sha256.h>) &&         \
    !__has_include(<psa/crypto.h>) &&                                          \
    !__has_include(<bearssl/bearssl_hash.h>)
#include <ArduinoBearSSL.h>
#endif
