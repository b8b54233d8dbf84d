/*
 * The stored key set, in the memory where it is used.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   | head | revoked thumbprints, 32 bytes each | key | key | ...
 *
 *   key   | head | n | target | kid, NUL, padded to 8 |
 *
 * All in the device's own byte order: no other machine reads it. Each part is a
 * multiple of 8 bytes long.
 */
#ifndef KJWT_KEYSET_RECORD_H
#define KJWT_KEYSET_RECORD_H

#include "kjwt_keyset.h"

#define KJWT_KEYSET_FORMAT 0x3153534au /* "JSS1" */

struct kjwt_keyset_head {
    uint32_t format;
    uint32_t size; /* of the record */
    uint32_t key_count;
    uint32_t revoked_count;
    int64_t version;
    uint8_t digest[32]; /* SHA-256 of the Claims Set */
};

struct kjwt_keyset_key_head {
    uint32_t bits;
    uint32_t kid_size;
    uint32_t n0inv[2];
};

/* KJWT_RECORD_KEYSET_VERSION: the newest set that was ever accepted. */
struct kjwt_keyset_floor {
    int64_t version;
    uint8_t digest[32];
};

/* keyset->floor when there is no telling what is newer. */
#define KJWT_KEYSET_FLOOR_UNKNOWN INT64_MAX

/* The bytes of a key of that many bits whose kid has kid_len. */
static inline size_t kjwt_keyset_key_size(uint32_t bits, size_t kid_len)
{
    return sizeof(struct kjwt_keyset_key_head) + bits / 4 + (kid_len + 8) / 8 * 8;
}

/* Points keyset at the record of len bytes in its memory. false, and no set is
 * in use, where it is none. */
bool kjwt_keyset_use(struct kjwt_keyset *keyset, size_t len);

/* Writes the version floor of the set in use. */
kjwt_status kjwt_keyset_save_floor(struct kjwt_keyset *keyset);

/* Whether thumbprint is one of count. */
bool kjwt_keyset_has(const uint8_t *thumbprints, size_t count,
                     const uint8_t thumbprint[KJWT_THUMBPRINT_SIZE]);

#endif
