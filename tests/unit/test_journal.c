/*
 * The journal: what is committed stays, and only that.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "journal.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

static char folder[] = "/tmp/kjwt-journal-XXXXXX";
static char path[sizeof folder + 16];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/kjwt-journal-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/journal", folder);
    return 0;
}

/* Nothing but the journal may be there. */
static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static struct journal *open_journal(void)
{
    struct error error;
    struct journal *journal = journal_open(path, &error);

    if (journal == NULL)
        fail_msg("%s", error.text);
    return journal;
}

static struct journal_row row_of(int64_t seq, const char *serial)
{
    struct journal_row row = {.seq = seq,
                              .line = seq + 1,
                              .serial = serial,
                              .folded = serial,
                              .iat = 1800000000,
                              .exp = 1800000000 + seq,
                              .claims = "{}"};

    return row;
}

static void add(struct journal *journal, int64_t seq, const char *serial)
{
    struct journal_row row = row_of(seq, serial);
    struct journal_twin twin;
    struct error error;

    assert_true(journal_add(journal, &row, &twin, &error));
}

static void test_new(void **state)
{
    struct journal *journal = open_journal();
    struct stat status;

    (void)state;
    assert_true(journal_is_new(journal));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    journal_close(journal);
    journal = open_journal();
    assert_true(journal_is_new(journal));
    journal_discard(journal);
    assert_int_not_equal(stat(path, &status), 0);
}

static void test_rows(void **state)
{
    static const uint8_t signature[] = {1, 2, 0, 4};
    struct journal *journal = open_journal();
    struct journal_figures figures;
    struct journal_row row;
    struct error error;

    (void)state;
    assert_true(journal_begin(journal, &error));
    add(journal, 1, "a");
    add(journal, 2, "b");
    add(journal, 3, "c");
    assert_true(journal_commit(journal, &error));
    assert_true(journal_sign(journal, 2, signature, 4, &error));
    assert_false(journal_sign(journal, 2, signature, 4, &error));
    journal_close(journal);

    journal = open_journal();
    assert_false(journal_is_new(journal));
    assert_true(journal_figures(journal, &figures, &error));
    assert_int_equal(figures.rows, 3);
    assert_int_equal(figures.done, 1);
    assert_int_equal(figures.first_exp, 1800000001);
    assert_true(journal_next_unsigned(journal, 0, &row, &error));
    assert_string_equal(row.serial, "a");
    assert_int_equal(row.signature_len, 0);
    assert_true(journal_next_unsigned(journal, row.seq, &row, &error));
    assert_string_equal(row.serial, "c");
    assert_true(journal_next_unsigned(journal, row.seq, &row, &error));
    assert_int_equal(row.seq, 0);
    assert_true(journal_next_signed(journal, 0, &row, &error));
    assert_string_equal(row.serial, "b");
    assert_memory_equal(row.signature, signature, row.signature_len);
    assert_int_equal(row.signature_len, 4);
    journal_close(journal);
}

static const struct {
    const char *serial;
    const char *folded;
    const char *jti;
    int64_t line; /* of the twin; 0: none */
    int kind;
} twins[] = {
    {"a", "x", NULL, 2, JOURNAL_SERIAL},
    {"A", "a", NULL, 2, JOURNAL_FOLDED},
    {"x", "x", "j", 3, JOURNAL_JTI},
    {"x", NULL, NULL, 0, 0},
    {"y", NULL, NULL, 0, 0},
    {"z", "z", "k", 0, 0},
};

static void test_twins(void **state)
{
    struct journal *journal = open_journal();
    struct journal_row row = row_of(2, "other");
    struct journal_twin twin;
    struct error error;

    (void)state;
    add(journal, 1, "a");
    row.jti = "j";
    assert_true(journal_add(journal, &row, &twin, &error));
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++) {
        row = row_of((int64_t)i + 3, twins[i].serial);
        row.folded = twins[i].folded;
        row.jti = twins[i].jti;
        assert_int_equal(journal_add(journal, &row, &twin, &error),
                         twins[i].line == 0);
        assert_int_equal(twin.line, twins[i].line);
        assert_int_equal(twin.kind, twins[i].kind);
    }
    journal_close(journal);
}

static void test_facts(void **state)
{
    struct journal *journal = open_journal();
    struct error error;
    char *value;

    (void)state;
    assert_true(journal_get(journal, "x", &value, &error));
    assert_null(value);
    assert_true(journal_set(journal, "x", "1", &error));
    assert_true(journal_set(journal, "x", "2", &error));
    assert_true(journal_get(journal, "x", &value, &error));
    assert_string_equal(value, "2");
    free(value);
    journal_close(journal);
}

/* A process that dies in a transaction leaves what was committed before. */
static void test_dying(void **state)
{
    struct journal *journal;
    struct journal_figures figures;
    struct error error;
    int status;
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        journal = open_journal();
        add(journal, 1, "a");
        (void)journal_begin(journal, &error);
        add(journal, 2, "b");
        (void)kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    journal = open_journal();
    assert_true(journal_figures(journal, &figures, &error));
    assert_int_equal(figures.rows, 1);
    journal_close(journal);
}

/* A second process is told who has it. */
static void test_lock(void **state)
{
    struct journal *journal = open_journal();
    char expected[64];
    int status;
    pid_t child = fork();

    (void)state;
    (void)snprintf(expected, sizeof expected, "in use by process %ld",
                   (long)(child == 0 ? getppid() : getpid()));
    if (child == 0) {
        struct error error;

        _exit(journal_open(path, &error) == NULL &&
                      strstr(error.text, expected) != NULL
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    journal_close(journal);
}

int main(void)
{
#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        TEST(test_new),   TEST(test_rows),  TEST(test_twins),
        TEST(test_facts), TEST(test_dying), TEST(test_lock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
