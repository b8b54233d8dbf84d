/*
 * hashivault:// key URIs.
 *
 *     hashivault://KEYNAME[?version=N]
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HASHIVAULT_URI_H
#define HASHIVAULT_URI_H

#include <stdbool.h>

#include "error.h"

#define HASHIVAULT_SCHEME   "hashivault://"
#define HASHIVAULT_KEY_SIZE 129

/* *version is 0 where the URI gives none. EXIT_USAGE. */
bool hashivault_uri_parse(const char *text, char key[HASHIVAULT_KEY_SIZE],
                          unsigned long *version, struct error *error);

#endif
