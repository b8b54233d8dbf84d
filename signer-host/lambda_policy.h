/*
 * What a caller of the signing Lambda may put into a token, and what the
 * operator puts into it, by the environment:
 *
 *     KJWT_ISS      the issuer of every token
 *     KJWT_SUB      the subject of every token; unset: the caller's choice
 *     KJWT_AUD      A,B,...: the audiences that tokens may be for; with one,
 *                   it is the default; unset: the caller's choice
 *     KJWT_TTL      the lifetime where the caller names no exp; 24h
 *     KJWT_MAX_TTL  the longest lifetime that a caller may ask for; KJWT_TTL
 *     KJWT_CLAIMS   A,B,...: the names that a caller may set; unset: all
 *     KJWT_JTI      auto: a random jti; unset: none
 *
 * Always: a caller's iss is the operator's; its iat is now, within 5 minutes;
 * its exp is at most the longest lifetime after iat; nbf is not before iat by
 * more than 5 minutes; jti is the caller's only where KJWT_CLAIMS names it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAMBDA_POLICY_H
#define LAMBDA_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "lambda_outcome.h"
#include "members.h"

/* The strings are the environment's; NULL: unset. */
struct lambda_policy {
    const char *iss;
    const char *sub;
    const char *aud;
    const char *claims;
    int64_t ttl;
    int64_t max_ttl;
    bool jti;
};

/* EXIT_USAGE: a variable that makes no sense. */
bool lambda_policy_load(struct lambda_policy *policy, struct error *error);

/* Turns what a caller asks for into a Claims Set: checked, and completed. time
 * is when it asked, for iat; jti is the token's, or NULL: as KJWT_JTI says. */
enum lambda_outcome lambda_policy_apply(const struct lambda_policy *policy,
                                        int64_t time, const char *jti,
                                        struct members *claims,
                                        struct error *error);

/* How far from the present a caller's iat may be. */
#define LAMBDA_SKEW_S 300

#endif
