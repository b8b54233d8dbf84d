/*
 * Parsing gcpkms:// key URIs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "gcpkms_uri.h"

#include <stdio.h>
#include <string.h>

/* Four parts and a number fit into GCPKMS_URI_SIZE. */
#define MAX_PART 100

static bool refuse(const char *uri, const char *why, struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "the key URI %.400s %s: write gcpkms://projects/P/"
                     "locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/V",
                     uri, why);
}

/* "COLLECTION/NAME" at *at, which is moved behind it; 0: something else. */
static size_t part_length(const char *at, const char *collection)
{
    size_t len = strlen(collection);
    size_t name;

    if (strncmp(at, collection, len) != 0 || at[len] != '/')
        return 0;
    /* A project may be "example.org:name". */
    name = strspn(at + len + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz0123456789_-.:");
    return name > 0 && name <= MAX_PART && at[len + 1] != '.' ? len + 1 + name
                                                              : 0;
}

bool gcpkms_uri_parse(const char *text, char uri[GCPKMS_URI_SIZE],
                      struct error *error)
{
    static const char *const collections[] = {"projects", "locations",
                                              "keyRings", "cryptoKeys"};
    const char *at = text + strlen(GCPKMS_SCHEME);
    const char *number;
    size_t len;

    for (size_t i = 0; i < sizeof collections / sizeof collections[0]; i++) {
        len = part_length(at, collections[i]);
        if (len == 0 || (at[len] != '/' && at[len] != '\0'))
            return refuse(text, "names no key", error);
        at += len + (at[len] == '/');
    }
    if (*at == '\0')
        return refuse(text,
                      "names no version of the key (gcloud kms keys versions "
                      "list)",
                      error);
    number = strchr(at, '/');
    if (number == NULL || (strncmp(at, "versions/", 9) != 0 &&
                           strncmp(at, "cryptoKeyVersions/", 18) != 0))
        return refuse(text, "names no version of the key", error);
    number++;
    len = strspn(number, "0123456789");
    if (len == 0 || len > 10 || number[len] != '\0')
        return refuse(text, "has a version that is no number", error);
    (void)snprintf(uri, GCPKMS_URI_SIZE, "%.*scryptoKeyVersions/%s",
                   (int)(at - text), text, number);
    return true;
}
