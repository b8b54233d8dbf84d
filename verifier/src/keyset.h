/* The policy's keys and which of them a `kid` selects (RFC 7515 4.1.4).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef KJWT_KEYSET_H
#define KJWT_KEYSET_H

#include "json.h"

/* Whether every key can be used in a work of that size. KJWT_ERR_POLICY,
 * KJWT_ERR_LIMIT_KEYS, KJWT_ERR_KEY, KJWT_ERR_WORK_SIZE. */
kjwt_status kjwt_keyset_check(const struct kjwt_policy *policy,
                              size_t work_size, uint32_t *proof);

/* The one key for a `kid` (text NULL: none in the header). One key only: it,
 * whatever the `kid`; the signature decides. No key is ever tried after
 * another. KJWT_ERR_KEY_UNKNOWN, KJWT_ERR_KEY_AMBIGUOUS. */
kjwt_status kjwt_keyset_select(const struct kjwt_policy *policy,
                               struct kjwt_json_value kid,
                               const struct kjwt_key **key, uint32_t *proof);

#endif
