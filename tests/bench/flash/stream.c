/* kjwt_stream instead of kjwt_verify(), with a buffer for 800 characters.
 * SPDX-License-Identifier: Apache-2.0 */
#include KJWT_KEYS_FILE
#include "kjwt_stream.h"

static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
static char buffer[KJWT_STREAM_BUFFER(800)];
static char piece[20];
static volatile size_t piece_len;
static struct kjwt_stream stream;

int main(void)
{
    static const struct kjwt_policy policy = {
        .keys = kjwt_keys, .key_count = KJWT_KEYS_COUNT,
        .issuer = "bench-7", .audience = "device-01",
    };
    struct kjwt_claims claims = {0};
    size_t len;

    (void)kjwt_stream_init(&stream, &policy, work, sizeof work, buffer,
                           sizeof buffer);
    while ((len = piece_len) > 0)
        (void)kjwt_stream_update(&stream, piece, len);
    return kjwt_stream_finish(&stream, 1, &claims) == KJWT_OK &&
           kjwt_claims_verified(&claims);
}
