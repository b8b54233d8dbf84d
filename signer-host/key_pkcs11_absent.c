/*
 * pkcs11: keys in a build without p11-kit (KJWT_PKCS11=OFF), such as a static
 * one, which cannot load a token's driver.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key_holder.h"

static bool refuse(struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "this signer-host was built without PKCS#11: build it "
                     "with -DKJWT_PKCS11=ON, or use another key");
}

static struct key_holder *open_none(const char *uri,
                                    const struct key_options *options,
                                    struct error *error)
{
    (void)uri;
    (void)options;
    (void)refuse(error);
    return NULL;
}

static bool create_none(const struct key_request *request, char **name,
                        struct error *error)
{
    (void)request;
    (void)name;
    return refuse(error);
}

/* Nothing is ever open, so that the rest is never called. */
const struct key_holder_class key_pkcs11_class = {
    .scheme = "pkcs11:",
    .open = open_none,
    .create = create_none,
};
