/*
 * Addresses of servers, taken apart by libcurl.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "https_url.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "aws_endpoint.h"

static bool refuse(const char *source, const char *why, struct error *error)
{
    return error_set(error, EXIT_USAGE, "%s: the address %s", source, why);
}

/* NULL: it has no such part. */
static char *part_of(CURLU *parts, CURLUPart what)
{
    char *part = NULL;
    char *copy = NULL;

    if (curl_url_get(parts, what, &part, 0) == CURLUE_OK)
        copy = strdup(part);
    curl_free(part);
    return copy;
}

static bool has(CURLU *parts, CURLUPart what)
{
    char *part = part_of(parts, what);

    free(part);
    return part != NULL;
}

static bool take_host(CURLU *parts, struct https_url *url)
{
    char *name = part_of(parts, CURLUPART_HOST);
    char *port = part_of(parts, CURLUPART_PORT);
    bool done = name != NULL &&
                asprintf(&url->host, "%s%s%s", name, port != NULL ? ":" : "",
                         port != NULL ? port : "") >= 0;

    for (char *at = name; at != NULL && *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    url->loopback = done && aws_host_is_loopback(name);
    free(name);
    free(port);
    return done;
}

static bool take(CURLU *parts, const char *text, const char *source,
                 struct https_url *url, struct error *error)
{
    size_t len = strlen(text);

    url->https = strncasecmp(text, "https://", 8) == 0;
    if (!url->https && strncasecmp(text, "http://", 7) != 0)
        return refuse(source, "begins with neither https:// nor http://",
                      error);
    if (curl_url_set(parts, CURLUPART_URL, text, 0) != CURLUE_OK ||
        !take_host(parts, url))
        return refuse(source, "is no URL: write https://HOST:PORT", error);
    if (has(parts, CURLUPART_USER) || has(parts, CURLUPART_PASSWORD))
        return refuse(source, "holds a user name: take it out", error);
    if (has(parts, CURLUPART_QUERY) || has(parts, CURLUPART_FRAGMENT))
        return refuse(source, "has a query or a fragment: take it out", error);
    if (!url->https && !url->loopback && !url->metadata)
        return refuse(source,
                      "is http, which is for loopback only (localhost, "
                      "127.0.0.0/8, [::1]): use https",
                      error);
    while (len > 0 && text[len - 1] == '/')
        len--;
    url->base = strndup(text, len);
    return url->base != NULL || out_of_memory(error);
}

bool https_url_parse(const char *text, const char *source,
                     struct https_url *url, struct error *error)
{
    CURLU *parts = curl_url();
    bool done = parts != NULL ? take(parts, text, source, url, error)
                              : out_of_memory(error);

    curl_url_cleanup(parts);
    return done;
}

void https_url_free(struct https_url *url)
{
    free(url->base);
    free(url->host);
    url->base = NULL;
    url->host = NULL;
}

char *https_url_join(const struct https_url *url, const char *path)
{
    char *joined = NULL;

    return asprintf(&joined, "%s%s", url->base, path) < 0 ? NULL : joined;
}
