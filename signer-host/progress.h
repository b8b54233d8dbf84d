/*
 * How far a long command is, on standard error: a bar that is drawn over and
 * over on a terminal, else a line now and then.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *what; /* "signed" */
    int64_t total;
    int64_t first; /* how many there were before this run */
    bool quiet;    /* nothing at all */
    bool bar;
    bool colour;
    double started;
    double shown; /* when last; 0: never */
};

/* TERM=dumb means lines, NO_COLOR a bar without colour. */
void progress_start(struct progress *progress, const char *what, int64_t first,
                    int64_t total, bool quiet);

/* Shows `done` of the total if it is time to; note, which may be "", follows
 * behind the figures. */
void progress_show(struct progress *progress, int64_t done, const char *note);

/* Clears the bar, so that words may follow. */
void progress_end(struct progress *progress);

#endif
