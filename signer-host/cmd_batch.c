/*
 * batch: a token for every device of a production line.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch.h"
#include "command.h"
#include "interrupt.h"
#include "mint_claims.h"
#include "output.h"
#include "time_text.h"

#define DEFAULT_IN_FLIGHT 32
#define MAX_IN_FLIGHT     256
#define MAX_RATE          100000.0

/* -------------------------------------------------------------- options --- */

static bool take_in_flight(struct batch *batch, struct error *error)
{
    const char *text = options_value(batch->options, "in-flight", 0);
    char *end;
    unsigned long value;

    batch->in_flight = DEFAULT_IN_FLIGHT;
    if (text == NULL)
        return true;
    value = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || value < 1 ||
        value > MAX_IN_FLIGHT)
        return error_set(error, EXIT_USAGE,
                         "--in-flight %s: a number from 1 to %d", text,
                         MAX_IN_FLIGHT);
    batch->in_flight = (unsigned)value;
    return true;
}

static bool take_rate(struct batch *batch, struct error *error)
{
    const char *text = options_value(batch->options, "rate", 0);
    char *end;

    batch->rate = -1;
    if (text == NULL)
        return true;
    batch->rate = strtod(text, &end);
    return (strspn(text, "0123456789.") == strlen(text) && end != text &&
            *end == '\0' && batch->rate <= MAX_RATE) ||
           error_set(error, EXIT_USAGE,
                     "--rate %s: signatures a second, or 0 for no limit", text);
}

/* One jti for all would be no id of any token (RFC 7519 4.1.7). */
static bool check_jti(const struct options *options, struct error *error)
{
    const char *jti = options_value(options, "jti", 0);

    return jti == NULL || strcmp(jti, "auto") == 0 ||
           error_set(error, EXIT_USAGE,
                     "--jti %s would give all tokens the same id: use --jti "
                     "auto, or a column jti",
                     jti);
}

static bool take_out(struct batch *batch, struct error *error)
{
    const char *out;
    size_t len;

    if (!options_require(batch->options, "out", &out, error))
        return false;
    len = strlen(out);
    while (len > 1 && out[len - 1] == '/')
        len--;
    if (len == 0 || strcmp(out, "-") == 0)
        return error_set(error, EXIT_USAGE,
                         "--out \"%s\": name a file or a folder, beside which "
                         "the journal is kept",
                         out);
    batch->out = strndup(out, len);
    return (batch->out != NULL &&
            asprintf(&batch->journal_path, "%s.journal", batch->out) >= 0 &&
            asprintf(&batch->list_path, "%s.manifest.csv", batch->out) >= 0 &&
            asprintf(&batch->manifest_path, "%s.manifest.jwt", batch->out) >=
                0) ||
           out_of_memory(error);
}

static bool take_options(struct batch *batch, struct error *error)
{
    const struct options *options = batch->options;
    const char *key;

    if (options->operand_count == 0)
        return error_set(error, EXIT_USAGE,
                         "the CSV file of the devices is required");
    batch->input = options->operands[0];
    if (strcmp(batch->input, "-") == 0)
        return error_set(error, EXIT_USAGE,
                         "batch reads a file, which must be there again when "
                         "it goes on: name one");
    if (!options_require(options, "key", &key, error) ||
        !take_out(batch, error))
        return false;
    batch->format = batch_format_find(options_value(options, "format", 0),
                                      options_value(options, "label", 0),
                                      options_value(options, "out", 0), error);
    return batch->format != NULL && take_in_flight(batch, error) &&
           take_rate(batch, error) && check_jti(options, error) &&
           options_now(options, &batch->now, error) &&
           mint_defaults(options, &batch->defaults, error);
}

/* --------------------------------------------------------------- phases --- */

static bool open_key(struct batch *batch, struct error *error)
{
    return signer_open(batch->options, &batch->signer, error) &&
           signer_check_clock(&batch->signer, batch->options,
                              (int64_t)time(NULL), error);
}

/* Nothing is left of a run that could not be planned. */
static bool begin(struct batch *batch, struct error *error)
{
    if (batch_output_free(batch, error) && open_key(batch, error) &&
        batch_plan(batch, error))
        return true;
    journal_discard(batch->journal);
    batch->journal = NULL;
    return false;
}

/* Tokens that expired while the run lay still are of no use. */
static bool check_expiry(const struct batch *batch, struct error *error)
{
    struct journal_figures figures;
    char exp[TIME_TEXT_SIZE];
    char now[TIME_TEXT_SIZE];

    if (!journal_figures(batch->journal, &figures, error))
        return false;
    if (figures.done == figures.rows || figures.first_exp < 0 ||
        figures.first_exp > (int64_t)time(NULL) ||
        options_given(batch->options, "now"))
        return true;
    time_format(figures.first_exp, exp);
    time_format(batch->now, now);
    return error_set(error, EXIT_REFUSED,
                     "this run began at %s, and tokens of it expired at %s: "
                     "move %s away to begin anew",
                     now, exp, batch->journal_path);
}

static bool go_on(struct batch *batch, struct error *error)
{
    return open_key(batch, error) && batch_settings_check(batch, error) &&
           check_expiry(batch, error);
}

/* ------------------------------------------------------------- results --- */

static bool report_json(const struct batch *batch,
                        const struct journal_figures *now, int64_t before,
                        struct error *error)
{
    struct members result = {.count = 0};
    char *text = NULL;
    bool done =
        members_set_string(&result, "out", batch->out, error) &&
        members_set_string(&result, "format", batch->format->name, error) &&
        members_set_integer(&result, "count", now->rows, error) &&
        members_set_integer(&result, "signed", now->done - before, error) &&
        members_set_string(&result, "manifest", batch->manifest_path, error) &&
        members_set_string(&result, "list", batch->list_path, error) &&
        members_set_string(&result, "journal", batch->journal_path, error);

    if (done) {
        text = members_dump(&result);
        done = text != NULL ? output_line(text, error) : out_of_memory(error);
    }
    free(text);
    members_free(&result);
    return done;
}

static bool report(const struct batch *batch, int64_t before, bool was_done,
                   struct error *error)
{
    struct journal_figures now;

    if (!journal_figures(batch->journal, &now, error))
        return false;
    if (options_given(batch->options, "json"))
        return report_json(batch, &now, before, error);
    if (options_given(batch->options, "quiet"))
        return true;
    if (was_done)
        (void)fprintf(stderr,
                      "signer-host: %s is complete already: %" PRId64
                      " tokens, nothing was signed\n",
                      batch->out, now.rows);
    else
        (void)fprintf(stderr,
                      "signer-host: %" PRId64 " tokens in %s, %" PRId64
                      " signed now; the manifest is %s\n",
                      now.rows, batch->out, now.done - before,
                      batch->manifest_path);
    return true;
}

static bool run_with(struct batch *batch, struct error *error)
{
    struct journal_figures before;
    bool was_done;

    interrupt_catch();
    if (!take_options(batch, error))
        return false;
    batch->journal = journal_open(batch->journal_path, error);
    if (batch->journal == NULL ||
        !(journal_is_new(batch->journal) ? begin(batch, error)
                                         : go_on(batch, error)) ||
        !journal_figures(batch->journal, &before, error) ||
        !batch_output_done(batch, &was_done, error))
        return false;
    return (was_done ||
            (batch_sign(batch, error) && batch_output(batch, error))) &&
           report(batch, before.done, was_done, error);
}

static bool run(const struct options *options, struct error *error)
{
    struct batch batch = {.options = options};
    bool done = run_with(&batch, error);

    journal_close(batch.journal);
    signer_close(&batch.signer);
    members_free(&batch.defaults);
    free(batch.out);
    free(batch.journal_path);
    free(batch.list_path);
    free(batch.manifest_path);
    return done;
}

static const struct option_spec specs[] = {
    {"key", "URI", "the key that signs", '\0', false},
    {"out", "FILE|FOLDER", "where the tokens go; there when all are signed",
     'o', false},
    {"format", "FORMAT", "csv, jsonl, dir, nvs or qr; default: by --out", '\0',
     false},
    {"label", "TYPE", "with --format qr: svg (default) or png", '\0', false},
    {"in-flight", "N", "requests to KMS at a time, 32 by default", '\0', false},
    {"rate", "R", "signatures a second, 450 by default with KMS", '\0', false},
    {"iss", "S", "issuer", '\0', false},
    {"aud", "S", "audience; repeated: an array", '\0', true},
    {"ttl", "DURATION", "lifetime from iat: 30s, 15m, 24h (default), 7d", '\0',
     false},
    {"exp", "T", "expiration time: a NumericDate or RFC 3339", '\0', false},
    {"no-exp", NULL, "never expires; devices refuse it by default", '\0',
     false},
    {"nbf", "T", "not valid before: a NumericDate or RFC 3339", '\0', false},
    {"jti", "auto", "a token id of 128 random bits", '\0', false},
    {"claim", "NAME=STRING", "any claim; NAME:=JSON for other types", '\0',
     true},
    {"claims", "FILE|-", "a JSON object; options go before it", '\0', false},
    {"header", "NAME=STRING", "a header parameter; not alg, kid, crit, b64",
     '\0', true},
    {"kid", "KID", "kid instead of the key's thumbprint", '\0', false},
    {"no-kid", NULL, "no kid", '\0', false},
    {"now", "T", "the time for iat: a NumericDate or RFC 3339", '\0', false},
    {"quiet", NULL, "no progress, only errors", 'q', false},
    {"json", NULL, "the counts and the files' names as JSON", '\0', false},
    {"message-type", "TYPE", "awskms: RAW or DIGEST instead of by length", '\0',
     false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_batch = {
    .name = "batch",
    .summary = "Mints a token for every row of a CSV file",
    .usage = "DEVICES.csv --key URI --out FILE|FOLDER [OPTION]...",
    .details =
        "The first line names the columns. The column serial is required; it "
        "becomes sub\nunless there is a column sub. A column NAME is a string "
        "claim, NAME:= is JSON; exp,\nnbf and iat are dates. The options are "
        "the defaults of all rows, and an empty cell\nleaves its claim to "
        "them.\n\n"
        "All rows are checked before the first is signed. FILE appears when "
        "all are signed;\nuntil then FILE.journal keeps what is, and the same "
        "command goes on after Ctrl-C, a\ncrash, or rows that failed. "
        "FILE.manifest.jwt is the signed summary of the run.\n",
    .options = specs,
    .operand_max = 1,
    .run = run,
};
