/*
 * Verifies the tokens that arrive on the console, one a line; esp_console's
 * lines are too short for a token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <time.h>

#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

#include "kjwt.h"

#include "kjwt_keys.c"

static const struct kjwt_policy policy = {
    .keys = kjwt_keys, .key_count = KJWT_KEYS_COUNT,
    .audience = "device-01",
    /* The clock begins at 1970 until SNTP or an RTC sets it: that counts as no
     * clock, and `exp` is then not checked. */
    .earliest = KJWT_KEYS_DATE,
    .options = KJWT_TIME_UNKNOWN_OK,
};

static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
static char token[KJWT_MAX_TOKEN_LENGTH + 1];

/* Reads up to LF; what does not fit is cut off and will not verify. */
static size_t read_line(void)
{
    size_t len = 0;

    for (;;) {
        int byte = getchar();

        if (byte == EOF) { /* the console does not wait */
            vTaskDelay(1);
            continue;
        }
        if (byte == '\n')
            return len;
        if (byte != '\r' && len < sizeof token)
            token[len++] = (char)byte;
    }
}

void app_main(void)
{
    printf("kjwt " KJWT_VERSION ": a token a line\n");
    for (;;) {
        struct kjwt_claims claims = {0};
        char sub[64] = "";
        kjwt_status status =
            kjwt_verify(&policy, work, sizeof work, token, read_line(),
                        (int64_t)time(NULL), &claims);

        if (status != KJWT_OK || !kjwt_claims_verified(&claims)) {
            printf("rejected %s\n", kjwt_status_name(status));
            continue;
        }
        (void)kjwt_claims_string(&claims, "sub", sub, sizeof sub, NULL);
        printf("accepted, sub %s\n", sub);
    }
}
