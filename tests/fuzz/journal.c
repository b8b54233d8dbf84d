/*
 * What a batch reads back after an interruption: any file in the place of the
 * journal has an error that says why, or rows of which each signed one has its
 * own token.
 *
 *     f        a file
 *     d w      the journal of a run, or its write-ahead log, damaged: where (2
 *              bytes), then what stands there instead
 *     t u      the same cut off there
 *     s        SQL that changed the journal
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <sqlite3.h>

#include "../../signer-host/base64url.h"
#include "../../verifier/src/base64url.h"
#include "batch.h"
#include "signer.h"
#include "signing.h"

#define ROWS  4
#define STEPS 100000
#define COPY  ((size_t)256 * 1024)

static char path[64];
static char log_path[64];
static struct batch batch;
static char claims[ROWS][64];
static char serials[ROWS][16];
static bool rewritten; /* by SQL, which gives a row any serial */

/* ---------------------------------------------------------- the journal --- */

struct copy {
    uint8_t bytes[COPY];
    size_t len;
};

static struct copy journal_copy; /* of a run that ended */
static struct copy dead_copy;    /* of one that died, and its log */
static struct copy log_copy;

static void read_copy(const char *from, struct copy *copy)
{
    int fd = open(from, O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, copy->bytes, COPY);

    must(len > 0 && len < (ssize_t)COPY && close(fd) == 0,
         "the journal can be copied");
    copy->len = (size_t)len;
}

static void write_file(const char *to, const void *bytes, size_t len)
{
    int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    must(fd >= 0 && write(fd, bytes, len) == (ssize_t)len && close(fd) == 0,
         "the file can be written");
}

static void remove_files(void)
{
    (void)unlink(path);
    (void)unlink(log_path);
}

static void sign_row(struct journal *journal, int row)
{
    static const char header[] = "{\"alg\":\"RS256\"}";
    const struct fuzz_input parts[2] = {
        {(const uint8_t *)header, sizeof header - 1},
        {(const uint8_t *)claims[row], strlen(claims[row])}};
    struct error error;
    size_t len;
    char *token = signing_token(&parts[0], &parts[1], &len);
    char *signature = token + len - BASE64URL_LENGTH(256);
    size_t signature_len = 0;

    must(kjwt_base64url_decode(signature, BASE64URL_LENGTH(256),
                               &signature_len) == KJWT_OK &&
             journal_sign(journal, row + 1, (uint8_t *)signature, signature_len,
                          &error),
         "a row can be signed");
    free(token);
}

static void add_row(struct journal *journal, int row)
{
    struct journal_row added = {.seq = row + 1, .line = row + 2, .exp = -1};
    struct journal_twin twin;
    struct error error;
    char folded[16];

    (void)snprintf(serials[row], sizeof serials[row], "Device-%d", row);
    (void)snprintf(folded, sizeof folded, "device-%d", row);
    (void)snprintf(claims[row], sizeof claims[row],
                   "{\"sub\":\"Device-%d\",\"exp\":1900000000}", row);
    added.serial = serials[row];
    added.folded = folded;
    added.claims = claims[row];
    must(journal_add(journal, &added, &twin, &error), "a row can be added");
}

/* ------------------------------------------------------------- reading --- */

/* A signed row's token goes to the device of its serial. */
static bool has_token(const struct journal_row *row)
{
    struct error error = {.text = ""};
    char *token;

    if (!check_error(batch_token(&batch, row->claims, row->signature,
                                 row->signature_len, &token, &error),
                     &error))
        return false;
    free(token);
    for (int i = 0; i < ROWS; i++)
        if (strcmp(row->claims, claims[i]) == 0) {
            must(rewritten || strcmp(row->serial, serials[i]) == 0,
                 "a row has its own token");
            return true;
        }
    must(false, "only what was signed has a token");
    return false;
}

static size_t read_rows(struct journal *journal, bool is_signed)
{
    struct error error = {.text = ""};
    struct journal_row row = {.seq = 0};
    int64_t after = 0;
    size_t tokens = 0;

    while (check_error(is_signed
                           ? journal_next_signed(journal, after, &row, &error)
                           : journal_next_unsigned(journal, after, &row,
                                                   &error),
                       &error) &&
           row.seq != 0) {
        must(row.seq > after, "rows go on");
        must(row.serial != NULL && row.claims != NULL,
             "a row has a serial and claims");
        must(is_signed || row.signature_len == 0, "a row is signed or not");
        if (is_signed && has_token(&row))
            tokens++;
        after = row.seq;
    }
    return tokens;
}

static void read_facts(struct journal *journal)
{
    static const char *const names[] = {"settings", "input",  "now",
                                        "state",    "output", "manifest"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct members settings = {.count = 0};
        struct error error = {.text = ""};
        char *value = NULL;

        if (!check_error(journal_get(journal, names[i], &value, &error),
                         &error))
            must(value == NULL, "a failure leaves nothing");
        if (value != NULL && i == 0)
            (void)check_error(members_load(&settings, value, strlen(value),
                                           &error),
                              &error);
        members_free(&settings);
        free(value);
    }
}

/* How many rows have their token; -1: the file is refused. */
static int read_journal(void)
{
    struct error error = {.text = ""};
    struct journal *journal = journal_open(path, &error);
    struct journal_figures figures;
    int tokens;

    if (!check_error(journal != NULL, &error))
        return -1;
    if (check_error(journal_figures(journal, &figures, &error), &error))
        must(figures.rows >= 0 && figures.done >= 0 &&
                 journal_is_new(journal) == (figures.rows == 0),
             "a journal is new or has rows");
    read_facts(journal);
    (void)read_rows(journal, false);
    tokens = (int)read_rows(journal, true);
    journal_close(journal);
    return tokens;
}

/* ----------------------------------------------------------- preparing --- */

/* All rows and two signatures; a third one in the log. */
static void make_copies(void)
{
    struct error error;
    struct journal *journal = journal_open(path, &error);

    must(journal != NULL && journal_begin(journal, &error),
         "a journal can be made");
    for (int row = 0; row < ROWS; row++)
        add_row(journal, row);
    must(journal_set(journal, "settings", "{}", &error) &&
             journal_set(journal, "now", "1800000000", &error),
         "a fact can be set");
    sign_row(journal, 0);
    sign_row(journal, 1);
    must(journal_commit(journal, &error), "a plan can be made");
    journal_close(journal);
    read_copy(path, &journal_copy);
    journal = journal_open(path, &error);
    must(journal != NULL, "a journal can be opened again");
    sign_row(journal, 2);
    read_copy(path, &dead_copy);
    read_copy(log_path, &log_copy);
    journal_close(journal);
    remove_files();
    write_file(path, dead_copy.bytes, dead_copy.len);
    write_file(log_path, log_copy.bytes, log_copy.len);
    must(read_journal() == 3, "nothing is lost where nothing is damaged");
    remove_files();
}

static void prepare(void)
{
    struct error error;

    if (path[0] != '\0')
        return;
    (void)snprintf(path, sizeof path, "%s/journal", fuzz_folder());
    (void)snprintf(log_path, sizeof log_path, "%s/journal-wal", fuzz_folder());
    must(public_key_from_pem(signing_public_pem(), &batch.signer.key, &error) &&
             members_set_string(&batch.signer.header, "alg", "RS256", &error),
         "the test key loads");
    batch.journal_path = path;
    make_copies();
}

/* ------------------------------------------------------------ damaging --- */

static void write_damaged(const char *to, const struct copy *copy,
                          struct fuzz_input *input, bool cut)
{
    static uint8_t damaged[COPY];
    size_t at = fuzz_byte(input);
    size_t len;

    at = (at << 8 | fuzz_byte(input)) % (copy->len + 1);
    memcpy(damaged, copy->bytes, copy->len);
    len = input->len < copy->len - at ? input->len : copy->len - at;
    if (len > 0)
        memcpy(damaged + at, input->bytes, len);
    write_file(to, damaged, cut ? at : copy->len);
}

/* No other file, and nothing that runs without end. */
static int allow(void *context, int action, const char *first,
                 const char *second, const char *third, const char *fourth)
{
    (void)context;
    (void)first;
    (void)second;
    (void)third;
    (void)fourth;
    switch (action) {
    case SQLITE_ATTACH:
    case SQLITE_CREATE_TRIGGER:
    case SQLITE_CREATE_VIEW:
    case SQLITE_CREATE_VTABLE:
    case SQLITE_RECURSIVE: return SQLITE_DENY;
    case SQLITE_PRAGMA:
        return strcmp(first, "writable_schema") == 0 ||
                       strcmp(first, "user_version") == 0
                   ? SQLITE_OK
                   : SQLITE_DENY;
    default: return SQLITE_OK;
    }
}

static int stop(void *context)
{
    (void)context;
    return 1;
}

static void run_sql(const struct fuzz_input *input)
{
    char *sql = fuzz_text(input->bytes, input->len);
    sqlite3 *database = NULL;

    must(sqlite3_open(path, &database) == SQLITE_OK, "a database opens");
    (void)sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 1000000);
    (void)sqlite3_set_authorizer(database, allow, NULL);
    sqlite3_progress_handler(database, STEPS, stop, NULL);
    (void)sqlite3_exec(database, sql, NULL, NULL, NULL);
    (void)sqlite3_close(database);
    free(sql);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const uint8_t kind = fuzz_byte(&input);
    const bool log = kind == 'w' || kind == 'u';
    int tokens;

    prepare();
    if (kind == 'f')
        write_file(path, input.bytes, input.len);
    else if (kind == 'd' || kind == 't')
        write_damaged(path, &journal_copy, &input, kind == 't');
    else
        write_file(path, log ? dead_copy.bytes : journal_copy.bytes,
                   log ? dead_copy.len : journal_copy.len);
    if (log)
        write_damaged(log_path, &log_copy, &input, kind == 'u');
    if (kind == 's')
        run_sql(&input);
    rewritten = kind == 's';
    tokens = read_journal();
    must(!log || tokens >= 2, "a damaged log loses only its own");
    remove_files();
    return 0;
}
