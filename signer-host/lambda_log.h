/*
 * The log of the signing Lambda: one line a message on standard error, which
 * Lambda sends to CloudWatch. No claim, token or credential is in it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LAMBDA_LOG_H
#define LAMBDA_LOG_H

#include <stdbool.h>

enum lambda_level { LAMBDA_INFO, LAMBDA_ERROR };

struct lambda_log {
    bool json;              /* AWS_LAMBDA_LOG_FORMAT=JSON */
    bool only_errors;       /* AWS_LAMBDA_LOG_LEVEL above INFO */
    const char *request_id; /* of the present invocation; NULL: none */
};

/* By the environment, as Lambda's logging configuration sets it. */
void lambda_log_open(struct lambda_log *log);

__attribute__((format(printf, 3, 4))) void
lambda_log(const struct lambda_log *log, enum lambda_level level,
           const char *format, ...);

#endif
