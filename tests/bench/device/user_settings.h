/* wolfSSL for RSASSA-PKCS1-v1_5 verification of 2048 bits on a device, as small
 * as it configures. DEVICE_SMALL_SHA and the choice of the single precision
 * code are the CMake file's. SPDX-License-Identifier: Apache-2.0 */
#define WOLFCRYPT_ONLY
#define SINGLE_THREADED
#define NO_FILESYSTEM
#define NO_STDIO_FILESYSTEM
#define NO_WRITEV
#define NO_MAIN_DRIVER
#define NO_ERROR_STRINGS
#define WOLFSSL_IGNORE_FILE_WARN
#define WOLFSSL_USER_IO
#define WOLFSSL_GENERAL_ALIGNMENT 4
#define SIZEOF_LONG               4
#define SIZEOF_LONG_LONG          8

/* Memory: none. */
#define WOLFSSL_NO_MALLOC
#define WOLFSSL_SP_NO_MALLOC
#define WC_NO_RNG
#define WC_NO_HARDEN

/* RSA: 2048 bits, public, verification in place. */
#define WOLFSSL_HAVE_SP_RSA
#define WOLFSSL_SP_MATH
#define WOLFSSL_SP_NO_3072
#define WOLFSSL_SP_NO_4096
#define SP_WORD_SIZE    32
#define SP_INT_BITS     2048
#define SP_INT_MAX_BITS 2048
#define RSA_MAX_SIZE    2048
#define WOLFSSL_RSA_PUBLIC_ONLY
#define WOLFSSL_RSA_VERIFY_ONLY
#define WOLFSSL_RSA_VERIFY_INLINE
#define WC_NO_RSA_OAEP

#if defined(DEVICE_SMALL_SHA)
#define USE_SLOW_SHA256
#endif

#define NO_AES
#define NO_ASN
#define NO_ASN_TIME
#define NO_CERTS
#define NO_CODING
#define NO_DES3
#define NO_DH
#define NO_DSA
#define NO_HMAC
#define NO_KDF
#define NO_MD4
#define NO_MD5
#define NO_PKCS12
#define NO_PKCS8
#define NO_PWDBASED
#define NO_RC4
#define NO_SHA
#define NO_SIG_WRAPPER
