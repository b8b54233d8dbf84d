/*
 * wolfSSL: wc_RsaSSL_VerifyInline() on its single precision code, no heap.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include <wolfssl/wolfcrypt/settings.h>

#include <wolfssl/wolfcrypt/rsa.h>
#include <wolfssl/wolfcrypt/sha256.h>

#include "contender.h"

static RsaKey key;

bool contender_init(void)
{
    if (wc_InitRsaKey(&key, NULL) != 0 ||
        mp_read_unsigned_bin(&key.n, key_modulus, sizeof key_modulus) != 0 ||
        mp_set(&key.e, 65537) != 0)
        return false;
    key.type = RSA_PUBLIC;
    return true;
}

bool contender_hash(const uint8_t *message, size_t len,
                    uint8_t digest[DIGEST_SIZE])
{
    wc_Sha256 context;

    return wc_InitSha256(&context) == 0 &&
           wc_Sha256Update(&context, message, (word32)len) == 0 &&
           wc_Sha256Final(&context, digest) == 0;
}

/* It takes the padding off and leaves DigestInfo and digest to compare. */
bool contender_rsa(uint8_t *signature, const uint8_t digest[DIGEST_SIZE])
{
    static const unsigned char digest_info[] = {
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
        0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    unsigned char *out = NULL;

    return wc_RsaSSL_VerifyInline(signature, SIGNATURE_SIZE, &out, &key) ==
               (int)(sizeof digest_info + DIGEST_SIZE) &&
           memcmp(out, digest_info, sizeof digest_info) == 0 &&
           memcmp(out + sizeof digest_info, digest, DIGEST_SIZE) == 0;
}

struct arena contender_arena(void)
{
    return (struct arena){NULL, 0};
}
