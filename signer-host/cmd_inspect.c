/*
 * inspect: shows what is in a token, believing none of it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "command.h"
#include "inspection.h"
#include "mint_claims.h"
#include "output.h"
#include "time_text.h"
#include "token_input.h"

/* A JSON text for a terminal: C1 control characters (U+0080 to U+009F) and
 * DEL, which JSON allows in strings, are escaped as JSON does. */
static void print_object(const struct members *members)
{
    char *text = members_dump(members);

    for (const char *at = text; at != NULL && *at != '\0'; at++) {
        if (*at == 0x7f) {
            (void)fputs("\\u007f", stdout);
        } else if ((uint8_t)at[0] == 0xc2 && (uint8_t)at[1] < 0xa0) {
            at++;
            (void)printf("\\u00%02x", (uint8_t)at[0]);
        } else {
            (void)putchar(*at);
        }
    }
    free(text);
}

/* Whatever bytes they are. */
static void print_bytes(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] >= ' ' && text[i] <= '~')
            (void)putchar(text[i]);
        else
            (void)printf("\\x%02x", (uint8_t)text[i]);
}

/* ----------------------------------------------------------------- text --- */

static void print_part(const char *name, const struct inspected_part *part)
{
    (void)printf("%s: ", name);
    if (part->is_object) {
        print_object(&part->members);
    } else if (part->text != NULL) {
        (void)fputs("(no JSON object) ", stdout);
        print_bytes(part->text, part->len);
    } else {
        (void)fputs("(not base64url)", stdout);
    }
    (void)putchar('\n');
}

static void print_time(const char *name, int64_t date, int64_t now)
{
    char text[TIME_TEXT_SIZE];
    char span[DURATION_TEXT_SIZE];

    time_format(date, text);
    duration_format(date > now ? date - now : now - date, span);
    (void)printf("%s: %s (%s%s%s%s)\n", name, text,
                 strcmp(name, "exp") == 0 && date <= now ? "expired " : "",
                 date > now ? "in " : "", span, date > now ? "" : " ago");
}

static void print_times(const struct members *claims, int64_t now)
{
    static const char *const names[] = {"iat", "nbf", "exp"};
    int64_t date;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (mint_date(claims, names[i], &date))
            print_time(names[i], date, now);
}

static void print_signature(const struct inspection *inspection)
{
    if (inspection->has_signature)
        (void)printf("signature: %zu bytes, not verified\n",
                     inspection->signature_len);
    else
        (void)fputs("signature: (not base64url)\n", stdout);
}

static void print_text(const struct inspection *inspection, int64_t now)
{
    char advice[ADVICE_SIZE];

    (void)fputs("UNVERIFIED: anyone can write such a token; use verify to "
                "believe it\n",
                stdout);
    print_part("header", &inspection->header);
    print_part("claims", &inspection->claims);
    print_times(&inspection->claims.members, now);
    print_signature(inspection);
    for (size_t i = 0; i < inspection->objection_count; i++) {
        advice_format(inspection->objections[i], advice);
        (void)printf("a device would object: %s\n", advice);
    }
    if (inspection->objection_count == 0)
        (void)fputs("a device would not object, provided that the signature "
                    "is right and iss, sub and aud are the ones it expects\n",
                    stdout);
}

/* ----------------------------------------------------------------- JSON --- */

static void print_json_part(const char *name, const struct inspected_part *part)
{
    (void)printf("\"%s\":", name);
    if (part->is_object)
        print_object(&part->members);
    else
        (void)fputs("null", stdout);
    (void)putchar(',');
}

static void print_json(const struct inspection *inspection)
{
    (void)fputs("{\"verified\":false,", stdout);
    print_json_part("header", &inspection->header);
    print_json_part("claims", &inspection->claims);
    (void)printf("\"signature_bytes\":%zu,\"objections\":[",
                 inspection->signature_len);
    for (size_t i = 0; i < inspection->objection_count; i++)
        (void)printf("%s{\"status\":\"%s\",\"text\":\"%s\"}", i > 0 ? "," : "",
                     kjwt_status_name(inspection->objections[i]),
                     kjwt_status_text(inspection->objections[i]));
    (void)fputs("]}\n", stdout);
}

/* -------------------------------------------------------------- command --- */

/* There was something to show: the exit status of a question answered. */
static bool check_shown(const struct inspection *inspection,
                        struct error *error)
{
    return (inspection->header.is_object && inspection->claims.is_object) ||
           error_set(error, EXIT_REFUSED,
                     "this is no token with a header and claims to show");
}

static bool run(const struct options *options, struct error *error)
{
    struct inspection inspection = {.objection_count = 0};
    struct input token = {.data = NULL};
    int64_t now;
    bool done = options_now(options, &now, error) &&
                token_input(options, &token, error) &&
                inspect(&token, now, &inspection, error);

    if (done) {
        if (options_given(options, "json"))
            print_json(&inspection);
        else
            print_text(&inspection, now);
        done = output_flush(error) && check_shown(&inspection, error);
    }
    inspection_free(&inspection);
    input_free(&token);
    return done;
}

static const struct option_spec specs[] = {
    {"now", "T", "the time instead of the clock's: a NumericDate or RFC 3339", '\0',
     false},
    {"token-file", "F", "the token is the file's bytes, all of them", '\0',
     false},
    {"json", NULL, "as JSON", '\0', false},
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_inspect = {
    .name = "inspect",
    .summary = "Shows a token without verifying it",
    .usage = "[OPTION]... TOKEN|-",
    .details = "- reads standard input and drops one newline at its end.\n",
    .options = specs,
    .operand_max = 1,
    .run = run,
};
