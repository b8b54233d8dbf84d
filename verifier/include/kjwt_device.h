/*
 * kjwt_device: what a device without a network and without a clock needs beside
 * kjwt_verify(): a lower bound of the time, one-shot tokens, a challenge, and
 * memory that outlives a power cut.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of it is optional. kjwt.h does not know of it, each part is a file of its
 * own, and who does not call a part does not pay a byte for it.
 *
 *     struct kjwt_policy policy = device_policy;
 *     int64_t now = port_time_now();
 *
 *     kjwt_floor_policy(&floor, &policy, &now);
 *     status = kjwt_verify(&policy, work, sizeof work, token, token_len, now,
 *                          &claims);
 *     kjwt_admit_begin(&admission, status, &policy, now, &claims, work,
 *                      sizeof work);
 *     kjwt_admit_floor(&admission, &floor);
 *     kjwt_admit_nonce(&admission, &challenge);
 *     status = kjwt_admit_one_shot(&admission, &one_shot);
 *     if (status != KJWT_OK ||
 *         !kjwt_admitted(&admission, KJWT_RULE_FLOOR | KJWT_RULE_NONCE |
 *                                        KJWT_RULE_ONE_SHOT))
 *         return refuse(kjwt_status_name(status));
 *
 * Conventions are those of kjwt.h: no heap, no globals, all memory is the
 * caller's. The claims may be of any function that leaves struct kjwt_claims.
 *
 * What is kept is kept before the caller is told yes. After a power cut a token
 * counts as taken or as not taken, never as taken and still good: a token that
 * was cut off between the two is used up, and the bench mints another.
 *
 * Not covered: an attacker who writes the device's storage.
 */
#ifndef KJWT_DEVICE_H
#define KJWT_DEVICE_H

#include "kjwt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* -------------------------------------------------------------- store --- */

/* The records that kjwt keeps. A store holds each of them by itself; there is
 * no order among them. */
enum {
    KJWT_RECORD_FLOOR = 1,      /* 16 bytes */
    KJWT_RECORD_NONCE,          /* 24 bytes */
    KJWT_RECORD_ONE_SHOT,       /* 24 bytes an issuer */
    KJWT_RECORD_JTI,            /* 8 bytes, and 24 an entry */
    KJWT_RECORD_KEYSET_VERSION, /* kjwt_keyset.h */
    KJWT_RECORD_KEYSET          /* kjwt_keyset.h */
};

/*
 * Memory that outlives a power cut: port/storage over flash, or a firmware's
 * own (NVS, a file system, an EEPROM).
 *
 *   load   copies the record's newest content to data and sets *len, at most
 *          size. KJWT_OK; KJWT_ERR_STORE_EMPTY: nothing was ever saved;
 *          KJWT_ERR_STORE_READ: something was and cannot be read, or is longer
 *          than size. The two must not be taken for each other: the first is a
 *          new device, the second refuses tokens
 *   save   replaces the content by len bytes of data. KJWT_OK only when they
 *          will be read after a power cut; KJWT_ERR_STORE_WRITE. After a power
 *          cut within save, load gives the old content or the new one, and the
 *          same each time
 *
 * Both take bytes of any alignment and keep no pointer to them.
 */
struct kjwt_store {
    kjwt_status (*load)(void *context, uint32_t record, void *data, size_t size,
                        size_t *len);
    kjwt_status (*save)(void *context, uint32_t record, const void *data,
                        size_t len);
    void *context;
};

#ifdef __cplusplus
}
#endif

#endif
