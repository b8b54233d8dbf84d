/*
 * Every row judged and written down, before any is signed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "batch_columns.h"
#include "interrupt.h"
#include "mint_claims.h"
#include "progress.h"
#include "rehearsal.h"
#include "token.h"

/* So many bad rows are told; then only how many more. */
#define MAX_TOLD 20

struct plan {
    struct batch *batch;
    struct rehearsal rehearsal;
    struct batch_columns columns;
    struct csv *csv;
    struct progress progress;
    int64_t rows;
    int64_t bad;
    enum exit_status worst; /* of the bad rows */
    bool broken;            /* the journal is, not the row */
};

/* ------------------------------------------------------------- one row --- */

static bool tell_twin(const struct journal_row *row,
                      const struct journal_twin *twin, struct error *error)
{
    switch (twin->kind) {
    case JOURNAL_SERIAL:
        return error_set(error, EXIT_USAGE,
                         "the serial %s is that of line %" PRId64 ", too",
                         row->serial, twin->line);
    case JOURNAL_FOLDED:
        return error_set(error, EXIT_USAGE,
                         "the serial %s differs from that of line %" PRId64
                         " only in upper and lower case, which some file "
                         "systems do not: rename one",
                         row->serial, twin->line);
    default:
        return error_set(error, EXIT_USAGE,
                         "the jti %s is that of line %" PRId64 ", too",
                         row->jti, twin->line);
    }
}

/* jti is a string of JSON text here, since only its being unique matters. */
static bool write_row(struct plan *plan, struct journal_row *row,
                      const struct members *claims, struct error *error)
{
    struct journal_twin twin;
    char folded[BATCH_MAX_SERIAL + 1];
    size_t len = strlen(row->serial);
    char *text = members_dump(claims);
    bool done;

    for (size_t i = 0; i <= len; i++)
        folded[i] = (char)tolower((unsigned char)row->serial[i]);
    row->folded = plan->batch->format->folder ? folded : NULL;
    row->claims = text;
    row->jti = members_get(claims, "jti");
    (void)mint_date(claims, "iat", &row->iat);
    if (!mint_date(claims, "exp", &row->exp))
        row->exp = -1;
    row->seq = plan->rows;
    done = text != NULL ? journal_add(plan->batch->journal, row, &twin, error)
                        : out_of_memory(error);
    if (text != NULL && !done && twin.line > 0)
        (void)tell_twin(row, &twin, error);
    else if (!done)
        plan->broken = true;
    free(text);
    return done;
}

static bool judge(struct plan *plan, const char *serial,
                  const struct members *own, struct members *claims,
                  struct error *error)
{
    const struct batch *batch = plan->batch;
    size_t token_len;

    return mint_complete(batch->options, &batch->defaults, own, batch->now,
                         claims, error) &&
           token_check_exp(claims, batch->now, error) &&
           rehearse(&plan->rehearsal, &batch->signer.header, claims, &token_len,
                    error) &&
           batch_format_check(batch->format, serial, token_len, error);
}

static bool plan_row(struct plan *plan, const struct csv_record *record,
                     struct error *error)
{
    struct journal_row row = {.line = (int64_t)record->line};
    struct members own = {.count = 0};
    struct members claims = {.count = 0};
    bool done;

    plan->rows++;
    done =
        batch_columns_row(&plan->columns, record, &row.serial, &own, error) &&
        judge(plan, row.serial, &own, &claims, error) &&
        write_row(plan, &row, &claims, error);
    members_free(&own);
    members_free(&claims);
    return done;
}

/* ------------------------------------------------------------ all rows --- */

static void tell(struct plan *plan, size_t line, const struct error *error)
{
    if (error->status > plan->worst)
        plan->worst = error->status;
    progress_end(&plan->progress);
    if (plan->bad++ < MAX_TOLD)
        (void)fprintf(stderr, "signer-host: %s, line %zu: %s\n",
                      plan->batch->input, line, error->text);
}

static bool plan_rows(struct plan *plan, struct error *error)
{
    struct csv_record record;
    enum csv_result result;

    while ((result = csv_read(plan->csv, &record, error)) == CSV_RECORD) {
        if (interrupt_requested())
            return error_set(error, EXIT_USAGE,
                             "interrupted before the first row was signed: "
                             "nothing is kept");
        progress_show(&plan->progress, csv_position(plan->csv), "");
        if (plan_row(plan, &record, error))
            continue;
        if (plan->broken)
            return false;
        tell(plan, record.line, error);
    }
    if (result == CSV_ERROR)
        return false;
    if (plan->bad > 0)
        return error_set(error, plan->worst,
                         "%" PRId64 " of %" PRId64 " rows of %s cannot become "
                         "tokens%s: nothing was signed",
                         plan->bad, plan->rows, plan->batch->input,
                         plan->bad > MAX_TOLD ? ", the first of them above"
                                              : "");
    return plan->rows > 0 ||
           error_set(error, EXIT_USAGE, "%s has no rows below its first line",
                     plan->batch->input);
}

static bool plan_all(struct plan *plan, struct error *error)
{
    bool done;

    progress_start(&plan->progress, "bytes checked", 0, csv_size(plan->csv),
                   options_given(plan->batch->options, "quiet"));
    done = plan_rows(plan, error);
    progress_end(&plan->progress);
    return done;
}

static bool read_header(struct plan *plan, struct error *error)
{
    struct csv_record header;

    switch (csv_read(plan->csv, &header, error)) {
    case CSV_RECORD:
        return batch_columns_open(&header, &plan->columns, error) ||
               error_in(error, plan->batch->input);
    case CSV_END:
        return error_set(error, EXIT_USAGE, "%s is empty", plan->batch->input);
    default:
        return false;
    }
}

static bool write_facts(struct plan *plan, struct error *error)
{
    struct batch *batch = plan->batch;
    struct members settings = {.count = 0};
    char input[DIGEST_HEX_SIZE];
    char now[24];
    char *text = NULL;
    bool done;

    csv_digest(plan->csv, input);
    (void)snprintf(now, sizeof now, "%" PRId64, batch->now);
    done = batch_settings(batch, input, &settings, error);
    if (done) {
        text = members_dump(&settings);
        done = text != NULL || out_of_memory(error);
    }
    done = done && journal_set(batch->journal, "settings", text, error) &&
           journal_set(batch->journal, "input", input, error) &&
           journal_set(batch->journal, "now", now, error);
    free(text);
    members_free(&settings);
    return done;
}

bool batch_plan(struct batch *batch, struct error *error)
{
    struct plan plan = {.batch = batch};
    bool done;

    plan.csv = csv_open(batch->input, error);
    done = plan.csv != NULL &&
           rehearsal_open(&plan.rehearsal, &batch->signer.key, error) &&
           read_header(&plan, error) && journal_begin(batch->journal, error) &&
           plan_all(&plan, error) && write_facts(&plan, error) &&
           journal_commit(batch->journal, error);
    csv_close(plan.csv);
    batch_columns_free(&plan.columns);
    return done;
}
