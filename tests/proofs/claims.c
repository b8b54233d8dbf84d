/*
 * The accessors, for every Claims Set of at most TEXT_LENGTH bytes, every path
 * of at most LENGTH bytes and every buffer of at most SIZE bytes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is scanned is taken as json_scan.c is proved to give it. Nothing is read
 * of claims that were not verified; nothing is written beyond the buffer, which
 * ends with a NUL; every output is zero, empty or false after a failure.
 *
 * int and int_value: read_int() for every JSON number of at most TEXT_LENGTH
 * bytes: nothing overflows, and the value is right where it is short enough for
 * a solver.
 */
#include <claims.c>

#include "scan_contracts.h"

#ifndef SIZE
#define SIZE 1
#endif
#ifndef LENGTH
#define LENGTH 1
#endif

static bool verified;

bool kjwt_claims_verified(const struct kjwt_claims *claims)
{
    prove(claims != NULL, "claims");
    return verified;
}

/* Claims over an object with white space around it, verified or not. */
static struct kjwt_claims any_claims(void)
{
    struct kjwt_claims claims = {text, TEXT_LENGTH, NULL, 0, 0};
    const size_t first = any_length(TEXT_LENGTH - 2);
    const size_t last = any_length(TEXT_LENGTH - 1);

    __CPROVER_havoc_object(text);
    verified = nondet_bool();
    may_scan = verified;
    assume(first < last && text[first] == '{' && text[last] == '}');
    for (size_t i = 0; i < TEXT_LENGTH; i++)
        assume((i >= first && i <= last) || text[i] == ' ');
    return claims;
}

void proof_find(void)
{
    const struct kjwt_claims claims = any_claims();
    struct kjwt_json_value value;

    if (find(&claims, any_string(LENGTH), &value) != KJWT_OK)
        return;
    prove(verified && is_readable(value) && value.text >= text &&
              value.text + value.len <= text + TEXT_LENGTH,
          "a value of the Claims Set");
    if (value.len < TEXT_LENGTH - 2)
        end_of_proof();
}

/* In place of find(): any value, or none. */
kjwt_status finds(const struct kjwt_claims *claims, const char *name,
                  struct kjwt_json_value *value)
{
    (void)name;
    if (claims == NULL || !verified || nondet_bool())
        return KJWT_ERR_CLAIM_MISSING;
    *value = any_value();
    assume((*value->text != '{' && *value->text != '[') || value->len >= 2);
    return KJWT_OK;
}

void proof_string(void)
{
    const struct kjwt_claims claims = any_claims();
    const size_t size = any_length(SIZE);
    char *buf = any_memory(size);
    size_t len = nondet_size();
    kjwt_status status = kjwt_claims_string(&claims, any_string(LENGTH), buf,
                                            size, &len);

    prove(verified || status != KJWT_OK, "verified");
    prove(size == 0 || (len < size && buf[len] == '\0'), "terminated");
    prove(status == KJWT_OK || len == 0, "empty after a failure");
    end_of_proof();
}

void proof_bool(void)
{
    const struct kjwt_claims claims = any_claims();
    bool value = true;
    kjwt_status status = kjwt_claims_bool(&claims, any_string(LENGTH), &value);

    prove(status == KJWT_OK || !value, "false after a failure");
    end_of_proof();
}

void proof_count(void)
{
    const struct kjwt_claims claims = any_claims();
    size_t count = nondet_size();
    kjwt_status status = kjwt_claims_count(&claims, any_string(LENGTH), &count);

    prove(status == KJWT_OK || count == 0, "zero after a failure");
    end_of_proof();
}

void proof_span(void)
{
    const struct kjwt_claims claims = any_claims();
    const char *json = NULL;
    size_t len = nondet_size();

    if (kjwt_claims_span(&claims, any_string(LENGTH), &json, &len) == KJWT_OK)
        prove(verified && __CPROVER_r_ok(json, len) && len > 0,
              "a value of the Claims Set");
    else
        prove(json == NULL && len == 0, "empty after a failure");
    end_of_proof();
}

void proof_date(void)
{
    const struct kjwt_claims claims = any_claims();
    int64_t value = nondet_i64();
    kjwt_status status = kjwt_claims_date(&claims, any_string(LENGTH), &value);

    prove(status == KJWT_OK || value == 0, "zero after a failure");
    end_of_proof();
}

static size_t digits_from(size_t i)
{
    while (i < TEXT_LENGTH && text[i] >= '0' && text[i] <= '9')
        i++;
    return i;
}

/* A JSON number at the end of the text; *end is where its digits end. */
static struct kjwt_json_value any_number(size_t *first, size_t *end)
{
    const size_t from = any_length(TEXT_LENGTH - 1);
    const struct kjwt_json_value value = {text + from, TEXT_LENGTH - from};

    __CPROVER_havoc_object(text);
    *first = from + (text[from] == '-');
    *end = digits_from(*first);
    assume(*end > *first); /* as the grammar saw to */
    return value;
}

void proof_int(void)
{
    size_t first;
    size_t end;
    const struct kjwt_json_value value = any_number(&first, &end);
    int64_t result = 0;
    kjwt_status status = read_int(value, &result);

    prove((status == KJWT_ERR_CLAIM_TYPE) == (end != TEXT_LENGTH),
          "no fraction, no exponent");
    prove(status == KJWT_OK || result == 0, "nothing after a failure");
    prove(status != KJWT_OK || result == 0 ||
              (result < 0) == (*value.text == '-'),
          "its sign");
    end_of_proof();
}

void proof_int_value(void)
{
    size_t first;
    size_t end;
    const struct kjwt_json_value value = any_number(&first, &end);
    int64_t exact = 0;
    int64_t result = 0;

    assume(end == TEXT_LENGTH);
    for (size_t i = first; i < TEXT_LENGTH; i++)
        exact = exact * 10 + (text[i] - '0');
    prove(read_int(value, &result) == KJWT_OK &&
              result == (*value.text == '-' ? -exact : exact),
          "its value");
    end_of_proof();
}
