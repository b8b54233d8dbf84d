/*
 * From the command line to a JOSE Header and a Claims Set.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "mint_claims.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base64url.h"
#include "input.h"
#include "kjwt_keyset.h"
#include "random.h"
#include "time_text.h"

/* Sixteen times what fits into a token. */
#define MAX_CLAIMS_SIZE ((size_t)64 * 1024)
#define DEFAULT_TTL     ((int64_t)24 * 60 * 60)
#define MAX_NAME        128

/* ---------------------------------------------------------- NAME=VALUE --- */

struct assignment {
    char name[MAX_NAME + 1];
    const char *value;
    bool is_json; /* NAME:=JSON */
};

/* The first `=` splits, and a `:` before it makes the value JSON. */
static bool split(const char *option, const char *text,
                  struct assignment *assignment, struct error *error)
{
    const char *equals = strchr(text, '=');
    size_t len;

    if (equals == NULL)
        return error_set(error, EXIT_USAGE, "--%s %s: write NAME=STRING%s",
                         option, text,
                         strcmp(option, "claim") == 0 ? " or NAME:=JSON" : "");
    len = (size_t)(equals - text);
    assignment->value = equals + 1;
    assignment->is_json =
        strcmp(option, "claim") == 0 && len > 0 && equals[-1] == ':';
    len -= assignment->is_json;
    if (len == 0 || len > MAX_NAME)
        return error_set(error, EXIT_USAGE, "--%s %s: a name has 1 to %d bytes",
                         option, text, MAX_NAME);
    memcpy(assignment->name, text, len);
    assignment->name[len] = '\0';
    return true;
}

static bool assign(const char *option, const char *text,
                   struct members *members, struct error *error)
{
    struct assignment assignment;
    bool done;

    if (!split(option, text, &assignment, error))
        return false;
    done = assignment.is_json ? members_set_json(members, assignment.name,
                                                 assignment.value, error)
                              : members_set_string(members, assignment.name,
                                                   assignment.value, error);
    if (!done)
        (void)error_in(error, option);
    return done;
}

/* ------------------------------------------- one claim, one option --- */

/* Notes a claim that an option sets; a second option for it is an error. */
static bool note(struct members *set, const char *claim, const char *option,
                 struct error *error)
{
    const char *first = members_get(set, claim);

    if (first != NULL)
        return error_set(error, EXIT_USAGE,
                         "%s is set twice, by %s and by \"--%s\": keep one",
                         claim, first, option);
    return members_set_string(set, claim, option, error);
}

static bool note_all(const struct options *options, struct members *set,
                     struct error *error)
{
    static const struct {
        const char *option;
        const char *claim;
    } table[] = {{"iss", "iss"}, {"sub", "sub"},   {"aud", "aud"},
                 {"nbf", "nbf"}, {"jti", "jti"},   {"exp", "exp"},
                 {"ttl", "exp"}, {"no-exp", "exp"}};
    struct assignment assignment;
    const char *text;

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (options_given(options, table[i].option) &&
            !note(set, table[i].claim, table[i].option, error))
            return false;
    for (size_t i = 0; (text = options_value(options, "claim", i)); i++)
        if (!split("claim", text, &assignment, error) ||
            !note(set, assignment.name, "claim", error))
            return false;
    return true;
}

static bool check_named_once(const struct options *options, struct error *error)
{
    struct members set = {.count = 0};
    bool done = note_all(options, &set, error);

    members_free(&set);
    return done;
}

/* --------------------------------------------------------------- claims --- */

static bool load_file(const struct options *options, struct members *claims,
                      struct error *error)
{
    const char *path = options_value(options, "claims", 0);
    struct input input;
    bool done;

    if (path == NULL)
        return true;
    if (!input_read_all(path, MAX_CLAIMS_SIZE, &input, error))
        return false;
    done = members_load(claims, input.data, input.len, error) ||
           error_in(error, path);
    input_free(&input);
    return done;
}

static bool set_strings(const struct options *options, struct members *claims,
                        struct error *error)
{
    static const char *const names[] = {"iss", "sub"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = options_value(options, names[i], 0);

        if (value != NULL &&
            !members_set_string(claims, names[i], value, error))
            return false;
    }
    return true;
}

/* RFC 7519 4.1.3: one audience is a string, several are an array. */
static bool set_audience(const struct options *options, struct members *claims,
                         struct error *error)
{
    size_t count = options_count(options, "aud");
    json_t *names;
    char *text;
    bool done;

    if (count == 0)
        return true;
    if (count == 1)
        return members_set_string(claims, "aud",
                                  options_value(options, "aud", 0), error);
    names = json_array();
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(
                names, json_string(options_value(options, "aud", i))) != 0) {
            json_decref(names);
            return error_set(error, EXIT_USAGE, "a value of aud is not UTF-8");
        }
    text = json_dumps(names, JSON_COMPACT);
    done = text != NULL ? members_set_json(claims, "aud", text, error)
                        : out_of_memory(error);
    free(text);
    json_decref(names);
    return done;
}

static bool set_jti(const struct options *options, struct members *claims,
                    struct error *error)
{
    const char *jti = options_value(options, "jti", 0);
    char text[BASE64URL_LENGTH(16) + 1];
    uint8_t bytes[16];

    if (jti == NULL)
        return true;
    if (strcmp(jti, "auto") == 0) {
        if (random_bytes(NULL, bytes, sizeof bytes) != 0)
            return error_set(error, EXIT_USAGE, "no randomness for --jti auto");
        base64url_encode(bytes, sizeof bytes, text);
        jti = text;
    }
    return members_set_string(claims, "jti", jti, error);
}

static bool set_claims(const struct options *options, struct members *claims,
                       struct error *error)
{
    const char *text;

    for (size_t i = 0; (text = options_value(options, "claim", i)); i++)
        if (!assign("claim", text, claims, error))
            return false;
    return true;
}

/* ---------------------------------------------------------------- times --- */

bool mint_date(const struct members *claims, const char *name, int64_t *date)
{
    json_t *value = members_value(claims, name);
    double seconds = json_number_value(value);
    bool is_date =
        json_is_number(value) && seconds >= 0 && seconds < (double)TIME_MAX + 1;

    json_decref(value);
    *date = is_date ? (int64_t)seconds : 0;
    return is_date;
}

static bool set_date(const struct options *options, const char *name,
                     struct members *claims, struct error *error)
{
    const char *text = options_value(options, name, 0);
    int64_t date;

    if (text == NULL)
        return true;
    if (!date_parse(text, &date))
        return error_set(error, EXIT_USAGE, "--%s %s: write " DATE_FORMS, name,
                         text);
    return members_set_integer(claims, name, date, error);
}

static bool set_lifetime(const struct options *options, int64_t iat,
                         struct members *claims, struct error *error)
{
    const char *text = options_value(options, "ttl", 0);
    int64_t ttl = DEFAULT_TTL;

    if (text != NULL && (!duration_parse(text, &ttl) || ttl == 0))
        return error_set(error, EXIT_USAGE,
                         "--ttl %s: write a duration like 30s, 15m, 24h or 7d",
                         text);
    if (text == NULL && members_get(claims, "exp") != NULL)
        return true;
    if (ttl > TIME_MAX - iat)
        return error_set(error, EXIT_REFUSED,
                         "the token would expire after the year 9999: use a "
                         "shorter --ttl, or --no-exp");
    return members_set_integer(claims, "exp", iat + ttl, error);
}

/* Where the token has an exp of its own, no option touches it. */
static bool set_exp(const struct options *options, bool own, int64_t iat,
                    struct members *claims, struct error *error)
{
    if (own)
        return true;
    if (options_given(options, "no-exp")) {
        members_remove(claims, "exp");
        return true;
    }
    return set_date(options, "exp", claims, error) &&
           set_lifetime(options, iat, claims, error);
}

static bool set_times(const struct options *options, bool own_exp, int64_t now,
                      struct members *claims, struct error *error)
{
    int64_t iat = now;

    if (members_get(claims, "iat") == NULL &&
        !members_set_integer(claims, "iat", now, error))
        return false;
    if (!mint_date(claims, "iat", &iat))
        return error_set(error, EXIT_REFUSED,
                         "iat is no NumericDate: write seconds since 1970, or "
                         "leave it out for the present time");
    return set_exp(options, own_exp, iat, claims, error);
}

/* ------------------------------------------------------- one of many --- */

/* The order of the members: the file's, then as below. */
bool mint_defaults(const struct options *options, struct members *defaults,
                   struct error *error)
{
    return check_named_once(options, error) &&
           load_file(options, defaults, error) &&
           set_strings(options, defaults, error) &&
           set_audience(options, defaults, error) &&
           set_date(options, "nbf", defaults, error) &&
           set_claims(options, defaults, error);
}

static bool copy(const struct members *from, struct members *to,
                 struct error *error)
{
    for (size_t i = 0; i < from->count; i++)
        if (!members_set_json(to, from->list[i].name, from->list[i].json,
                              error))
            return false;
    return true;
}

bool mint_complete(const struct options *options,
                   const struct members *defaults, const struct members *own,
                   int64_t now, struct members *claims, struct error *error)
{
    static const struct members none = {.count = 0};

    if (own == NULL)
        own = &none;
    return copy(defaults, claims, error) && copy(own, claims, error) &&
           set_times(options, members_get(own, "exp") != NULL, now, claims,
                     error) &&
           (members_get(own, "jti") != NULL || set_jti(options, claims, error));
}

bool mint_claims(const struct options *options, int64_t now,
                 struct members *claims, struct error *error)
{
    struct members defaults = {.count = 0};
    bool done = mint_defaults(options, &defaults, error) &&
                mint_complete(options, &defaults, NULL, now, claims, error);

    members_free(&defaults);
    return done;
}

/* --------------------------------------------------------------- header --- */

/* What the signer alone decides, and what every device refuses. */
static bool check_header_name(const char *name, struct error *error)
{
    static const struct {
        const char *name;
        const char *reason;
    } table[] = {{"alg", "it is always RS256"},
                 {"kid", "use --kid or --no-kid"},
                 {"crit", "a device refuses every token with it"},
                 {"b64", "a device refuses every token with it"}};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(table[i].name, name) == 0)
            return error_set(error, EXIT_USAGE, "--header does not set %s: %s",
                             name, table[i].reason);
    return true;
}

/* A device trusts these two kinds with more than a token says, so nothing that
 * a caller of mint chooses may look like one (RFC 8725 3.11). */
static bool check_typ(const char *name, const char *value, struct error *error)
{
    static const struct {
        const char *typ;
        const char *command;
    } table[] = {{KJWT_TYP_KEYSET, "key-set"},
                 {KJWT_TYP_CERTIFICATE, "certificate"}};
    static const char prefix[] = "application/";

    if (strcmp(name, "typ") != 0)
        return true;
    if (strncasecmp(value, prefix, sizeof prefix - 1) == 0)
        value += sizeof prefix - 1;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcasecmp(table[i].typ, value) == 0)
            return error_set(error, EXIT_USAGE,
                             "--header does not set typ to %s: use signer-host "
                             "%s",
                             table[i].typ, table[i].command);
    return true;
}

static bool set_parameters(const struct options *options,
                           struct members *header, struct members *seen,
                           struct error *error)
{
    struct assignment assignment;
    const char *text;

    for (size_t i = 0; (text = options_value(options, "header", i)); i++)
        if (!split("header", text, &assignment, error) ||
            !check_header_name(assignment.name, error) ||
            !check_typ(assignment.name, assignment.value, error) ||
            !note(seen, assignment.name, "header", error) ||
            !assign("header", text, header, error))
            return false;
    return true;
}

bool mint_header(const struct options *options, const char *kid,
                 struct members *header, struct error *error)
{
    struct members seen = {.count = 0};
    bool done =
        members_set_string(header, "alg", "RS256", error) &&
        members_set_string(header, "typ", "JWT", error) &&
        (kid == NULL || members_set_string(header, "kid", kid, error)) &&
        set_parameters(options, header, &seen, error);

    members_free(&seen);
    return done;
}
