/*
 * Google Cloud KMS's REST API, version 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef GCP_CLIENT_H
#define GCP_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "error.h"

struct gcp_client;

/* At cloudkms.googleapis.com, or CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS.
 * NULL with *error filled. */
struct gcp_client *gcp_open(bool verbose, struct error *error);
void gcp_close(struct gcp_client *gcp);

/* /v1/RESOURCE and what is behind it ("/publicKey", ":asymmetricSign"); body
 * NULL: a GET. The answer, which the caller frees; NULL with *error filled. */
json_t *gcp_call(struct gcp_client *gcp, const char *resource,
                 const char *method, const json_t *body, struct error *error);

/* A member that holds an int64 as a string; false: it does not. */
bool gcp_integer(const json_t *object, const char *name, int64_t *value);

bool gcp_unexpected(const struct gcp_client *gcp, const char *what,
                    struct error *error);
const char *gcp_string(const struct gcp_client *gcp, const json_t *object,
                       const char *name, struct error *error);
bool gcp_clock_offset(const struct gcp_client *gcp, int64_t *seconds);

#endif
