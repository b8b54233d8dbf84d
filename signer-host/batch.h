/*
 * `batch`: a token for every row of a CSV file.
 *
 * What each token will be is fixed and written to a journal in one commit,
 * after every row was found good and before the first Sign. From then on a row
 * is planned or signed:
 *
 *     no journal --plan--> planned --sign each row--> all signed
 *                                                        | write aside
 *     complete <--rename the output last-- placing <-----+
 *
 * Whatever ends the process in between, the same command goes on there: RSASSA-
 * PKCS1-v1_5 has one signature for one signing input, so that what is signed
 * anew comes out the same.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "batch_format.h"
#include "error.h"
#include "journal.h"
#include "members.h"
#include "options.h"
#include "signer.h"

struct batch {
    const struct options *options;
    const char *input;
    char *out; /* without slashes at its end */
    char *journal_path;
    char *list_path;     /* OUT.manifest.csv */
    char *manifest_path; /* OUT.manifest.jwt */
    const struct batch_format *format;
    unsigned in_flight;
    double rate;             /* -1: not said */
    int64_t now;             /* of the run: iat */
    struct members defaults; /* the claims of all rows */
    struct signer signer;
    struct journal *journal;
};

/* ------------------------------------------------- batch_settings.c --- */

/* Everything that decides what comes out: the input's SHA-256, the key, the
 * options. As a JSON object's members. */
bool batch_settings(const struct batch *batch, const char *input_sha256,
                    struct members *settings, struct error *error);

/* Refuses to go on with settings that are not the journal's, and says which.
 * Takes the time of the run from the journal. */
bool batch_settings_check(struct batch *batch, struct error *error);

/* ----------------------------------------------------- batch_plan.c --- */

/* Reads and judges all rows, telling what is wrong with each on stderr, and
 * commits the plan where nothing is. */
bool batch_plan(struct batch *batch, struct error *error);

/* ----------------------------------------------------- batch_sign.c --- */

/* Signs what is not signed. False, too, where rows failed or somebody
 * interrupted; what is signed is kept. */
bool batch_sign(struct batch *batch, struct error *error);

/* A token of the plan, held against the verifier. */
bool batch_token(const struct batch *batch, const char *claims_text,
                 const uint8_t *signature, size_t signature_len, char **token,
                 struct error *error);

/* --------------------------------------------------- batch_output.c --- */

/* Refuses, for a new run, places that are taken. */
bool batch_output_free(const struct batch *batch, struct error *error);

/* Whether the output is there, whole and unchanged; an error where it was
 * changed or is another's. */
bool batch_output_done(const struct batch *batch, bool *done,
                       struct error *error);

/* Writes the manifest, the list and, last of all, the output. */
bool batch_output(const struct batch *batch, struct error *error);

/* ------------------------------------------------- batch_manifest.c --- */

/* The signed summary of the run, made with malloc; output_sha256 NULL for a
 * folder. It is signed once and kept in the journal. */
bool batch_manifest(const struct batch *batch, const char *list_sha256,
                    const char *output_sha256, char **manifest,
                    struct error *error);

#endif
