/*
 * A queue over a holder that signs one message at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "sign_queue.h"

#include <stdlib.h>

struct sign_queue {
    struct key_holder *holder;
    struct sign_job *job; /* the one that waits, or NULL */
};

struct sign_queue *sign_queue_open(struct key_holder *holder,
                                   const struct sign_queue_options *options,
                                   struct error *error)
{
    struct sign_queue *queue = calloc(1, sizeof *queue);

    (void)options;
    if (queue == NULL)
        (void)out_of_memory(error);
    else
        queue->holder = holder;
    return queue;
}

bool sign_queue_has_room(const struct sign_queue *queue)
{
    return queue->job == NULL;
}

void sign_queue_submit(struct sign_queue *queue, struct sign_job *job)
{
    job->done = false;
    queue->job = job;
}

struct sign_job *sign_queue_wait(struct sign_queue *queue, int timeout_ms)
{
    struct sign_job *job = queue->job;

    (void)timeout_ms;
    if (job == NULL)
        return NULL;
    queue->job = NULL;
    job->done = queue->holder->class->sign(queue->holder, job->message,
                                           job->message_len, job->signature,
                                           &job->signature_len, &job->error);
    return job;
}

size_t sign_queue_pending(const struct sign_queue *queue)
{
    return queue->job != NULL;
}

struct sign_queue_figures sign_queue_figures(const struct sign_queue *queue)
{
    struct sign_queue_figures none = {0};

    (void)queue;
    return none;
}

void sign_queue_close(struct sign_queue *queue)
{
    free(queue);
}
