/* SHA-256 of the crypto seam on mbedTLS 3.6.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

#include "kjwt_port.h"

_Static_assert(sizeof(mbedtls_sha256_context) <= KJWT_HASH_CONTEXT_MAX,
               "the hash context lies in the work");

#ifdef MBEDTLS_PLATFORM_ZEROIZE_ALT
/* mbedTLS's own calls memset() by a pointer that lies in RAM. Here it is kept
 * from being left out by volatile, or by assembly that may read the memory. */
#if defined(__GNUC__)
__attribute__((noinline)) void mbedtls_platform_zeroize(void *memory,
                                                        size_t len)
{
    memset(memory, 0, len);
    __asm__ volatile("" : : "r"(memory) : "memory");
}
#else
void mbedtls_platform_zeroize(void *memory, size_t len)
{
    for (volatile char *next = memory; len > 0; len--)
        *next++ = 0;
}
#endif
#endif

static kjwt_status to_status(int failed)
{
    return failed == 0 ? KJWT_OK : KJWT_ERR_CRYPTO;
}

kjwt_status kjwt_sha256_init(void *context)
{
    mbedtls_sha256_init(context);
    return to_status(mbedtls_sha256_starts(context, 0));
}

kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len)
{
    return to_status(mbedtls_sha256_update(context, data, len));
}

kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE])
{
    return to_status(mbedtls_sha256_finish(context, digest));
}

void kjwt_sha256_abort(void *context)
{
    mbedtls_sha256_free(context);
}
