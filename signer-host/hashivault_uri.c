/*
 * Parsing hashivault:// key URIs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "hashivault_uri.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool take_version(const char *text, unsigned long *version)
{
    char *end = NULL;

    *version = 0;
    if (*text == '\0')
        return true;
    if (strncmp(text, "?version=", 9) != 0 || text[9] < '1' || text[9] > '9')
        return false;
    *version = strtoul(text + 9, &end, 10);
    return *end == '\0' && *version <= INT32_MAX;
}

bool hashivault_uri_parse(const char *text, char key[HASHIVAULT_KEY_SIZE],
                          unsigned long *version, struct error *error)
{
    const char *name = text + strlen(HASHIVAULT_SCHEME);
    size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "abcdefghijklmnopqrstuvwxyz0123456789_-.");

    if (len == 0 || len >= HASHIVAULT_KEY_SIZE || *name == '.' || *name == '-')
        return error_set(error, EXIT_USAGE,
                         "the key URI %.256s names no key of Vault: write "
                         "hashivault://KEYNAME, with letters, digits and "
                         "_ - .",
                         text);
    (void)snprintf(key, HASHIVAULT_KEY_SIZE, "%.*s", (int)len, name);
    return take_version(name + len, version) ||
           error_set(error, EXIT_USAGE,
                     "the key URI %.256s: behind the key's name stands "
                     "?version=N or nothing; the engine's path goes into "
                     "TRANSIT_SECRET_ENGINE_PATH",
                     text);
}
