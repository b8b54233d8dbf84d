/*
 * The address of a server: https, or http on loopback.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HTTPS_URL_H
#define HTTPS_URL_H

#include <stdbool.h>

#include "error.h"

/* metadata is the caller's: plain HTTP is taken for any host. */
struct https_url {
    char *base; /* without a slash at its end */
    char *host; /* HOST[:PORT] */
    bool https;
    bool loopback;
    bool metadata;
};

/* EXIT_USAGE, with source as the URL's name: the URL itself, which may hold a
 * password, is not shown. Free *url in any case. */
bool https_url_parse(const char *text, const char *source,
                     struct https_url *url, struct error *error);
void https_url_free(struct https_url *url);

/* The base and a path, made with malloc; NULL: memory is short. */
char *https_url_join(const struct https_url *url, const char *path);

#endif
