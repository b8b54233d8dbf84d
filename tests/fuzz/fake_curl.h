/*
 * libcurl's easy calls without a network, for one handle at a time: each
 * transfer gets the next answer of the input.
 *
 *     STATUS [REASON]     0: the transfer fails, behind its body if it has one
 *     NAME: VALUE         a header; +MS: the time that is so far from now
 *     >TEXT               a part of the body
 *                         (empty line)
 *
 * To be linked with --wrap of curl_easy_setopt, curl_easy_perform,
 * curl_easy_getinfo and curl_easy_header.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FAKE_CURL_H
#define FAKE_CURL_H

#include <curl/curl.h>

#include "fuzz.h"

struct fake_curl_request {
    char *url;
    bool post;
    const char *body; /* of a POST */
    curl_off_t body_len;
    const struct curl_slist *headers;
    long timeout_s; /* 0: none */
};

struct fake_curl_answer {
    long status; /* 0: none came */
    char *body;
    size_t len;
};

/* The answers from now on; the last one is none. Each request is given to
 * check first. */
void fake_curl_answers(const struct fuzz_input *answers,
                       void (*check)(const struct fake_curl_request *));

/* Until the next transfer: what was answered, and a header of it or NULL. */
const struct fake_curl_answer *fake_curl_answer(void);
const char *fake_curl_header(const char *name);

/* Lets go of what the input left behind. */
void fake_curl_end(void);

#endif
