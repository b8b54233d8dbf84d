/*
 * Log lines, as text or JSON.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "lambda_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <jansson.h>

#include "error.h"
#include "time_text.h"

static bool is_set_to(const char *name, const char *value)
{
    const char *text = getenv(name);

    return text != NULL && strcasecmp(text, value) == 0;
}

void lambda_log_open(struct lambda_log *log)
{
    static const char *const above_info[] = {"WARN", "ERROR", "FATAL"};

    log->json = is_set_to("AWS_LAMBDA_LOG_FORMAT", "JSON");
    log->only_errors = false;
    for (size_t i = 0; i < sizeof above_info / sizeof above_info[0]; i++)
        if (is_set_to("AWS_LAMBDA_LOG_LEVEL", above_info[i]))
            log->only_errors = true;
    log->request_id = NULL;
}

static char *json_line(const struct lambda_log *log, enum lambda_level level,
                       const char *message)
{
    char now[TIME_TEXT_SIZE];
    json_t *line;
    char *text;

    time_format((int64_t)time(NULL), now);
    line = json_pack("{s:s, s:s, s:s*, s:s*}", "timestamp", now, "level",
                     level == LAMBDA_ERROR ? "ERROR" : "INFO", "requestId",
                     log->request_id, "message", message);
    text = json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(line);
    return text;
}

/* One write for one line: lines of several processes do not mix. */
static void write_line(const struct lambda_log *log, enum lambda_level level,
                       const char *message)
{
    char *json = log->json ? json_line(log, level, message) : NULL;

    if (json != NULL)
        (void)fprintf(stderr, "%s\n", json);
    else
        (void)fprintf(stderr, "signer-host: %s%s%s%s\n",
                      log->request_id != NULL ? "RequestId: " : "",
                      log->request_id != NULL ? log->request_id : "",
                      log->request_id != NULL ? ": " : "", message);
    free(json);
}

void lambda_log(const struct lambda_log *log, enum lambda_level level,
                const char *format, ...)
{
    char message[1536];
    va_list arguments;

    if (log->only_errors && level != LAMBDA_ERROR)
        return;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    error_clean(message);
    write_line(log, level, message);
}
