/* mbedTLS on a device: SHA-256 and nothing else, no heap, no libc beyond
 * memcpy and memset. Small, unless KJWT_SHA256_FAST is defined; figures of both
 * stand in boards/README.md. */
#define MBEDTLS_SHA256_C
#define MBEDTLS_PLATFORM_ZEROIZE_ALT /* sha256_mbedtls.c has it */
#ifndef KJWT_SHA256_FAST
#define MBEDTLS_SHA256_SMALLER
#endif
