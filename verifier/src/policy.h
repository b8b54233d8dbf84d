/* What the policy asks of a Claims Set (RFC 7519 4.1).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef KJWT_POLICY_H
#define KJWT_POLICY_H

#include "json.h"

/* Holds the registered claims against their types, the policy and the clock.
 * *time_checked tells whether now was known. */
kjwt_status kjwt_policy_check(const struct kjwt_policy *policy,
                              const struct kjwt_json_object *claims,
                              int64_t now, uint32_t *time_checked,
                              uint32_t *proof);

#endif
