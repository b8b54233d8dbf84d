/* SHA-256 of the crypto seam on BearSSL, which the Arduino cores and libraries
 * carry.
 * SPDX-License-Identifier: Apache-2.0 */
#include <bearssl/bearssl_hash.h>

#include "kjwt_port.h"

_Static_assert(sizeof(br_sha256_context) <= KJWT_HASH_CONTEXT_MAX,
               "the hash context lies in the work");

kjwt_status kjwt_sha256_init(void *context)
{
    br_sha256_init(context);
    return KJWT_OK;
}

kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len)
{
    br_sha256_update(context, data, len);
    return KJWT_OK;
}

kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE])
{
    br_sha256_out(context, digest);
    return KJWT_OK;
}

void kjwt_sha256_abort(void *context)
{
    (void)context;
}
