/* mbedTLS 3.6 as a provider of PSA Crypto: SHA-256, and with KJWT_PSA_VERIFY
 * the verification of RSA signatures, which allocates from what the application
 * gives it (mbedtls_platform_set_calloc_free). No libc beyond string.h. */
#define MBEDTLS_PSA_CRYPTO_C
/* Else each call copies its input, a whole token, into a heap. kjwt keeps the
 * buffers to itself while a call lasts. */
#define MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS
#define MBEDTLS_PSA_CRYPTO_EXTERNAL_RNG
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_PLATFORM_EXIT_ALT
#define MBEDTLS_PLATFORM_SNPRINTF_ALT
#define MBEDTLS_SHA256_C
#ifndef KJWT_SHA256_FAST
#define MBEDTLS_SHA256_SMALLER
#endif
#ifdef KJWT_PSA_VERIFY
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_MD_C
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_OID_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_RSA_C
#endif
