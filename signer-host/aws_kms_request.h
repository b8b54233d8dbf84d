/*
 * The inside of a KMS client, which its files share: aws_kms.c runs the calls,
 * aws_kms_request.c leads one of them from one try to the next, and
 * aws_kms_words.c tells what went wrong.
 *
 *             aws_kms_request_send()           an answer, or none
 *   WAITING -------------------------> FLYING --------------------> ENDED
 *      ^      at due_us, by the rate     |
 *      '---------------------------------'
 *              to be tried again
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef AWS_KMS_REQUEST_H
#define AWS_KMS_REQUEST_H

#include "aws_credentials.h"
#include "aws_error.h"
#include "aws_http.h"
#include "aws_kms.h"
#include "aws_retry.h"
#include "aws_sigv4.h"
#include "rate_limit.h"

enum aws_kms_state { AWS_KMS_WAITING, AWS_KMS_FLYING, AWS_KMS_ENDED };

struct aws_kms_request {
    struct aws_kms *kms;
    struct aws_kms_request *next; /* of all, in the order of their start */
    enum aws_kms_state state;
    void *context;
    struct error *error;

    const char *operation;
    json_t *parameters;
    char *body; /* the parameters as JSON */
    enum aws_kms_repeat repeat;

    int64_t due_us;                     /* WAITING: no try before */
    struct aws_http_exchange *exchange; /* FLYING */
    struct aws_retry_call retry;
    bool corrected; /* sent again by another clock, once */
    bool renewed;   /* sent again with other credentials, once */

    /* The last try. */
    int64_t sent_us;
    int64_t correction;  /* of the clock that signed it */
    unsigned generation; /* of the credentials that signed it */
    struct aws_error refusal;

    json_t *answer; /* ENDED; NULL: *error says why */
};

struct aws_kms {
    struct aws_endpoint endpoint;
    char *profile; /* the one named explicitly, or NULL */
    struct aws_http *http;
    struct aws_kms_request *first;
    struct aws_kms_request **last; /* the pointer that ends the list */
    struct aws_retry retry;
    struct rate_limit rate;
    struct aws_kms_figures figures;

    struct aws_credentials credentials;
    unsigned generation; /* counts them */
    int64_t checked_us;  /* when their end was last looked at */
    int64_t renewed_us;  /* when AWS's refusal last made look for others */
    struct aws_sigv4 signer;

    int64_t offset; /* KMS's clock - ours */
    bool offset_known;
    int64_t correction; /* added to the time that signs */

    char error_name[sizeof((struct aws_error *)0)->name];
    bool verbose;
};

/* Signs with the credentials that are there now. */
void aws_kms_use_credentials(struct aws_kms *kms);

/* Sends it; when that fails it has ended. */
void aws_kms_request_send(struct aws_kms_request *request, int64_t now_us);

/* Its exchange is over: it has ended, or waits for another try. */
void aws_kms_request_judge(struct aws_kms_request *request, int64_t now_us);

/* ---------------------------------------------------------------- words --- */

/* "KMS refused kms:Sign on alias/bench in eu-central-1: ..." */
void aws_kms_set_refusal(const struct aws_kms_request *request);

/* For an answer that is not KMS's. */
void aws_kms_set_unreadable(const struct aws_kms_request *request,
                            const char *what);

/* Cuts off the error's message what recites the session token. */
void aws_kms_hide_token(struct aws_kms_request *request);

/* " (3 attempts)" behind the error's text. */
void aws_kms_say_attempts(const struct aws_kms_request *request);

/* A call that may be done, and must not be done twice. */
void aws_kms_say_may_be_done(const struct aws_kms_request *request);

/* --verbose: every answer. */
void aws_kms_say_answer(const struct aws_kms_request *request);

#endif
