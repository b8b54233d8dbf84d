/*
 * What the parts of awskms: keys share: using a key, signing with it, and
 * making one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef KEY_AWSKMS_H
#define KEY_AWSKMS_H

#include <stdbool.h>

#include "aws_kms.h"
#include "awskms_uri.h"
#include "error.h"
#include "key_holder.h"
#include "sign_queue.h"

#define KEY_AWSKMS_ALGORITHM "RSASSA_PKCS1_V1_5_SHA_256"

struct key_awskms {
    struct key_holder holder;
    struct awskms_uri uri;
    char *name; /* the URI, later the ARN */
    struct aws_kms *kms;
    const char *message_type;
    struct public_key key;
    bool key_known;
    struct sign_job *failed; /* before KMS was asked; sign_queue_wait()'s */
};

/* Asks KMS for the public half unless it is known. */
bool key_awskms_know(struct key_awskms *key, struct error *error);

/* One signature, and many at once. */
bool key_awskms_sign(struct key_holder *holder, const void *message,
                     size_t message_len, uint8_t *signature,
                     size_t *signature_len, struct error *error);
extern const struct sign_parallel key_awskms_parallel;

/* key create --alias: CreateKey and CreateAlias. */
bool key_awskms_create(const struct key_request *request, char **name,
                       struct error *error);

#endif
