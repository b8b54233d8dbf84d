/*
 * Reading and writing times.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "time_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The digits at *text as a number up to TIME_MAX; *text moves behind them. */
static bool take_number(const char **text, int64_t *number)
{
    const char *at = *text;

    *number = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        *number = *number * 10 + (*at - '0');
        if (*number > TIME_MAX)
            return false;
    }
    if (at == *text)
        return false;
    *text = at;
    return true;
}

bool time_parse(const char *text, int64_t *seconds)
{
    return take_number(&text, seconds) && *text == '\0';
}

bool duration_parse(const char *text, int64_t *seconds)
{
    static const char units[] = "smhd";
    static const int64_t factors[] = {1, 60, 3600, 86400};
    const char *unit;

    if (!take_number(&text, seconds))
        return false;
    if (*text == '\0')
        return true;
    unit = strchr(units, *text);
    if (unit == NULL || text[1] != '\0')
        return false;
    *seconds *= factors[unit - units];
    return *seconds <= TIME_MAX;
}

void time_format(int64_t seconds, char text[TIME_TEXT_SIZE])
{
    time_t time = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&time, &parts) == NULL ||
        strftime(text, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        (void)snprintf(text, TIME_TEXT_SIZE, "%" PRId64, seconds);
}

void duration_format(int64_t seconds, char text[DURATION_TEXT_SIZE])
{
    static const struct {
        int64_t seconds;
        const char *name;
    } units[] = {{86400, "day"}, {3600, "hour"}, {60, "minute"}};
    int64_t count = seconds;
    const char *name = "second";

    /* From two of a unit on: 90 minutes say more than 1 hour. */
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (seconds >= 2 * units[i].seconds) {
            count = seconds / units[i].seconds;
            name = units[i].name;
            break;
        }
    (void)snprintf(text, DURATION_TEXT_SIZE, "%" PRId64 " %s%s", count, name,
                   count == 1 ? "" : "s");
}
