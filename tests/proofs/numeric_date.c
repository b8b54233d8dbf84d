/*
 * kjwt_numeric_date(), for every value of at most LENGTH bytes, whatever they
 * are, but for a second point, which no number has: no overflow, nothing read
 * beyond the value, and only what RFC 7519 2 and the year 9999 allow.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <numeric_date.c>

#include "json_model.h"

void proof_date(void)
{
    char buffer[LENGTH];
    const size_t len = any_length(LENGTH);
    const struct kjwt_json_value value = {buffer + LENGTH - len, len};
    struct kjwt_numeric_date date;
    size_t integer = 0;
    size_t points = 0;
    kjwt_status status;

    assume(len > 0);
    for (size_t i = 0; i < len; i++)
        points += value.text[i] == '.';
    assume(points <= 1);
    status = kjwt_numeric_date(value, &date);
    while (integer < len && is_digit_byte((uint8_t)value.text[integer]))
        integer++;
    prove(status == KJWT_OK || status == KJWT_ERR_NUMERIC_DATE, "the status");
    prove(date.seconds >= 0, "not negative");
    if (status != KJWT_OK)
        return;
    prove(date.seconds <= YEAR_9999_ENDS, "not after the year 9999");
    prove(!date.fraction || integer < len, "a fraction needs a point");
    for (size_t i = integer; i < len; i++)
        prove(i == integer ? value.text[i] == '.'
                           : is_digit_byte((uint8_t)value.text[i]),
              "digits, a point, digits");
    end_of_proof();
}
