/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#define YEAR_9999_ENDS INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

/* Where a multiplication of 64 bits is a function that nothing else needs, in
 * additions, which the compiler must not see through. */
static int64_t times_ten(int64_t value)
{
#if defined(__GNUC__) && defined(__thumb__) && !defined(__thumb2__)
    int64_t twice = value + value;
    int64_t four_times;

    __asm__("" : "+r"(twice));
    four_times = twice + twice;
    __asm__("" : "+r"(four_times));
    return four_times + four_times + twice;
#else
    return value * 10;
#endif
}

kjwt_status kjwt_numeric_date(struct kjwt_json_value value,
                              struct kjwt_numeric_date *date)
{
    const char *const end = value.text + value.len;
    bool behind_point = false;

    date->seconds = 0;
    date->fraction = false;
    /* The first byte alone tells a number without a sign from all others. */
    for (const char *pos = value.text; pos != end; pos++) {
        const uint32_t digit = (uint8_t)*pos - (uint32_t)'0';

        if (digit == '.' - (uint32_t)'0') { /* once, as the text is checked */
            behind_point = true;
            continue;
        }
        if (digit >= 10)
            return KJWT_ERR_NUMERIC_DATE;
        if (behind_point) {
            if (digit != 0)
                date->fraction = true;
            continue;
        }
        date->seconds = times_ten(date->seconds) + digit;
        if (date->seconds > YEAR_9999_ENDS)
            return KJWT_ERR_NUMERIC_DATE;
    }
    return KJWT_OK;
}
