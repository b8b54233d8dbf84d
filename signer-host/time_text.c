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

/* Whether text begins with the pattern, whose 0 stands for any digit. */
static bool matches(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; text++, pattern++)
        if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
            return false;
    return true;
}

/* The two digits at text. */
static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Days since 1970-01-01 in the Gregorian calendar; false: no such day. */
static bool days_of(int year, int month, int day, int64_t *days)
{
    static const int before[] = {0,   31,  59,  90,  120, 151, 181,
                                 212, 243, 273, 304, 334, 365};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int64_t past = (int64_t)year - 1; /* whole years since the year 1 */

    if (year < 1 || month < 1 || month > 12 || day < 1 ||
        day > before[month] - before[month - 1] + (month == 2 && leap))
        return false;
    *days = past * 365 + past / 4 - past / 100 + past / 400 - 719162 +
            before[month - 1] + (month > 2 && leap) + day - 1;
    return true;
}

/* "Z", "+02:00" and nothing behind it. */
static bool offset_parse(const char *text, int64_t *seconds)
{
    *seconds = 0;
    if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0)
        return true;
    if ((!matches(text, "+00:00") && !matches(text, "-00:00")) ||
        text[6] != '\0' || two_digits(text + 1) > 23 ||
        two_digits(text + 4) > 59)
        return false;
    *seconds = two_digits(text + 1) * 3600 + two_digits(text + 4) * 60;
    if (*text == '-')
        *seconds = -*seconds;
    return true;
}

bool time_parse_rfc3339(const char *text, int64_t *seconds)
{
    int64_t days;
    int64_t offset;
    const char *rest;
    int hour;
    int minute;
    int second;

    if (!matches(text, "0000-00-00") || strchr("Tt ", text[10]) == NULL ||
        text[10] == '\0' || !matches(text + 11, "00:00:00"))
        return false;
    rest = text + strlen("2027-01-15T08:00:00");
    if (*rest == '.' && matches(rest + 1, "0"))
        rest += 1 + strspn(rest + 1, "0123456789");
    hour = two_digits(text + 11);
    minute = two_digits(text + 14);
    second = two_digits(text + 17); /* 60 in a leap second */
    if (!days_of(two_digits(text) * 100 + two_digits(text + 2),
                 two_digits(text + 5), two_digits(text + 8), &days) ||
        hour > 23 || minute > 59 || second > 60 || !offset_parse(rest, &offset))
        return false;
    *seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset;
    return *seconds >= 0 && *seconds <= TIME_MAX;
}

bool date_parse(const char *text, int64_t *seconds)
{
    return time_parse(text, seconds) || time_parse_rfc3339(text, seconds);
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
