/* mbedTLS for RSASSA-PKCS1-v1_5 verification of 2048 bits on a device, as small
 * as it configures. DEVICE_SMALL_SHA is the CMake file's.
 * SPDX-License-Identifier: Apache-2.0 */
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_BIGNUM_C
#define MBEDTLS_MD_C
#define MBEDTLS_MEMORY_BUFFER_ALLOC_C
#define MBEDTLS_MPI_MAX_SIZE    256
#define MBEDTLS_MPI_WINDOW_SIZE 1
#define MBEDTLS_OID_C
#define MBEDTLS_PKCS1_V15
#define MBEDTLS_PLATFORM_C
#define MBEDTLS_PLATFORM_EXIT_ALT
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_NO_STD_FUNCTIONS
#define MBEDTLS_RSA_C
#define MBEDTLS_SHA256_C
#if defined(DEVICE_SMALL_SHA)
#define MBEDTLS_SHA256_SMALLER
#endif
