/* libjwt: jwt_decode(), which parses the key each time.
 * SPDX-License-Identifier: Apache-2.0 */
#include <jwt.h>
#include <stdio.h>

#include "contender.h"

static unsigned char key[4096];
static int key_len;
static const char *token;

static bool load(const char *pem)
{
    FILE *file = fopen(pem, "r");

    if (file == NULL)
        return false;
    key_len = (int)fread(key, 1, sizeof key - 1, file);
    fclose(file);
    return key_len > 0;
}

static bool prepare(const char *text, size_t len)
{
    (void)len;
    token = text;
    return true;
}

static bool verify(void)
{
    jwt_t *jwt = NULL;
    bool good = jwt_decode(&jwt, token, key, key_len) == 0 &&
                jwt_get_alg(jwt) == JWT_ALG_RS256;

    jwt_free(jwt);
    return good;
}

const struct contender contender = {load, prepare, verify, NULL};
