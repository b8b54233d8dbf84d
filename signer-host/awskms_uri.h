/*
 * awskms: key URIs: awskms://[HOST:PORT]/KEY[?region=R&profile=P], where KEY is
 * alias/NAME, a key id, or the ARN of either.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWSKMS_URI_H
#define AWSKMS_URI_H

#include <stdbool.h>

#include "error.h"

#define AWSKMS_SCHEME "awskms:"

/* Strings are malloc'ed, NULL: not said; awskms_uri_free() frees them. */
struct awskms_uri {
    char *host;       /* HOST:PORT */
    char *key;        /* as KMS takes it for KeyId */
    char *arn_region; /* of an ARN */
    char *region;     /* of ?region= */
    char *profile;    /* of ?profile= */
};

/* EXIT_USAGE for whatever is not exactly such a URI. */
bool awskms_uri_parse(const char *text, struct awskms_uri *uri,
                      struct error *error);
void awskms_uri_free(struct awskms_uri *uri);

#endif
