/*
 * One token through kjwt_verify(), kjwt_verify_const() and kjwt_stream, and what
 * must hold of all whatever it is.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "fuzz.h"
#include "kjwt.h"

struct verdict {
    kjwt_status status;
    struct kjwt_claims claims; /* into token */
    char *token;               /* consumed */
};

/* Free it with verdict_free(). */
struct verdict verdict_of(const struct kjwt_policy *policy, const char *token,
                          size_t len, int64_t now);
void verdict_free(struct verdict *verdict);

/* Holds every accessor against jansson's reading of accepted claims. */
void verdict_check_claims(const struct kjwt_claims *claims);

/* Accessors for any path end without a step too far. */
void verdict_try_path(const struct kjwt_claims *claims, const char *path);

#endif
