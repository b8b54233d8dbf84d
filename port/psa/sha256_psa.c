/* SHA-256 of the crypto seam on PSA Crypto 1.0 and later.
 * SPDX-License-Identifier: Apache-2.0 */
#include <psa/crypto.h>

#include "kjwt_port.h"

_Static_assert(sizeof(psa_hash_operation_t) <= KJWT_HASH_CONTEXT_MAX,
               "the hash context lies in the work");

static kjwt_status to_status(psa_status_t status)
{
    return status == PSA_SUCCESS ? KJWT_OK : KJWT_ERR_CRYPTO;
}

kjwt_status kjwt_sha256_init(void *context)
{
    psa_hash_operation_t *operation = context;

    *operation = psa_hash_operation_init();
    return to_status(psa_hash_setup(operation, PSA_ALG_SHA_256));
}

kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len)
{
    return to_status(psa_hash_update(context, data, len));
}

kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE])
{
    size_t len = 0;
    psa_status_t status =
        psa_hash_finish(context, digest, KJWT_SHA256_SIZE, &len);

    return len == KJWT_SHA256_SIZE ? to_status(status) : KJWT_ERR_CRYPTO;
}

void kjwt_sha256_abort(void *context)
{
    (void)psa_hash_abort(context);
}
