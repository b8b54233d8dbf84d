/*
 * What the rules of an admission share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KJWT_ADMIT_H
#define KJWT_ADMIT_H

#include "kjwt_device.h"

/* Ends a rule: its status becomes the admission's, and its constant part of the
 * proof, with the status and what the rule found to differ mixed in: 0, where
 * the status is KJWT_OK and no branch was glitched. Returns the status. */
kjwt_status kjwt_admit_rule(struct kjwt_admission *admission,
                            kjwt_status status, uint32_t rule,
                            uint32_t difference);

/* Loads a record that may never have been saved: then KJWT_OK and *len 0. What
 * is left of the size behind it is zero. */
kjwt_status kjwt_store_load(const struct kjwt_store *store, uint32_t record,
                            void *data, size_t size, size_t *len);

/* A NumericDate; `missing` where there is none. */
kjwt_status kjwt_admit_date(const struct kjwt_admission *admission,
                            const char *name, int64_t missing, int64_t *date);

/* 0 if a < b, else 1, without a branch. Their difference is an int64_t. */
static inline uint32_t kjwt_not_below(int64_t a, int64_t b)
{
    return (uint32_t)(((uint64_t)a - (uint64_t)b) >> 63) ^ 1u;
}

/* SHA-256 of `iss` and of the claim `name` (NULL: of `iss` alone), unescaped,
 * each with a NUL behind it, cut off. Uses the work. What is missing
 * is empty. */
kjwt_status kjwt_admit_digest(const struct kjwt_admission *admission,
                              const char *name,
                              uint8_t digest[KJWT_DIGEST_BYTES]);

/* Writes id in lower-case hexadecimal and a NUL. */
void kjwt_hexadecimal(char *text, const uint8_t *id, size_t id_len);

#endif
