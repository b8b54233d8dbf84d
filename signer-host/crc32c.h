/*
 * CRC-32C (Castagnoli, RFC 3720 B.4), by which Google Cloud KMS guards what it
 * sends and gets.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CRC32C_H
#define CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(const void *data, size_t len);

#endif
