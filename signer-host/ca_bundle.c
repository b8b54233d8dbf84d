/*
 * Looking for a bundle of CA certificates.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ca_bundle.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <curl/curl.h>

static const char *const places[] = {
    "/etc/pki/tls/certs/ca-bundle.crt",   /* Amazon Linux, Fedora */
    "/etc/ssl/certs/ca-certificates.crt", /* Debian, Alpine, Arch */
    "/etc/ssl/ca-bundle.pem",             /* openSUSE */
    "/etc/ssl/cert.pem",                  /* BSD, macOS */
};

/* A folder of certificates serves as well. */
static bool knows_place(void)
{
    CURL *curl = curl_easy_init();
    const char *file = NULL;
    const char *folder = NULL;
    bool known;

    if (curl == NULL)
        return true;
    (void)curl_easy_getinfo(curl, CURLINFO_CAINFO, &file);
    (void)curl_easy_getinfo(curl, CURLINFO_CAPATH, &folder);
    known = (file != NULL && access(file, R_OK) == 0) ||
            (folder != NULL && access(folder, R_OK) == 0);
    curl_easy_cleanup(curl);
    return known;
}

void ca_bundle_find(void)
{
    if (getenv("AWS_CA_BUNDLE") != NULL || knows_place())
        return;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (access(places[i], R_OK) == 0) {
            (void)setenv("AWS_CA_BUNDLE", places[i], 1);
            return;
        }
}
