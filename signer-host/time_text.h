/*
 * Times and durations as text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TIME_TEXT_H
#define TIME_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* 9999-12-31T23:59:59Z, the last NumericDate that a device takes. */
#define TIME_MAX INT64_C(253402300799)

/* "2027-01-15T08:00:00Z" and its NUL. */
#define TIME_TEXT_SIZE 24

/* A NumericDate in whole seconds, 0 .. TIME_MAX, digits only. */
bool time_parse(const char *text, int64_t *seconds);

/* RFC 3339: 2027-01-15T08:00:00Z, with a fraction (which is dropped) or another
 * offset too; 0 .. TIME_MAX. */
bool time_parse_rfc3339(const char *text, int64_t *seconds);

/* What options take for a date: either of the two above. */
bool date_parse(const char *text, int64_t *seconds);
#define DATE_FORMS "seconds since 1970, or a date like 2027-01-15T08:00:00Z"

/* 30, 30s, 15m, 24h, 7d: whole seconds up to TIME_MAX. */
bool duration_parse(const char *text, int64_t *seconds);

/* RFC 3339, in UTC; seconds within 0 .. TIME_MAX. */
void time_format(int64_t seconds, char text[TIME_TEXT_SIZE]);

/* "2 days", "5 hours", "90 minutes", "1 second": for people. */
#define DURATION_TEXT_SIZE 32
void duration_format(int64_t seconds, char text[DURATION_TEXT_SIZE]);

#endif
