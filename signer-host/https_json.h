/*
 * JSON over HTTPS to one server of a key holder that is not AWS's: TLS is
 * verified, redirects are not followed, answers are limited, and what was
 * throttled or lost is tried again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef HTTPS_JSON_H
#define HTTPS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "error.h"

struct https_json;

struct https_json_server {
    const char *url;         /* https://HOST[:PORT][/PATH]; http on loopback */
    const char *source;      /* where the URL comes from, for errors */
    const char *ca_file;     /* NULL: the system's */
    const char *ca_variable; /* what names ca_file, for errors */
    /* The machine's own metadata service: plain HTTP, beside the proxy, quick
     * or not there. */
    bool metadata;
};

struct https_json_request {
    const char *path;           /* "/v1/..." */
    const json_t *body;         /* NULL: a GET */
    const char *const *headers; /* "Name: value", which may be secrets */
    size_t header_count;
};

/* NULL with *error filled (EXIT_USAGE). */
struct https_json *https_json_open(const struct https_json_server *server,
                                   struct error *error);
void https_json_close(struct https_json *client);

/* The HTTP status of the answer, and its JSON object in *answer, which the
 * caller frees; NULL: the body is none. 0: no answer, with *error filled
 * (EXIT_USAGE). */
long https_json_call(struct https_json *client,
                     const struct https_json_request *request, json_t **answer,
                     struct error *error);

/* HOST[:PORT], for messages. */
const char *https_json_host(const struct https_json *client);

/* How many seconds this machine is behind the server; false: not known. */
bool https_json_clock_offset(const struct https_json *client, int64_t *seconds);

/* prefix ("Name: ") and value, made with malloc; free it with
 * https_json_free_header(). NULL with *error filled where the value, which is
 * never shown, is no header's. */
char *https_json_header(const char *prefix, const char *value,
                        const char *source, struct error *error);
void https_json_free_header(char *header);

/* A string member of an answer; NULL with *error filled. */
const char *https_json_string(const struct https_json *client,
                              const json_t *object, const char *name,
                              struct error *error);

/* The server answered something else than its API says. Returns false. */
bool https_json_unexpected(const struct https_json *client, const char *what,
                           struct error *error);

#endif
