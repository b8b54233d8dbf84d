/*
 * Verifies the tokens that arrive on the console, one a line. The shell's and
 * console_getline()'s lines are too short for a token, so bytes are polled.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <zephyr/device.h>
#include <zephyr/drivers/uart.h>
#include <zephyr/kernel.h>

#include <kjwt.h>

#include KJWT_KEYS_FILE

/* A device without a clock: `exp` is checked once the firmware knows the time
 * and hands it in instead of KJWT_TIME_UNKNOWN. */
static const struct kjwt_policy policy = {
	.keys = kjwt_keys,
	.key_count = KJWT_KEYS_COUNT,
	.audience = "device-01",
	.earliest = KJWT_KEYS_DATE,
	.options = KJWT_TIME_UNKNOWN_OK,
};

static const struct device *const uart =
	DEVICE_DT_GET(DT_CHOSEN(zephyr_console));

static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
static char token[KJWT_MAX_TOKEN_LENGTH + 1];

/* Reads up to LF; what does not fit is cut off and will not verify. */
static size_t read_line(void)
{
	size_t len = 0;
	unsigned char byte;

	for (;;) {
		if (uart_poll_in(uart, &byte) != 0) {
			k_yield();
			continue;
		}
		if (byte == '\n')
			return len;
		if (byte != '\r' && len < sizeof token)
			token[len++] = (char)byte;
	}
}

int main(void)
{
	printk("kjwt %s: a token a line\n", KJWT_VERSION);
	for (;;) {
		struct kjwt_claims claims = {0};
		char sub[64] = "";
		kjwt_status status =
			kjwt_verify(&policy, work, sizeof work, token,
				    read_line(), KJWT_TIME_UNKNOWN, &claims);

		if (status != KJWT_OK || !kjwt_claims_verified(&claims)) {
			printk("rejected %s\n", kjwt_status_name(status));
			continue;
		}
		(void)kjwt_claims_string(&claims, "sub", sub, sizeof sub, NULL);
		printk("accepted, sub %s\n", sub);
	}
}
