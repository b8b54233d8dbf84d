/*
 * The verify shell of boards/app on a board of memory: whatever arrives on its
 * console, each line gets one answer, and only what was signed is accepted.
 * shell_script.h has what an input is.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdio.h>

#include "../../boards/app/board.h"
#include "flash_ram.h"
#include "shell_keys.h"
#include "shell_script.h"
#include "signing.h"

/* app/shell.c's main(). */
int shell_main(void);

struct kjwt_key kjwt_keys[KJWT_KEYS_COUNT];

#define EOT         4
#define ANSWER_SIZE 16384u

/* How the shell is left. */
enum { RESTARTS = 1, ENDS };

static struct shell_script script;
static size_t position; /* of the next byte */
static struct fuzz_input line; /* the last one that was read */
static size_t lines_read;
static size_t answers;
static char answer[ANSWER_SIZE];
static size_t answer_len;
static bool keyset_accepted;
static jmp_buf leave;

/* ------------------------------------------------------------- answers --- */

/* What stands behind a name, or NULL. */
static const char *behind(const char *name)
{
    const size_t len = strlen(name);

    return strncmp(answer, name, len) == 0 ? answer + len : NULL;
}

static bool line_has(const char *name)
{
    const size_t len = strlen(name);

    return line.len >= len && memcmp(line.bytes, name, len) == 0;
}

/* The token that is the line's last word; NULL: it is none that was signed. */
static const struct shell_token *last_word(void)
{
    for (size_t i = 0; i < script.token_count; i++) {
        const struct shell_token *token = &script.tokens[i];
        const size_t before = line.len - token->len;

        if (token->len <= line.len &&
            memcmp(line.bytes + before, token->text, token->len) == 0 &&
            (before == 0 || line.bytes[before - 1] == ' '))
            return token;
    }
    return NULL;
}

/* The Claims Set byte for byte, CR, LF and TAB as spaces. */
static bool is_shown(const struct fuzz_input *claims, const char *shown)
{
    if (strlen(shown) != claims->len)
        return false;
    for (size_t i = 0; i < claims->len; i++) {
        const char byte = (char)claims->bytes[i];

        if (shown[i] !=
            (byte == '\r' || byte == '\n' || byte == '\t' ? ' ' : byte))
            return false;
    }
    return true;
}

static void check_accepted(const char *shown)
{
    const struct shell_token *token = last_word();
    const bool one_word = memchr(line.bytes, ' ', line.len) == NULL;

    must(token != NULL, "only a token that was signed is accepted");
    if (strncmp(shown, "version ", 8) == 0) {
        must(token->kind == 'k' && line_has("keyset "),
             "only a key set of a root is taken");
        keyset_accepted = true;
        return;
    }
    must(is_shown(&token->claims, shown), "the claims are those of the token");
    switch (token->kind) {
    case 't':
        must(one_word || line_has("stream ") || line_has("cert "),
             "a token stands alone");
        break;
    case 'h': must(line_has("hex "), "digits stand behind hex"); break;
    case 'o':
        must(keyset_accepted || line_has("cert "),
             "another key's token needs a set or a certificate");
        break;
    default: must(false, "a key set or a certificate is no token");
    }
}

static void check_answer(void)
{
    static const char *const names[] = {"error ", "stack ",  "floor ", "nonce ",
                                        "id ",    "keyset ", "wear "};
    const char *shown = behind("accepted ");
    const char *status = behind("rejected ");
    bool known = strcmp(answer, "ok") == 0 || strcmp(answer, "power cut") == 0;

    must(strlen(answer) == answer_len, "an answer is text");
    for (size_t i = 0; i < answer_len; i++)
        must((uint8_t)answer[i] >= 0x20, "an answer is one line");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        known = known || behind(names[i]) != NULL;
    if (shown != NULL)
        check_accepted(shown);
    else if (status != NULL)
        must(strncmp(status, "KJWT_ERR_", 9) == 0 && status[9] != '?',
             "a refusal has a reason");
    else
        must(known, "an answer is of the contract");
}

static void end_of_answer(void)
{
    answer[answer_len] = '\0';
    if (behind("# ") == NULL) {
        answers++;
        must(answers == lines_read, "a line gets one answer");
        check_answer();
    }
    answer_len = 0;
}

/* --------------------------------------------------------------- board --- */

static uint8_t memory[32 * 512];
static uint8_t random_count;

void board_init(void)
{
    kjwt_keys[0] = signing_key();
}

static void end_of_line(size_t start, size_t end)
{
    lines_read++;
    line.bytes = (const uint8_t *)script.text + start;
    line.len = end - start;
    if (line.len > 0 && line.bytes[line.len - 1] == '\r')
        line.len--;
}

int board_get(void)
{
    static size_t start;

    if (position == 0)
        start = 0;
    if (position == start)
        must(answers == lines_read && answer_len == 0,
             "a line is answered before the next one is read");
    if (position == script.len) {
        if (start < position)
            end_of_line(start, position);
        start = position;
        return BOARD_END;
    }
    if (script.text[position] == '\n') {
        end_of_line(start, position);
        start = position + 1;
    }
    return (uint8_t)script.text[position++];
}

void board_put(char byte)
{
    if (byte == '\n') {
        end_of_answer();
        return;
    }
    must(answer_len < ANSWER_SIZE - 1, "an answer is no longer than a line");
    answer[answer_len++] = byte;
}

_Noreturn void board_exit(int status)
{
    must(status == 0, "the shell ends well");
    longjmp(leave, ENDS);
}

_Noreturn void board_restart(void)
{
    longjmp(leave, RESTARTS);
}

/* Of the stack nothing is painted. */
static uint32_t painted[4];

void *board_stack_pointer(void)
{
    return painted + sizeof painted / sizeof painted[0];
}

void *board_stack_limit(void)
{
    return painted;
}

void board_count_start(void)
{
}

uint32_t board_count_stop(void)
{
    return 0;
}

const struct port_flash *board_flash(uint32_t *address, uint32_t *size)
{
    static struct port_flash_ram ram = {memory, sizeof memory, 4, 512};
    static const struct port_flash flash = {4,
                                            512,
                                            port_flash_ram_read,
                                            port_flash_ram_write,
                                            port_flash_ram_erase,
                                            &ram};

    *address = 0;
    *size = sizeof memory;
    return &flash;
}

bool board_random(void *context, void *data, size_t len)
{
    (void)context;
    random_count++;
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)data)[i] = (uint8_t)(random_count + i);
    return true;
}

size_t board_id(uint8_t id[BOARD_ID_SIZE])
{
    static const uint8_t all[4] = {0xc0, 0xff, 0xee, 0x01};

    memcpy(id, all, sizeof all);
    return sizeof all;
}

/* ----------------------------------------------------------------- runs --- */

static void run(const struct fuzz_input *input)
{
    position = lines_read = answers = answer_len = 0;
    random_count = 0;
    keyset_accepted = false;
    shell_script_make(&script, input);
    if (setjmp(leave) != ENDS)
        (void)shell_main();
    must(answer_len == 0 && answers == lines_read, "all lines are answered");
    must(position == script.len || script.text[position - 1] == EOT,
         "all of the input is read");
    shell_script_free(&script);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* What a restart leaves alone. */
    static const char off[] = "aud -\niss -\nsub -\nfloor off\nnonce off\n"
                              "one-shot off\njti off\nbind off\n";
    const struct fuzz_input forget = {(const uint8_t *)off, sizeof off - 1};
    const struct fuzz_input input = {data, size};

    memset(memory, 0xff, sizeof memory);
    run(&forget);
    memset(memory, 0xff, sizeof memory);
    run(&input);
    return 0;
}
