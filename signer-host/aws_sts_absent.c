/*
 * Web identity in a build without expat (KJWT_WEB_IDENTITY=OFF), such as the
 * static one for Lambda, which gives its function credentials of another kind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_sts.h"

bool aws_sts_web_identity(const struct aws_web_identity *identity,
                          struct aws_credentials *credentials,
                          struct error *error)
{
    (void)identity;
    (void)credentials;
    return error_set(error, EXIT_USAGE,
                     "this signer-host was built without web identity: build "
                     "it with -DKJWT_WEB_IDENTITY=ON, or use other "
                     "credentials");
}
