/*
 * The access token by which Google Cloud knows who asks.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef GCP_TOKEN_H
#define GCP_TOKEN_H

#include <stdbool.h>

#include "error.h"

struct gcp_token {
    char *header;       /* "Authorization: Bearer ..." */
    const char *source; /* for messages */
    bool renewable;     /* of the metadata server, with the end by */
    long long end_s;    /* the monotonic clock */
};

/* Gets one where there is none or it is about to end: from
 * GOOGLE_OAUTH_ACCESS_TOKEN, or from the metadata server of a machine in
 * Google Cloud. *token begins as zero. */
bool gcp_token_get(struct gcp_token *token, struct error *error);

/* It was not accepted: get another one. False: there is none. */
bool gcp_token_drop(struct gcp_token *token);

void gcp_token_clear(struct gcp_token *token);

#endif
