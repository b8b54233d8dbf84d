/*
 * What a token says of itself, and what a device would object to.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef INSPECTION_H
#define INSPECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "input.h"
#include "kjwt.h"
#include "members.h"

/* One for the whole, and one for each part and the times. */
#define INSPECTION_MAX_OBJECTIONS 5

/* A part of the token that should be a JSON object. */
struct inspected_part {
    char *text; /* decoded, len bytes and a NUL; NULL: not base64url */
    size_t len;
    bool is_object; /* then members holds it */
    struct members members;
};

struct inspection {
    struct inspected_part header;
    struct inspected_part claims;
    bool has_signature; /* it is base64url */
    size_t signature_len;
    kjwt_status objections[INSPECTION_MAX_OBJECTIONS];
    size_t objection_count;
};

/* Fills *inspection whatever the token is; false only when memory is short.
 * Free it with inspection_free() in any case. */
bool inspect(const struct input *token, int64_t now,
             struct inspection *inspection, struct error *error);
void inspection_free(struct inspection *inspection);

#endif
