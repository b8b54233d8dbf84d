/* SPDX-License-Identifier: Apache-2.0 */
#include "rsa_signer.h"

#include <stdio.h>

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

struct rsa_signer {
    EVP_PKEY_CTX *context;
    size_t size;
};

struct rsa_signer *rsa_signer_open(const char *path, uint8_t *der, size_t *len)
{
    FILE *file = fopen(path, "r");
    EVP_PKEY *key =
        file != NULL ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    struct rsa_signer *signer = calloc(1, sizeof *signer);
    int written;

    if (file != NULL)
        (void)fclose(file);
    if (key == NULL || signer == NULL) {
        free(signer);
        return NULL;
    }
    written = i2d_PUBKEY(key, NULL);
    must(written > 0 && (size_t)written <= *len &&
             i2d_PUBKEY(key, &der) == written,
         "the key has a public half");
    *len = (size_t)written;
    signer->context = EVP_PKEY_CTX_new(key, NULL);
    signer->size = (size_t)EVP_PKEY_get_size(key);
    must(signer->context != NULL && EVP_PKEY_sign_init(signer->context) == 1 &&
             EVP_PKEY_CTX_set_rsa_padding(signer->context, RSA_NO_PADDING) == 1,
         "the key signs");
    EVP_PKEY_free(key);
    return signer;
}

void rsa_signer_block(struct rsa_signer *signer, const uint8_t *block,
                      uint8_t *signature)
{
    size_t len = signer->size;

    must(EVP_PKEY_sign(signer->context, signature, &len, block,
                       signer->size) == 1 &&
             len == signer->size,
         "the block is below the modulus");
}
