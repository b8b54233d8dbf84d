/*
 * Signing what the journal has planned, many at a time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch.h"
#include "interrupt.h"
#include "progress.h"
#include "sign_queue.h"
#include "token.h"

/* A KMS that fails so often is not asked for the rest. */
#define MAX_IN_A_ROW 5
#define MAX_FAILED   100

/* Below the 500 signatures a second that KMS grants by default. */
#define DEFAULT_RATE 450

/* Signatures are committed together, for a sync costs as much as a signature.
 */
#define COMMIT_COUNT   128
#define COMMIT_SECONDS 1
#define WAIT_MS        200

struct slot {
    struct sign_job job;
    int64_t seq; /* 0: free */
    char *serial;
    char *claims;
    char *signing_input;
};

struct signing {
    struct batch *batch;
    struct sign_queue *queue;
    struct slot *slots;
    struct progress progress;
    int64_t after; /* the last row that was taken */
    bool exhausted;
    int64_t done;
    int64_t failed;
    int64_t in_a_row;
    int64_t uncommitted;
    time_t since; /* of the oldest uncommitted one */
    bool broken;  /* the journal is: *error says why */
};

/* --------------------------------------------------------------- tokens --- */

static bool check(const struct batch *batch, const struct members *claims,
                  const char *signing_input, const uint8_t *signature,
                  size_t signature_len, char **token, struct error *error)
{
    return token_assemble(signing_input, signature, signature_len, token,
                          error) &&
           token_check(&batch->signer.key, &batch->signer.header, claims,
                       *token, error);
}

bool batch_token(const struct batch *batch, const char *claims_text,
                 const uint8_t *signature, size_t signature_len, char **token,
                 struct error *error)
{
    struct members claims = {.count = 0};
    char *signing_input = NULL;
    bool done =
        members_load(&claims, claims_text, strlen(claims_text), error) &&
        token_signing_input(&batch->signer.header, &claims, &signing_input,
                            error);

    *token = NULL;
    done = done && check(batch, &claims, signing_input, signature,
                         signature_len, token, error);
    if (!done) {
        free(*token);
        *token = NULL;
    }
    free(signing_input);
    members_free(&claims);
    return done;
}

/* ---------------------------------------------------------------- slots --- */

static void empty(struct slot *slot)
{
    free(slot->serial);
    free(slot->claims);
    free(slot->signing_input);
    slot->serial = NULL;
    slot->claims = NULL;
    slot->signing_input = NULL;
    slot->seq = 0;
}

static struct slot *free_slot(const struct signing *signing)
{
    for (unsigned i = 0; i < signing->batch->in_flight; i++)
        if (signing->slots[i].seq == 0)
            return &signing->slots[i];
    return NULL;
}

static bool load(const struct signing *signing, const struct journal_row *row,
                 struct slot *slot, struct error *error)
{
    struct members claims = {.count = 0};
    bool done;

    slot->seq = row->seq;
    slot->serial = strdup(row->serial);
    slot->claims = strdup(row->claims);
    if (slot->serial == NULL || slot->claims == NULL)
        return out_of_memory(error);
    done = members_load(&claims, slot->claims, strlen(slot->claims), error) &&
           token_signing_input(&signing->batch->signer.header, &claims,
                               &slot->signing_input, error);
    members_free(&claims);
    return done;
}

/* ----------------------------------------------------------- submitting --- */

static bool stopping(const struct signing *signing)
{
    return signing->broken || interrupt_requested() ||
           signing->in_a_row >= MAX_IN_A_ROW || signing->failed >= MAX_FAILED;
}

/* Takes the next row into flight, if there is one and room for it. */
static bool submit(struct signing *signing, struct error *error)
{
    struct slot *slot = free_slot(signing);
    struct journal_row row;

    if (signing->exhausted || slot == NULL ||
        !sign_queue_has_room(signing->queue))
        return false;
    if (!journal_next_unsigned(signing->batch->journal, signing->after, &row,
                               error) ||
        (row.seq > 0 && !load(signing, &row, slot, error))) {
        empty(slot);
        signing->broken = true;
        return false;
    }
    signing->exhausted = row.seq == 0;
    if (signing->exhausted)
        return false;
    signing->after = row.seq;
    slot->job.message = slot->signing_input;
    slot->job.message_len = strlen(slot->signing_input);
    slot->job.context = slot;
    sign_queue_submit(signing->queue, &slot->job);
    return true;
}

/* ------------------------------------------------------------ collecting ---
 */

static bool commit(struct signing *signing, struct error *error)
{
    if (signing->uncommitted == 0)
        return true;
    signing->uncommitted = 0;
    return journal_commit(signing->batch->journal, error);
}

static bool keep(struct signing *signing, const struct slot *slot,
                 struct error *error)
{
    struct journal *journal = signing->batch->journal;

    if (signing->uncommitted == 0) {
        if (!journal_begin(journal, error))
            return false;
        signing->since = time(NULL);
    }
    signing->uncommitted++;
    return journal_sign(journal, slot->seq, slot->job.signature,
                        slot->job.signature_len, error);
}

static void tell(struct signing *signing, const struct slot *slot,
                 const struct error *error)
{
    char serial[256];

    (void)snprintf(serial, sizeof serial, "%s", slot->serial);
    error_clean(serial);
    progress_end(&signing->progress);
    (void)fprintf(stderr, "signer-host: serial %s: %s\n", serial, error->text);
    signing->failed++;
    signing->in_a_row++;
}

static void collect(struct signing *signing, struct slot *slot,
                    struct error *error)
{
    struct error reason = slot->job.error;
    char *token = NULL;

    if (!slot->job.done ||
        !batch_token(signing->batch, slot->claims, slot->job.signature,
                     slot->job.signature_len, &token, &reason)) {
        tell(signing, slot, &reason);
    } else if (!signing->broken) {
        signing->broken = !keep(signing, slot, error);
        signing->done += !signing->broken;
        signing->in_a_row = 0;
    }
    free(token);
    empty(slot);
}

static void show(struct signing *signing)
{
    struct sign_queue_figures figures = sign_queue_figures(signing->queue);
    char note[64] = "";

    if (figures.throttled > 0)
        (void)snprintf(note, sizeof note, "throttled to %.0f/s", figures.rate);
    progress_show(&signing->progress, signing->done, note);
}

static bool is_due(const struct signing *signing)
{
    return signing->uncommitted >= COMMIT_COUNT ||
           (signing->uncommitted > 0 &&
            time(NULL) - signing->since >= COMMIT_SECONDS);
}

static void work(struct signing *signing, struct error *error)
{
    while (!signing->broken) {
        struct sign_job *job;

        while (!stopping(signing) && submit(signing, error))
            ;
        if (sign_queue_pending(signing->queue) == 0)
            break;
        job = sign_queue_wait(signing->queue, WAIT_MS);
        if (job != NULL)
            collect(signing, job->context, error);
        if (!signing->broken && is_due(signing))
            signing->broken = !commit(signing, error);
        show(signing);
    }
    /* What is in flight when the journal breaks is given up. */
    if (!signing->broken)
        signing->broken = !commit(signing, error);
}

/* --------------------------------------------------------------- ending --- */

static bool conclude(const struct signing *signing, struct error *error)
{
    int64_t total = signing->progress.total;
    const char *path = signing->batch->journal_path;

    if (signing->broken)
        return false;
    if (signing->failed > 0)
        return error_set(
            error, EXIT_REFUSED,
            "%" PRId64 " rows failed%s; %" PRId64 " of %" PRId64 " are signed "
            "and kept in %s: the same command tries the others again, and "
            "writes the output when all are signed",
            signing->failed,
            signing->in_a_row >= MAX_IN_A_ROW ? ", so many one after the other "
                                                "that the rest was left"
            : signing->failed >= MAX_FAILED   ? ", so many that the rest was "
                                                "left"
                                              : "",
            signing->done, total, path);
    if (signing->done < total)
        return error_set(error, EXIT_USAGE,
                         "interrupted; %" PRId64 " of %" PRId64
                         " rows are signed and kept in %s: the same command "
                         "goes on",
                         signing->done, total, path);
    return true;
}

static bool open_queue(struct signing *signing, struct error *error)
{
    const struct batch *batch = signing->batch;
    struct sign_queue_options options = {.in_flight = batch->in_flight,
                                         .rate = batch->rate};

    if (batch->rate < 0)
        options.rate = batch->signer.holder->development ? 0 : DEFAULT_RATE;
    signing->slots = calloc(batch->in_flight, sizeof *signing->slots);
    if (signing->slots == NULL)
        return out_of_memory(error);
    signing->queue = sign_queue_open(batch->signer.holder, &options, error);
    return signing->queue != NULL;
}

bool batch_sign(struct batch *batch, struct error *error)
{
    struct signing signing = {.batch = batch};
    struct journal_figures figures;
    bool done;

    if (!journal_figures(batch->journal, &figures, error))
        return false;
    signing.done = figures.done;
    done = open_queue(&signing, error);
    if (done) {
        progress_start(&signing.progress, "signed", figures.done, figures.rows,
                       options_given(batch->options, "quiet"));
        work(&signing, error);
        progress_end(&signing.progress);
        sign_queue_close(signing.queue);
        for (unsigned i = 0; i < batch->in_flight; i++)
            empty(&signing.slots[i]);
        done = conclude(&signing, error);
    }
    free(signing.slots);
    return done;
}
