/* mbedTLS on a device: SHA-256 and nothing else, no heap, no libc beyond
 * memcpy and memset. Small, unless KJWT_SHA256_FAST is defined; figures of both
 * stand in boards/README.md. */
#define MBEDTLS_SHA256_C
#ifndef KJWT_SHA256_FAST
#define MBEDTLS_SHA256_SMALLER
#endif
