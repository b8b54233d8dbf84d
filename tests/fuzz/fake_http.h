/*
 * aws_http.h's functions without a network: each request gets the next answer
 * of the input, and time stands still but for what is waited for.
 *
 *     STATUS [ERROR-TYPE]     0: no answer, 1: a time-out, 2: hopeless
 *     BODY
 *                             (empty line)
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FAKE_HTTP_H
#define FAKE_HTTP_H

#include "fuzz.h"

/* The answers from now on; the last one is an empty 400. */
void fake_http_answers(const struct fuzz_input *answers);

#endif
