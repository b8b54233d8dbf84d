/* mbedTLS on a device: SHA-256 and nothing else, no heap, no libc beyond
 * memcpy and memset. */
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER
