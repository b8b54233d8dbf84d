/*
 * What is verified; tests/bench/device/run writes the file with the bytes.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VECTORS_H
#define VECTORS_H

#include "contender.h"

#define MESSAGE_LEN 600

extern const uint8_t vector_message[MESSAGE_LEN];
extern const uint8_t vector_other_message[MESSAGE_LEN];
extern const uint8_t vector_signature[SIGNATURE_SIZE];
extern const uint8_t vector_flipped_signature[SIGNATURE_SIZE];
/* s + n: the same number modulo n, which RFC 8017 5.2.2 refuses. */
extern const uint8_t vector_signature_plus_n[SIGNATURE_SIZE];

#endif
