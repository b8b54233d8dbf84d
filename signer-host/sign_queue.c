/*
 * A queue over a holder that signs many messages at once, or one after the
 * other at the rate that is asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sign_queue.h"

#include <poll.h>
#include <stdlib.h>

#include "monotonic.h"
#include "rate_limit.h"

struct sign_queue {
    struct key_holder *holder;
    const struct sign_parallel *parallel; /* NULL: one after the other */
    unsigned in_flight;
    size_t pending;

    /* One after the other: */
    struct sign_job *job; /* the one that waits, or NULL */
    struct rate_limit rate;
};

/* ------------------------------------------------- one after the other --- */

/* Whether a signature may be made now, after a pause if need be; not where
 * the time or a signal ends the pause. */
static bool pause_for_rate(struct sign_queue *queue, int timeout_ms)
{
    int64_t now = monotonic_us();
    int64_t until =
        timeout_ms < 0 ? MONOTONIC_NEVER : now + (int64_t)timeout_ms * 1000;
    int64_t pause;

    while ((pause = rate_limit_take(&queue->rate, now)) > 0) {
        if (now >= until)
            return false;
        if (pause > until - now)
            pause = until - now;
        if (poll(NULL, 0, monotonic_poll_ms(now, now + pause)) < 0)
            return false;
        now = monotonic_us();
    }
    return true;
}

static struct sign_job *sign_one(struct sign_queue *queue, int timeout_ms)
{
    struct sign_job *job = queue->job;

    if (!pause_for_rate(queue, timeout_ms))
        return NULL;
    queue->job = NULL;
    job->done = queue->holder->class->sign(queue->holder, job->message,
                                           job->message_len, job->signature,
                                           &job->signature_len, &job->error);
    return job;
}

/* --------------------------------------------------------------- queue --- */

struct sign_queue *sign_queue_open(struct key_holder *holder,
                                   const struct sign_queue_options *options,
                                   struct error *error)
{
    struct sign_queue *queue = calloc(1, sizeof *queue);

    if (queue == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    queue->holder = holder;
    queue->parallel = holder->class->parallel;
    queue->in_flight = queue->parallel != NULL ? options->in_flight : 1;
    rate_limit_init(&queue->rate, options->rate, monotonic_us());
    if (queue->parallel == NULL ||
        queue->parallel->open(holder, options, error))
        return queue;
    free(queue);
    return NULL;
}

bool sign_queue_has_room(const struct sign_queue *queue)
{
    return queue->pending < queue->in_flight;
}

void sign_queue_submit(struct sign_queue *queue, struct sign_job *job)
{
    job->done = false;
    queue->pending++;
    if (queue->parallel != NULL)
        queue->parallel->submit(queue->holder, job);
    else
        queue->job = job;
}

struct sign_job *sign_queue_wait(struct sign_queue *queue, int timeout_ms)
{
    struct sign_job *job;

    if (queue->pending == 0)
        return NULL;
    job = queue->parallel != NULL
              ? queue->parallel->wait(queue->holder, timeout_ms)
              : sign_one(queue, timeout_ms);
    if (job != NULL)
        queue->pending--;
    return job;
}

size_t sign_queue_pending(const struct sign_queue *queue)
{
    return queue->pending;
}

struct sign_queue_figures sign_queue_figures(const struct sign_queue *queue)
{
    struct sign_queue_figures one_by_one = {.rate = queue->rate.rate};

    return queue->parallel != NULL ? queue->parallel->figures(queue->holder)
                                   : one_by_one;
}

void sign_queue_close(struct sign_queue *queue)
{
    if (queue != NULL && queue->parallel != NULL)
        queue->parallel->close(queue->holder);
    free(queue);
}
