/*
 * The verify shell: verifies the tokens that arrive on the console, one a
 * line, against the keys it was built with. One line in, one answer line out;
 * every other line starts with "# ". boards/README.md lists the commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <string.h>

#include "board.h"
#include "console.h"
#include "device.h"
#include "keyset.h"
#include "kjwt.h"
#include "verification.h"
#include "words.h"
#include KJWT_KEYS_FILE

/* "hex " and a token of 4,200 bytes. */
#define LINE_SIZE     (4u + 2u * 4200u)
#define EXPECTED_SIZE 128u
/* At the beginning of a line: the end of the input. */
#define EOT 4

static char line[LINE_SIZE];
static _Alignas(8) uint32_t work[KJWT_WORK_SIZE(KJWT_KEYS_MAX_BITS) / 4u];

/* What a firmware has as constants: a restart leaves it alone. */
#define MADE 0x1f83d9abu
static BOARD_NOINIT struct {
    uint32_t made;
    char audience[EXPECTED_SIZE];
    char issuer[EXPECTED_SIZE];
    char subject[EXPECTED_SIZE];
    /* Neither an earliest time nor a leeway: the tests set any clock. */
    struct kjwt_policy policy;
} settings;
static int64_t now;
static struct measurement last;

#ifdef KJWT_ROOTS_COUNT
static const struct kjwt_policy roots = {.keys = kjwt_roots,
                                         .key_count = KJWT_ROOTS_COUNT};
#else
/* A key file without roots: its keys sign key sets, too. */
static const struct kjwt_policy roots = {.keys = kjwt_keys,
                                         .key_count = KJWT_KEYS_COUNT};
#endif

static void answer(const char *text)
{
    console_text(text);
    board_put('\n');
}

/* The Claims Set byte for byte, but on one line: CR, LF and TAB can only stand
 * between JSON tokens. */
static void answer_accepted(const struct kjwt_claims *claims)
{
    console_text("accepted ");
    for (size_t i = 0; i < claims->json_len; i++) {
        char byte = claims->json[i];

        board_put(byte == '\r' || byte == '\n' || byte == '\t' ? ' ' : byte);
    }
    board_put('\n');
}

/* The token, and what else v says of how it is verified. */
static void decide(struct verification *v)
{
    struct kjwt_policy policy = settings.policy;
    kjwt_status status = KJWT_ERR_UNVERIFIED;

    v->now = now;
    v->policy = &policy;
    v->keyset = &keyset;
    v->work = work;
    v->work_size = sizeof work;
    device_policy(&policy, &v->now);
    status = kjwt_keyset_policy(&keyset, &policy);
    if (status == KJWT_OK)
        status = verification_run(v, &last);
    status = device_admit(status, &policy, v->now, &v->claims, work);
    if (status == KJWT_OK && kjwt_claims_verified(&v->claims)) {
        answer_accepted(&v->claims);
        return;
    }
    console_text("rejected ");
    answer(kjwt_status_name(status == KJWT_OK ? KJWT_ERR_UNVERIFIED : status));
}

static void verify(char *token, size_t len)
{
    struct verification v = {.token = token, .token_len = len};

    decide(&v);
}

/* What follows `cert `: a certificate and the token that comes with it. */
static void command_cert(const char *text, size_t len)
{
    const struct word certificate = words_next(&text, &len);
    const struct word token = words_next(&text, &len);
    struct verification v = {.token = line + (token.text - line),
                             .token_len = token.len};

    v.certificate.token = line + (certificate.text - line);
    v.certificate.len = certificate.len;
    if (token.len == 0 || len != 0)
        answer("error cert: CERTIFICATE TOKEN");
    else
        decide(&v);
}

/* What follows `stream `: the size of the pieces and the token. */
static void command_stream(const char *text, size_t len)
{
    const struct word size = words_next(&text, &len);
    struct verification v = {.token = line + (text - line), .token_len = len};
    int64_t piece = 0;

    if (!words_int64(size, &piece) || piece < 1 || piece > (int64_t)LINE_SIZE) {
        answer("error stream: BYTES TOKEN");
        return;
    }
    v.piece = (size_t)piece;
    decide(&v);
}

/* -1 for what is no hexadecimal digit. */
static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static void command_hex(char *digits, size_t len)
{
    bool good = len % 2 == 0;

    for (size_t i = 0; good && i < len / 2; i++) {
        int high = hex_digit(digits[2 * i]);
        int low = hex_digit(digits[2 * i + 1]);

        good = high >= 0 && low >= 0;
        /* Never ahead of what is still to be read. */
        digits[i] = (char)(high * 16 + low);
    }
    if (good)
        verify(digits, len / 2);
    else
        answer("error hex: pairs of hexadecimal digits are needed");
}

static void command_now(char *text, size_t len)
{
    if (len == strlen("unknown") && memcmp(text, "unknown", len) == 0) {
        now = KJWT_TIME_UNKNOWN;
    } else if (!words_int64((struct word){text, len}, &now)) {
        answer("error now: seconds since 1970 in decimal, or unknown");
        return;
    }
    answer("ok");
}

/* Copies an expected value and points *expected to it; "-" is no value. */
static void expect(const char **expected, char *copy, const char *text,
                   size_t len)
{
    if (len == 1 && text[0] == '-') {
        *expected = NULL;
    } else if (len >= EXPECTED_SIZE || memchr(text, '\0', len) != NULL) {
        answer("error expected value: at most 127 bytes, none of them NUL");
        return;
    } else {
        memcpy(copy, text, len);
        copy[len] = '\0';
        *expected = copy;
    }
    answer("ok");
}

static void command_aud(char *text, size_t len)
{
    expect(&settings.policy.audience, settings.audience, text, len);
}

static void command_iss(char *text, size_t len)
{
    expect(&settings.policy.issuer, settings.issuer, text, len);
}

static void command_sub(char *text, size_t len)
{
    expect(&settings.policy.subject, settings.subject, text, len);
}

static void command_stats(void)
{
    console_text("stack ");
    console_uint(last.stack);
    console_text(" work ");
    console_uint(last.work);
    console_text(" instructions ");
    console_uint(last.instructions);
    board_put('\n');
}

static const struct command {
    char name[5];
    void (*run)(char *argument, size_t len);
} commands[] = {
    {"aud ", command_aud}, {"hex ", command_hex}, {"iss ", command_iss},
    {"now ", command_now}, {"sub ", command_sub},
};

/* Commands about keys and pieces; false if the line is none. */
static bool key_command(size_t len)
{
    const char *rest = line;
    const struct word name = words_next(&rest, &len);

    if (words_equal(name, "keyset"))
        keyset_command(line + (rest - line), len, &roots, work, sizeof work,
                       now, &last);
    else if (words_equal(name, "cert"))
        command_cert(rest, len);
    else if (words_equal(name, "stream"))
        command_stream(rest, len);
    else
        return false;
    return true;
}

static void run_line(size_t len)
{
    const size_t prefix = sizeof commands[0].name - 1;

    if (len == strlen("stats") && memcmp(line, "stats", len) == 0) {
        command_stats();
        return;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (len >= prefix && memcmp(line, commands[i].name, prefix) == 0) {
            commands[i].run(line + prefix, len - prefix);
            return;
        }
    }
    if (!device_command(line, len) && !key_command(len))
        verify(line, len);
}

/* Reads up to LF and drops one CR before it. *len may exceed LINE_SIZE: the
 * rest of that line is lost. false at the end of the input. */
static bool read_line(size_t *len)
{
    int byte = board_get();
    int before = 0;

    *len = 0;
    if (byte == EOT || byte == BOARD_END)
        return false;
    for (; byte != '\n' && byte != BOARD_END; byte = board_get()) {
        if (*len < LINE_SIZE)
            line[*len] = (char)byte;
        (*len)++;
        before = byte;
    }
    if (before == '\r')
        (*len)--;
    return true;
}

static void start_settings(void)
{
    if (settings.made != MADE)
        memset(&settings, 0, sizeof settings);
    settings.made = MADE;
    settings.policy.keys = kjwt_keys;
    settings.policy.key_count = KJWT_KEYS_COUNT;
    now = KJWT_TIME_UNKNOWN;
}

int main(void)
{
    size_t len;

    board_init();
    start_settings();
    device_start();
    keyset_start(&device_store);
    answer("# kjwt " KJWT_VERSION " verify shell on " BOARD_NAME);
#ifdef KJWT_KEYS_DEVELOPMENT
    answer("# development key");
#endif
    while (read_line(&len)) {
        if (len <= LINE_SIZE)
            run_line(len);
        else
            answer("error line too long");
    }
    board_exit(0);
}
