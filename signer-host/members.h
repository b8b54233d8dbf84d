/*
 * The members of a JSON object as text: a JOSE Header or a Claims Set in the
 * making.
 *
 * Values keep the text that they came with, apart from white space, so that
 * no number is changed on its way into a token: jansson reads them to judge
 * them, and is not asked to write them again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef MEMBERS_H
#define MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "error.h"

struct member {
    char *name; /* UTF-8, unescaped */
    char *json; /* the value's text, without white space */
};

/* {0} is the empty object. */
struct members {
    struct member *list;
    size_t count;
};

void members_free(struct members *members);

/* Adds the members of a JSON object. Refuses what is none, and duplicate
 * names at any depth, with EXIT_REFUSED. */
bool members_load(struct members *members, const char *text, size_t len,
                  struct error *error);

/* Each replaces the member of that name in its place, or appends one. A value
 * that is not JSON, or a string that is not UTF-8, is an EXIT_USAGE. */
bool members_set_json(struct members *members, const char *name,
                      const char *json, struct error *error);
bool members_set_string(struct members *members, const char *name,
                        const char *value, struct error *error);
bool members_set_integer(struct members *members, const char *name,
                         int64_t value, struct error *error);

void members_remove(struct members *members, const char *name);

/* The value's text; NULL: no such member. */
const char *members_get(const struct members *members, const char *name);

/* The value, to be freed; NULL: no such member. */
json_t *members_value(const struct members *members, const char *name);

/* The object's text, made with malloc; NULL when memory is short. */
char *members_dump(const struct members *members);

/* Any JSON text that jansson takes without duplicates. Every number becomes a
 * real, exact up to 2^53 and so for every NumericDate, because jansson has no
 * integer beyond 64 bits. NULL with *reason filled. */
json_t *members_parse(const char *text, size_t len, json_error_t *reason);

#endif
