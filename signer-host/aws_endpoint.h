/*
 * Where KMS and STS are: Region and endpoint, by AWS's own precedence.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_ENDPOINT_H
#define AWS_ENDPOINT_H

#include <stdbool.h>

#include "error.h"

/* What a key URI and the command line say; NULL: nothing. */
struct aws_location {
    const char *region_option; /* --region */
    const char *region_query;  /* ?region= */
    const char *region_arn;    /* of the key's ARN */
    const char *host;          /* HOST:PORT of awskms://HOST:PORT/... */
    const char *profile;       /* named explicitly */
};

/* Strings are malloc'ed; aws_endpoint_clear() frees them. */
struct aws_endpoint {
    char *region;
    char *url;       /* "https://kms.eu-central-1.amazonaws.com", no slash at
                        the end; a path is kept */
    char *host;      /* as the Host header has it: without a default port */
    char *ca_bundle; /* AWS_CA_BUNDLE or the profile's ca_bundle; NULL: the
                        system's */
    bool loopback;   /* no proxy is used for it */
    const char *region_source; /* "--region", "AWS_REGION", "region of the
                                  profile" ...; not malloc'ed */
    const char *url_source;    /* likewise; "the Region" for AWS's own */
};

/* Fills *endpoint. Contradicting Regions, a custom URL together with FIPS or
 * dual-stack, http to anything but loopback, an unknown partition without an
 * endpoint URL and a missing Region are errors (EXIT_USAGE) that say what to
 * set. */
bool aws_endpoint_find(const struct aws_location *location,
                       struct aws_endpoint *endpoint, struct error *error);

/* The same for STS in a Region that is known already, or NULL. */
bool aws_endpoint_find_sts(const char *profile, const char *region,
                           struct aws_endpoint *endpoint, struct error *error);

/* localhost, 127.0.0.0/8 or [::1], as it stands in a URL, in lower case. */
bool aws_host_is_loopback(const char *host);

void aws_endpoint_clear(struct aws_endpoint *endpoint);

#endif
