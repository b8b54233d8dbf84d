/*
 * A progress bar.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "time_text.h"

#define BAR_INTERVAL  0.1
#define LINE_INTERVAL 10.0
#define MAX_BAR       40
#define MIN_BAR       8
#define TEXT_SIZE     256

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool set(const char *variable)
{
    const char *value = getenv(variable);

    return value != NULL && *value != '\0';
}

static size_t terminal_width(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
               ? size.ws_col
               : 80;
}

void progress_start(struct progress *progress, const char *what, int64_t first,
                    int64_t total, bool quiet)
{
    const char *terminal = getenv("TERM");

    progress->what = what;
    progress->first = first;
    progress->total = total;
    progress->quiet = quiet;
    progress->bar = isatty(STDERR_FILENO) == 1 && terminal != NULL &&
                    strcmp(terminal, "dumb") != 0;
    progress->colour = progress->bar && !set("NO_COLOR");
    progress->started = seconds();
    progress->shown = progress->bar ? 0 : progress->started;
}

/* "500 of 1000 signed (50%), 430/s, 2 seconds left, NOTE" */
static void figures(const struct progress *progress, int64_t done, double now,
                    const char *note, char text[TEXT_SIZE])
{
    double elapsed = now - progress->started;
    double rate = elapsed > 0 ? (double)(done - progress->first) / elapsed : 0;
    char left[DURATION_TEXT_SIZE];
    int len = snprintf(text, TEXT_SIZE, "%" PRId64 " of %" PRId64 " %s (%d%%)",
                       done, progress->total, progress->what,
                       (int)(100 * done / progress->total));

    if (rate > 0) {
        duration_format((int64_t)((double)(progress->total - done) / rate) + 1,
                        left);
        len += snprintf(text + len, TEXT_SIZE - (size_t)len,
                        ", %.*f/s, %s left", rate < 10, rate, left);
    }
    if (*note != '\0')
        (void)snprintf(text + len, TEXT_SIZE - (size_t)len, ", %s", note);
}

/* One column stays free: a full line would wrap on some terminals. */
static void draw(const struct progress *progress, int64_t done,
                 const char *text)
{
    size_t width = terminal_width() - 1;
    size_t len = strlen(text);
    size_t bar = width > len + 3 ? width - len - 3 : 0;
    size_t full;

    if (bar > MAX_BAR)
        bar = MAX_BAR;
    (void)fputs("\r\033[K", stderr);
    if (bar >= MIN_BAR) {
        full = (size_t)((double)bar * (double)done / (double)progress->total);
        (void)fprintf(stderr, "%s[", progress->colour ? "\033[32m" : "");
        for (size_t i = 0; i < bar; i++)
            (void)fputc(i < full ? '#' : '.', stderr);
        (void)fprintf(stderr, "]%s ", progress->colour ? "\033[0m" : "");
    }
    (void)fprintf(stderr, "%.*s", (int)width, text);
    (void)fflush(stderr);
}

void progress_show(struct progress *progress, int64_t done, const char *note)
{
    double now = seconds();
    char text[TEXT_SIZE];

    if (progress->quiet || progress->total == 0 ||
        now - progress->shown < (progress->bar ? BAR_INTERVAL : LINE_INTERVAL))
        return;
    progress->shown = now;
    figures(progress, done, now, note, text);
    if (progress->bar)
        draw(progress, done, text);
    else
        (void)fprintf(stderr, "signer-host: %s\n", text);
}

void progress_end(struct progress *progress)
{
    if (progress->quiet || !progress->bar || progress->shown <= 0)
        return;
    (void)fputs("\r\033[K", stderr);
    progress->shown = 0;
}
