/*
 * Profiles in AWS's shared credentials and config files.
 *
 *   credentials                      config
 *   [bench]                          [profile bench]      ; or [default]
 *   aws_access_key_id = AKIA...      region = eu-central-1
 *                                    services = local
 *                                    [services local]
 *                                    kms =
 *                                      endpoint_url = http://localhost:4566
 *
 * Names of keys are compared in lower case. A comment begins with # or ; at
 * the beginning of a line or after white space. A line that is indented deeper
 * than the key before it belongs to that key's value.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_PROFILE_H
#define AWS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "input.h"

struct aws_section;

/* One of the two files, in memory. */
struct aws_file {
    char *path;
    struct input text; /* all strings below point into it */
    struct aws_section *sections;
    size_t section_count;
    const struct aws_section *profile; /* NULL: it does not have the profile */
};

struct aws_profile {
    char *name;
    struct aws_file credentials; /* AWS_SHARED_CREDENTIALS_FILE */
    struct aws_file config;      /* AWS_CONFIG_FILE */
};

/* Reads both files for the profile: name, which must exist, or for NULL the
 * one of AWS_PROFILE, or "default". A file that is missing is an empty one. A
 * malformed line is an error that names file and line, and quotes nothing. */
bool aws_profile_load(const char *name, struct aws_profile *profile,
                      struct error *error);

/* Clears what may be secret, and frees. */
void aws_profile_clear(struct aws_profile *profile);

/* Whether a file has the profile. */
bool aws_profile_exists(const struct aws_profile *profile);

/* The value of a key of the profile, the credentials file first; NULL: none,
 * or an empty one. */
const char *aws_profile_get(const struct aws_profile *profile, const char *key);

/* The same in one of the profile's files. */
const char *aws_profile_get_in(const struct aws_file *file, const char *key);

/* The name of the profile's first key that begins with prefix; NULL: none. */
const char *aws_profile_find(const struct aws_profile *profile,
                             const char *prefix);

/* A key of a service in the services section that the profile names; NULL in
 * *value: none. A section that is named but missing is an error. */
bool aws_profile_get_service(const struct aws_profile *profile,
                             const char *service, const char *key,
                             const char **value, struct error *error);

/* "profile bench in A and B", "profile bench (in neither A nor B)". */
#define AWS_PROFILE_TEXT_SIZE 512
void aws_profile_describe(const struct aws_profile *profile,
                          char text[AWS_PROFILE_TEXT_SIZE]);

#endif
