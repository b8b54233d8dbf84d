/*
 * What the rules of an admission share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KJWT_ADMIT_H
#define KJWT_ADMIT_H

#include "kjwt_device.h"
#include "proof.h"

/*
 * A rule decides twice before it stores anything, from the token and the store,
 * as a glitch hits but one of the two; and where it stores, once more behind
 * that: the token is refused now. Each decision adds this and its status to the
 * proof, apart from what follows from it.
 */
#define KJWT_DECISION 0x9b05688cu

static inline kjwt_status kjwt_admit_decided(struct kjwt_admission *admission,
                                             kjwt_status status)
{
    admission->proof += kjwt_opaque((uint32_t)status) + KJWT_DECISION;
    return status;
}

/* Ends a rule: its status becomes the admission's and its constant, less what
 * its decisions should have added, a part of the proof, with the status mixed
 * in. Returns the status; KJWT_ERR_UNVERIFIED where that would be KJWT_OK and
 * the proof does not have what the rules so far add. */
kjwt_status kjwt_admit_rule(struct kjwt_admission *admission,
                            kjwt_status status, uint32_t rule,
                            uint32_t decisions);

/* Loads a record that may never have been saved: then KJWT_OK and *len 0. What
 * is left of the size behind it is zero. KJWT_OK or KJWT_ERR_STORE_READ. */
kjwt_status kjwt_store_load(const struct kjwt_store *store, uint32_t record,
                            void *data, size_t size, size_t *len);

/* KJWT_OK or KJWT_ERR_STORE_WRITE. */
kjwt_status kjwt_store_save(const struct kjwt_store *store, uint32_t record,
                            const void *data, size_t len);

/* A NumericDate; `missing` where there is none. */
kjwt_status kjwt_admit_date(const struct kjwt_admission *admission,
                            const char *name, int64_t missing, int64_t *date);

/* SHA-256 of `iss` and of the claim `name` (NULL: of `iss` alone), unescaped,
 * each with a NUL behind it, cut off. Uses the work. What is missing
 * is empty. */
kjwt_status kjwt_admit_digest(const struct kjwt_admission *admission,
                              const char *name,
                              uint8_t digest[KJWT_DIGEST_BYTES]);

/* Writes id in lower-case hexadecimal and a NUL. */
void kjwt_hexadecimal(char *text, const uint8_t *id, size_t id_len);

#endif
