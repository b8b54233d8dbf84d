/*
 * gcpkms:// key URIs.
 *
 *     gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K/
 *              cryptoKeyVersions/V        (or versions/V)
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef GCPKMS_URI_H
#define GCPKMS_URI_H

#include <stdbool.h>

#include "error.h"

#define GCPKMS_SCHEME   "gcpkms://"
#define GCPKMS_URI_SIZE 512

/* The URI with cryptoKeyVersions, behind whose scheme stands the name by which
 * the API knows the key version. EXIT_USAGE. */
bool gcpkms_uri_parse(const char *text, char uri[GCPKMS_URI_SIZE],
                      struct error *error);

#endif
