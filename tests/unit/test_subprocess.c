/*
 * Splitting a command line as a shell does, and running it without one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "subprocess.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "shell_words.h"
#include "support.h"

#define COUNT(rows) (sizeof rows / sizeof rows[0])

#define OPEN "has a quote that is not closed"
#define LAST "ends with a backslash"

/* The words with | behind each, or the reason (POSIX.1-2017 XCU 2.2). */
static const struct {
    const char *text;
    const char *words; /* NULL: refused */
    const char *reason;
} word_rows[] = {
    {"", "", NULL},
    {" \t\n ", "", NULL},
    {"a", "a|", NULL},
    {" a  b\tc\nd ", "a|b|c|d|", NULL},
    {"a b c d e f g h", "a|b|c|d|e|f|g|h|", NULL},
    {"'a b' c", "a b|c|", NULL},
    {"\"a b\" c", "a b|c|", NULL},
    {"a'b c'\"d e\"f", "ab cd ef|", NULL},
    {"'' \"\"", "||", NULL},
    {"a\\ b \\\"c \\'", "a b|\"c|'|", NULL},
    {"\\\\", "\\|", NULL},
    {"'a\\b'", "a\\b|", NULL},
    {"'a\"b'", "a\"b|", NULL},
    {"\"a'b\"", "a'b|", NULL},
    {"\"a\\\"b\\\\c\\$d\\`e\\f\"", "a\"b\\c$d`e\\f|", NULL},
    {"$HOME *.c ~ a;b >c `d` #e", "$HOME|*.c|~|a;b|>c|`d`|#e|", NULL},
    {"\xc3\xa9 'a\xc3\xa9'", "\xc3\xa9|a\xc3\xa9|", NULL},
    {"'a", NULL, OPEN},
    {"\"a", NULL, OPEN},
    {"\"a\\\"", NULL, OPEN},
    {"a'", NULL, OPEN},
    {"a\\", NULL, LAST},
    {"\"a\\", NULL, OPEN},
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(word_rows); i++) {
        const char *reason;
        char *copy = strdup(word_rows[i].text); /* its end is watched */
        char **words = shell_words(copy, &reason);
        char text[128] = "";

        for (size_t at = 0; words != NULL && words[at] != NULL; at++) {
            strcat(text, words[at]);
            strcat(text, "|");
        }
        if ((words == NULL) != (word_rows[i].words == NULL) ||
            (words != NULL && strcmp(text, word_rows[i].words) != 0))
            fail_msg("%s: %s", word_rows[i].text, text);
        if (words == NULL)
            assert_string_equal(reason, word_rows[i].reason);
        free(words);
        free(copy);
    }
}

#define TIMEOUT "in time and was stopped: does it wait for an answer?"

static const struct {
    const char *script;
    int64_t timeout_ms;
    const char *out;   /* NULL: an error */
    const char *error; /* its end */
} run_rows[] = {
    {"printf abc", 60000, "abc", NULL},
    {"printf abc; echo words >&2", 60000, "abc", NULL},
    {"true", 60000, "", NULL},
    {"cat", 60000, "", NULL},
    {"printf 01234567", 60000, "01234567", NULL},
    {"printf 012345678", 60000, NULL, "prints more than 8 bytes"},
    {"yes", 60000, NULL, "prints more than 8 bytes"},
    {"exec >&- 2>&-; exit 4", 60000, NULL, "exit status 4"},
    {"exit 3", 60000, NULL, "ended with exit status 3"},
    {"echo no such token >&2; exit 255", 60000, NULL,
     "exit status 255: no such token"},
    {"printf 'a\\n\\033[1mb\\n' >&2; exit 1", 60000, NULL, "1: a  [1mb"},
    {"printf %02000d 1 >&2; echo last >&2; exit 1", 60000, NULL, "01last"},
    {"printf %0512d 1 >&2; exit 1", 60000, NULL, "01"},
    {"kill -9 $$", 60000, NULL, "died of signal 9 (Killed)"},
    {"echo words >&2; kill -15 $$", 60000, NULL, "): words"},
    /* SIGPIPE is at its default again, though this process ignores it. */
    {"kill -PIPE $$; exit 0", 60000, NULL, "died of signal 13 (Broken pipe)"},
    {"exec sleep 30", 200, NULL, TIMEOUT},
    {"exec >&- 2>&-; exec sleep 30", 200, NULL, TIMEOUT},
    /* A grandchild holds the pipe, and is not waited for. */
    {"sleep 2 & exit 0", 200, NULL, TIMEOUT},
};

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);

    return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static void test_run(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(run_rows); i++) {
        char script[96];
        char *const argv[] = {"sh", "-c", script, NULL};
        char data[8];
        struct subprocess_output output = {.data = data, .size = sizeof data};
        struct error error = {.text = ""};
        time_t start = time(NULL);
        bool done;

        strcpy(script, run_rows[i].script);
        done = subprocess_run(argv, run_rows[i].timeout_ms, &output, &error);
        if (done != (run_rows[i].out != NULL))
            fail_msg("%s: %s", script, error.text);
        if (done) {
            assert_int_equal(output.len, strlen(run_rows[i].out));
            assert_memory_equal(data, run_rows[i].out, output.len);
        } else if (!ends_with(error.text, run_rows[i].error)) {
            fail_msg("%s: %s", script, error.text);
        }
        assert_true(time(NULL) - start < 20);
    }
}

/* No child is left behind, and no file descriptor. */
static void test_nothing_left(void **state)
{
    char *const argv[] = {"sh", "-c", "exec sleep 30", NULL};
    char data[8];
    struct subprocess_output output = {.data = data, .size = sizeof data};
    struct error error;

    (void)state;
    for (int i = 0; i < 3; i++) {
        FILE *file = tmpfile();
        static int first;

        assert_non_null(file);
        if (i == 0)
            first = fileno(file);
        assert_int_equal(fileno(file), first);
        assert_int_equal(fclose(file), 0);
        assert_false(subprocess_run(argv, 50, &output, &error));
    }
    errno = 0;
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void test_no_program(void **state)
{
    char *const argv[] = {"/nil/no-such-program", NULL};
    char data[8];
    struct subprocess_output output = {.data = data, .size = sizeof data};
    struct error error;

    (void)state;
    assert_false(subprocess_run(argv, 60000, &output, &error));
    assert_int_equal(error.status, EXIT_USAGE);
    assert_string_equal(error.text, "cannot run /nil/no-such-program: No such "
                                    "file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_nothing_left),
        cmocka_unit_test(test_no_program),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests_name("subprocess", tests, NULL, NULL);
}
