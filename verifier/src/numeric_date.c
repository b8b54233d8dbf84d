/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#define YEAR_9999_ENDS INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

kjwt_status kjwt_numeric_date(struct kjwt_json_value value,
                              struct kjwt_numeric_date *date)
{
    const char *const end = value.text + value.len;
    const char *pos = value.text;

    date->seconds = 0;
    date->fraction = false;
    /* The first byte alone tells a number without a sign from all others. */
    for (; pos < end && (uint8_t)(*pos - '0') < 10; pos++) {
        date->seconds = date->seconds * 10 + (*pos - '0');
        if (date->seconds > YEAR_9999_ENDS)
            return KJWT_ERR_NUMERIC_DATE;
    }
    if (pos < end && *pos == '.') /* behind a digit, as the text is checked */
        for (pos++; pos < end && (uint8_t)(*pos - '0') < 10; pos++)
            date->fraction = date->fraction || *pos != '0';
    return pos == end ? KJWT_OK : KJWT_ERR_NUMERIC_DATE;
}
