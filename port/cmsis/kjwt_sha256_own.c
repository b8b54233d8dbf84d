/*
 * SHA-256 for kjwt by this project's own means, an accelerator for example.
 * kjwt.h says what the four functions must do. As they stand every token is
 * refused with KJWT_ERR_CRYPTO.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kjwt.h"

kjwt_status kjwt_sha256_init(void *context)
{
    (void)context;
    return KJWT_ERR_CRYPTO;
}

kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len)
{
    (void)context;
    (void)data;
    (void)len;
    return KJWT_ERR_CRYPTO;
}

kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE])
{
    (void)context;
    (void)digest;
    return KJWT_ERR_CRYPTO;
}

void kjwt_sha256_abort(void *context)
{
    (void)context;
}
