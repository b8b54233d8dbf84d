/*
 * Many messages signed by one key holder: in flight at once where the holder
 * can (KMS over kept-alive connections), else one after the other.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SIGN_QUEUE_H
#define SIGN_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "key_holder.h"

/* One signature that is wanted. It belongs to the caller and stays where it is
 * from sign_queue_submit() until sign_queue_wait() returns it. */
struct sign_job {
    const void *message; /* the JWS Signing Input; the caller's */
    size_t message_len;
    void *context; /* the caller's */

    bool done; /* signed; else error says why not */
    uint8_t signature[PUBLIC_KEY_MAX_BYTES];
    size_t signature_len;
    struct error error;
    struct sign_job *next; /* the holder's */
};

struct sign_queue_options {
    unsigned in_flight; /* at least 1 */
    double rate;        /* signatures a second at most; 0: no limit */
};

/* For a progress line and a report. */
struct sign_queue_figures {
    double rate;        /* the present limit a second; 0: none */
    uint64_t throttled; /* answers that asked to slow down */
    uint64_t retried;   /* requests that were sent again */
};

struct sign_queue;

/* The holder must outlive the queue, and is used by nothing else meanwhile.
 * NULL with *error filled. */
struct sign_queue *sign_queue_open(struct key_holder *holder,
                                   const struct sign_queue_options *options,
                                   struct error *error);

/* Whether another job may be submitted. */
bool sign_queue_has_room(const struct sign_queue *queue);

/* Takes a job; there must be room. It never fails: an error is the job's. */
void sign_queue_submit(struct sign_queue *queue, struct sign_job *job);

/* Works until a job has ended, which it returns, or timeout_ms have passed (-1:
 * never) or there is none (NULL). Jobs end in any order. A signal's handler
 * ends the waiting early. */
struct sign_job *sign_queue_wait(struct sign_queue *queue, int timeout_ms);

/* How many jobs are submitted and not returned. */
size_t sign_queue_pending(const struct sign_queue *queue);

struct sign_queue_figures sign_queue_figures(const struct sign_queue *queue);

/* Gives up what is under way; the jobs are the caller's again. */
void sign_queue_close(struct sign_queue *queue);

/* What a holder gives that signs many messages at once (`parallel` of its
 * class). The queue sees to it that there are never more than in_flight. */
struct sign_parallel {
    bool (*open)(struct key_holder *holder,
                 const struct sign_queue_options *options, struct error *error);
    /* As sign_queue_submit() and sign_queue_wait(). */
    void (*submit)(struct key_holder *holder, struct sign_job *job);
    struct sign_job *(*wait)(struct key_holder *holder, int timeout_ms);
    struct sign_queue_figures (*figures)(const struct key_holder *holder);
    /* Gives up what is under way. */
    void (*close)(struct key_holder *holder);
};

#endif
