/* SPDX-License-Identifier: Apache-2.0 */
#include "rsa_signer.h"

#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>

struct rsa_signer {
    mbedtls_pk_context pk;
};

/* For blinding, which need not be random here: runs repeat. */
static int no_random(void *context, unsigned char *out, size_t len)
{
    (void)context;
    memset(out, 0x5a, len);
    return 0;
}

struct rsa_signer *rsa_signer_open(const char *path, uint8_t *der, size_t *len)
{
    struct rsa_signer *signer = calloc(1, sizeof *signer);
    int written;

    must(signer != NULL, "there is memory");
    mbedtls_pk_init(&signer->pk);
    if (mbedtls_pk_parse_keyfile(&signer->pk, path, NULL, no_random, NULL) !=
        0) {
        free(signer);
        return NULL;
    }
    written = mbedtls_pk_write_pubkey_der(&signer->pk, der, *len);
    must(written > 0, "the key has a public half");
    /* mbedTLS writes to the end of the buffer. */
    memmove(der, der + *len - written, (size_t)written);
    *len = (size_t)written;
    return signer;
}

void rsa_signer_block(struct rsa_signer *signer, const uint8_t *block,
                      uint8_t *signature)
{
    must(mbedtls_rsa_private(mbedtls_pk_rsa(signer->pk), no_random, NULL,
                             block, signature) == 0,
         "the block is below the modulus");
}
