/*
 * The names of outcomes.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lambda_outcome.h"

static const struct {
    int status;
    const char *type;
} table[] = {
    [LAMBDA_DONE] = {200, ""},
    [LAMBDA_BAD_REQUEST] = {400, "Function.BadRequest"},
    [LAMBDA_FORBIDDEN] = {403, "Function.Forbidden"},
    [LAMBDA_BAD_METHOD] = {405, "Function.BadMethod"},
    [LAMBDA_FAILED] = {502, "Function.SigningFailed"},
    [LAMBDA_TIMED_OUT] = {504, "Function.SigningTimedOut"},
    [LAMBDA_INTERNAL] = {500, "Runtime.Internal"},
};

int lambda_outcome_status(enum lambda_outcome outcome)
{
    return table[outcome].status;
}

const char *lambda_outcome_type(enum lambda_outcome outcome)
{
    return table[outcome].type;
}
