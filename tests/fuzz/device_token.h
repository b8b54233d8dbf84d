/*
 * Tokens for the rules of kjwt_device.h, made of an input's bytes: a small
 * world, in which issuers, sequences, jtis and times meet again.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FUZZ_DEVICE_TOKEN_H
#define FUZZ_DEVICE_TOKEN_H

#include "fuzz.h"
#include "kjwt_device.h"

#define HOUR  3600
#define BUILT INT64_C(1700000000)

#define DEVICE_CLAIM "/device/id"
#define DEVICE_ID    "c0ffee"

/* No issuer and "" are one. */
#define ISSUER_COUNT 3

/* What it says, without having been read. */
struct device_token {
    bool ours;    /* its claim is the device's */
    int issuer;   /* 0 .. ISSUER_COUNT - 1 */
    int64_t seq;  /* -1: none, or none that counts */
    int jti;      /* -1: none */
    int64_t exp;  /* -1: none */
    int64_t iat;  /* 0: none */
    int64_t nbf;  /* 0: none */
    char nonce[KJWT_NONCE_SIZE + 1];
    char *json;
    size_t len;
};

/* A byte as a time around BUILT; 0: unknown. */
int64_t device_time(uint8_t byte);

/* One that may carry one of the nonces. Free it with device_token_free(). */
void device_token_make(struct device_token *token, struct fuzz_input *input,
                       char nonces[][KJWT_NONCE_SIZE], size_t nonce_count);
void device_token_free(struct device_token *token);

/* What kjwt_verify() does behind a signature that holds. */
kjwt_status device_token_verify(const struct device_token *token,
                                const struct kjwt_policy *policy, void *work,
                                int64_t now, struct kjwt_claims *claims);

#endif
