/*
 * RSASSA-PKCS1-v1_5 verification by psa_verify_hash(): in the place of the
 * verifier's own (verifier/src/rsassa.c and the RSA kernels), for devices with
 * an accelerator behind PSA, or where TF-M does it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * PSA takes a key as RSAPublicKey (RFC 8017 A.1.1), which is made of the key
 * file's modulus, in the work. For k = 256, 384 or 512 bytes of modulus, whose
 * top bit is set:
 *
 *   30 82 (k + 10)  02 82 (k + 1) 00 n[k]  02 03 01 00 01
 *   SEQUENCE        INTEGER n              INTEGER 65537
 */
#include <string.h>

#include <psa/crypto.h>

#include "crypto.h"
#include "proof.h"

#define MODULUS_OFFSET 9u
#define DER_SIZE(k)    (MODULUS_OFFSET + (k) + 5u)

static uint8_t *put_header(uint8_t *der, uint8_t tag, uint32_t len)
{
    der[0] = tag;
    der[1] = 0x82;
    der[2] = (uint8_t)(len >> 8);
    der[3] = (uint8_t)len;
    return der + 4;
}

static void put_public_key(uint8_t *der, const struct kjwt_key *key)
{
    static const uint8_t exponent[5] = {0x02, 0x03, 0x01, 0x00, 0x01};
    const uint32_t k = key->bits / 8;

    der = put_header(der, 0x30, DER_SIZE(k) - 4);
    der = put_header(der, 0x02, k + 1);
    *der++ = 0;
    for (uint32_t i = key->bits / 32; i-- > 0;) {
        *der++ = (uint8_t)(key->n[i] >> 24);
        *der++ = (uint8_t)(key->n[i] >> 16);
        *der++ = (uint8_t)(key->n[i] >> 8);
        *der++ = (uint8_t)key->n[i];
    }
    memcpy(der, exponent, sizeof exponent);
}

static psa_status_t import(const uint8_t *der, uint32_t k, psa_key_id_t *id)
{
    psa_key_attributes_t attributes = psa_key_attributes_init();
    psa_status_t status = psa_crypto_init(); /* again is allowed */

    if (status != PSA_SUCCESS)
        return status;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_RSA_PUBLIC_KEY);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes,
                          PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256));
    status = psa_import_key(&attributes, der, DER_SIZE(k), id);
    psa_reset_key_attributes(&attributes);
    return status;
}

static psa_status_t verify(const uint8_t *der, uint32_t k,
                           const uint8_t digest[KJWT_SHA256_SIZE],
                           const uint8_t *signature)
{
    psa_key_id_t id = 0;
    psa_status_t status = import(der, k, &id);

    if (status != PSA_SUCCESS)
        return status;
    status = psa_verify_hash(id, PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256),
                             digest, KJWT_SHA256_SIZE, signature, k);
    (void)psa_destroy_key(id);
    return status;
}

kjwt_status kjwt_rsassa_verify(const struct kjwt_key *key,
                               const uint8_t digest[KJWT_SHA256_SIZE],
                               char *signature, size_t signature_len,
                               void *work, uint32_t *proof)
{
    const uint32_t k = key->bits / 8;
    uint8_t *der = work;
    psa_status_t status;

    if (signature_len != k)
        return KJWT_ERR_SIGNATURE_LENGTH;
    put_public_key(der, key);
    /* RFC 8017 5.2.2 step 1, which not every provider takes: s < n. */
    if (memcmp(signature, der + MODULUS_OFFSET, k) >= 0)
        return KJWT_ERR_SIGNATURE_RANGE;
    status = verify(der, k, digest, (const uint8_t *)signature);
    *proof += KJWT_PROOF_SIGNATURE + kjwt_opaque((uint32_t)status);
    if (status == PSA_ERROR_INVALID_SIGNATURE)
        return KJWT_ERR_SIGNATURE;
    return status == PSA_SUCCESS ? KJWT_OK : KJWT_ERR_CRYPTO;
}
