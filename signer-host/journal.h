/*
 * The journal of a batch: what every token will be is in it before the first
 * Sign, and every signature from the moment it is worth keeping.
 *
 *     row        seq, line, serial, folded, jti, iat, exp, claims
 *     signature  seq, bytes
 *     fact       name, value: of the whole run
 *
 * where jti and claims are JSON text.
 *
 * A SQLite database (application id "kjwt", user_version 1) in WAL mode: a
 * process or a machine that dies leaves the last commit. One process at a time
 * has it open; a second one is refused with the first one's id.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "public_key.h"

struct journal;

struct journal_row {
    int64_t seq; /* 1, 2, 3 ... in the order of the input */
    int64_t line;
    const char *serial;
    const char *folded; /* must be unique, too; NULL: it need not */
    const char *jti;    /* must be unique; NULL: none */
    int64_t iat;
    int64_t exp;        /* -1: none */
    const char *claims; /* the Claims Set's JSON text */
    uint8_t signature[PUBLIC_KEY_MAX_BYTES];
    size_t signature_len; /* 0: not signed */
};

/* Opens the file, or makes it with mode 0600. NULL with *error filled. */
struct journal *journal_open(const char *path, struct error *error);
void journal_close(struct journal *journal);

/* Whether it has no plan: it is new, or was given up before there was one. */
bool journal_is_new(const struct journal *journal);

/* Undoes what is not committed, removes the files and closes. */
void journal_discard(struct journal *journal);

/* What is written in between is there whole or not at all. */
bool journal_begin(struct journal *journal, struct error *error);
bool journal_commit(struct journal *journal, struct error *error);

/* Another row with the same serial, folded serial or jti. */
struct journal_twin {
    int64_t line; /* 0: there is none */
    enum { JOURNAL_SERIAL, JOURNAL_FOLDED, JOURNAL_JTI } kind;
};

/* Fails, too, where there is a twin. */
bool journal_add(struct journal *journal, const struct journal_row *row,
                 struct journal_twin *twin, struct error *error);

bool journal_sign(struct journal *journal, int64_t seq,
                  const uint8_t *signature, size_t len, struct error *error);

/* The next row behind `after`, whose strings live until the next call of the
 * same function or a commit. Without one row->seq is 0. */
bool journal_next_unsigned(struct journal *journal, int64_t after,
                           struct journal_row *row, struct error *error);
bool journal_next_signed(struct journal *journal, int64_t after,
                         struct journal_row *row, struct error *error);

/* Rows in all, rows signed, and the first exp of all (-1: none expires). */
struct journal_figures {
    int64_t rows;
    int64_t done;
    int64_t first_exp;
};

bool journal_figures(struct journal *journal, struct journal_figures *figures,
                     struct error *error);

/* A fact: replaced, and read as a string of malloc or NULL for none. */
bool journal_set(struct journal *journal, const char *name, const char *value,
                 struct error *error);
bool journal_get(struct journal *journal, const char *name, char **value,
                 struct error *error);

#endif
