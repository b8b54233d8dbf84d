/*
 * What the images under attack share: what campaign.c writes before it calls
 * handle_token(), and the two ends of that, of which it sees which is reached.
 * SPDX-License-Identifier: Apache-2.0
 */
#include KJWT_KEYS_FILE

#define REACHED_BY_CAMPAIGN __attribute__((used, externally_visible))

REACHED_BY_CAMPAIGN char token[1024];
REACHED_BY_CAMPAIGN volatile size_t token_len;
REACHED_BY_CAMPAIGN volatile int64_t clock_now;

/* A log, by which KJWT_OK is told that the second check did not believe. */
REACHED_BY_CAMPAIGN volatile kjwt_status last_status;

static const struct kjwt_policy device_policy = {
    .keys = kjwt_keys, .key_count = KJWT_KEYS_COUNT,
    .issuer = "bench-7", .audience = "device-01",
    .earliest = KJWT_KEYS_DATE, .leeway_s = 60,
};
static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);

static int64_t port_time_now(void)
{
    return clock_now;
}

/* The ends. A run is over when it gets to their first instruction. Walls stand
 * before them, so that what falls off the end of another function, whichever
 * the linker put there, is a crash. */
int refuse(kjwt_status status);
int act_on(const struct kjwt_claims *claims);

/* Where the attack on a rule begins. */
void verified(void);

__asm__(".section .text.ends, \"ax\", %progbits\n"
        ".syntax unified\n"
        "udf #9\n"
        ".global refuse\n.thumb_func\nrefuse: udf #0\n"
        "udf #9\n"
        ".global act_on\n.thumb_func\nact_on: udf #1\n"
        "udf #9\n"
        ".global verified\n.thumb_func\nverified: bx lr\n"
        "udf #9\n"
        ".text\n");

REACHED_BY_CAMPAIGN __attribute__((noinline)) int handle_token(void);

int main(void)
{
    return handle_token();
}
