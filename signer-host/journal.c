/*
 * The journal in SQLite.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#define APPLICATION_ID 0x6b6a7774 /* "kjwt" */
#define FORMAT         1
/* A byte that SQLite, which locks around 1 GiB, leaves alone. */
#define LOCK_BYTE ((off_t)1 << 40)

enum statement {
    ADD,
    TWIN,
    SIGN,
    NEXT_UNSIGNED,
    NEXT_SIGNED,
    FIGURES,
    SET,
    GET,
    STATEMENT_COUNT
};

static const char *const texts[STATEMENT_COUNT] = {
    [ADD] = "INSERT INTO row (seq, line, serial, folded, jti, iat, exp, claims)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    [TWIN] = "SELECT line, serial = ?1, folded = ?2 FROM row"
             " WHERE serial = ?1 OR folded = ?2 OR jti = ?3"
             " ORDER BY 2 DESC, 3 DESC LIMIT 1",
    [SIGN] = "INSERT INTO signature (seq, bytes) VALUES (?, ?)",
    [NEXT_UNSIGNED] =
        "SELECT seq, line, serial, folded, jti, iat, exp, claims, NULL"
        " FROM row WHERE seq > ? AND NOT EXISTS"
        " (SELECT 1 FROM signature WHERE signature.seq = row.seq)"
        " ORDER BY seq LIMIT 1",
    [NEXT_SIGNED] =
        "SELECT row.seq, line, serial, folded, jti, iat, exp, claims, bytes"
        " FROM row JOIN signature ON signature.seq = row.seq"
        " WHERE row.seq > ? ORDER BY row.seq LIMIT 1",
    [FIGURES] = "SELECT (SELECT count(*) FROM row),"
                " (SELECT count(*) FROM signature), (SELECT min(exp) FROM row)",
    [SET] = "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)",
    [GET] = "SELECT value FROM fact WHERE name = ?",
};

static const char schema[] =
    "BEGIN;"
    "CREATE TABLE row (seq INTEGER PRIMARY KEY, line INTEGER NOT NULL,"
    " serial TEXT NOT NULL UNIQUE, folded TEXT UNIQUE, jti TEXT UNIQUE,"
    " iat INTEGER NOT NULL, exp INTEGER, claims TEXT NOT NULL);"
    "CREATE TABLE signature (seq INTEGER PRIMARY KEY REFERENCES row,"
    " bytes BLOB NOT NULL);"
    "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL)"
    " WITHOUT ROWID;"
    "PRAGMA application_id = 1802139508;"
    "PRAGMA user_version = 1;"
    "COMMIT";

struct journal {
    char *path;
    int lock_fd;
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    bool is_new;
};

/* --------------------------------------------------------------- errors --- */

static bool fail(const struct journal *journal, struct error *error)
{
    int code = sqlite3_extended_errcode(journal->database) & 0xff;
    const char *reason = sqlite3_errmsg(journal->database);

    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return error_set(error, EXIT_USAGE,
                         "%s is no journal or is damaged (%s): move it away to "
                         "begin anew",
                         journal->path, reason);
    if (code == SQLITE_FULL || code == SQLITE_IOERR)
        return error_set(error, EXIT_USAGE,
                         "cannot write %s: %s: make room, then give the same "
                         "command again to go on",
                         journal->path, reason);
    return error_set(error, EXIT_USAGE, "%s: %s", journal->path, reason);
}

static bool damaged(const struct journal *journal, struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "%s is damaged: move it away to begin anew",
                     journal->path);
}

static bool execute(struct journal *journal, const char *sql,
                    struct error *error)
{
    return sqlite3_exec(journal->database, sql, NULL, NULL, NULL) ==
               SQLITE_OK ||
           fail(journal, error);
}

/* --------------------------------------------------------------- opening ---
 */

/* Who else has the lock. */
static bool in_use(const struct journal *journal, struct error *error)
{
    struct flock lock = {.l_type = F_WRLCK,
                         .l_whence = SEEK_SET,
                         .l_start = LOCK_BYTE,
                         .l_len = 1};

    if (fcntl(journal->lock_fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        lock.l_pid = 0;
    return error_set(error, EXIT_USAGE,
                     "%s is in use by process %ld, which mints this batch: "
                     "wait until it has ended",
                     journal->path, (long)lock.l_pid);
}

/* The descriptor stays open to the end: closing any one of a file gives up all
 * of a process's locks on it. */
static bool take_lock(struct journal *journal, struct error *error)
{
    struct flock lock = {.l_type = F_WRLCK,
                         .l_whence = SEEK_SET,
                         .l_start = LOCK_BYTE,
                         .l_len = 1};
    struct stat ours;
    struct stat there;

    journal->lock_fd =
        open(journal->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (journal->lock_fd < 0)
        return error_set(error, EXIT_USAGE, "cannot write %s: %s",
                         journal->path, strerror(errno));
    if (fcntl(journal->lock_fd, F_SETLK, &lock) != 0)
        return errno == EACCES || errno == EAGAIN
                   ? in_use(journal, error)
                   : error_set(error, EXIT_USAGE, "cannot lock %s: %s",
                               journal->path, strerror(errno));
    /* Its former holder may have removed it meanwhile. */
    return (fstat(journal->lock_fd, &ours) == 0 &&
            stat(journal->path, &there) == 0 && ours.st_ino == there.st_ino &&
            ours.st_dev == there.st_dev) ||
           error_set(error, EXIT_USAGE,
                     "%s was removed by another process: give the same "
                     "command again",
                     journal->path);
}

static bool read_pragma(struct journal *journal, const char *sql, int *value,
                        struct error *error)
{
    sqlite3_stmt *statement = NULL;
    bool done = sqlite3_prepare_v2(journal->database, sql, -1, &statement,
                                   NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;

    if (done)
        *value = sqlite3_column_int(statement, 0);
    else
        (void)fail(journal, error);
    (void)sqlite3_finalize(statement);
    return done;
}

/* An empty database gets its tables; another program's, or another version's,
 * is not touched. */
static bool check_format(struct journal *journal, struct error *error)
{
    int id;
    int format;
    int tables;

    if (!read_pragma(journal, "PRAGMA application_id", &id, error) ||
        !read_pragma(journal, "PRAGMA user_version", &format, error) ||
        !read_pragma(journal, "SELECT count(*) FROM sqlite_master", &tables,
                     error))
        return false;
    if (tables == 0 && id == 0 && format == 0)
        return execute(journal,
                       "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
                       error) &&
               execute(journal, schema, error);
    if (id != APPLICATION_ID)
        return error_set(error, EXIT_USAGE,
                         "%s is a database of another program: choose another "
                         "--out",
                         journal->path);
    return format == FORMAT ||
           error_set(error, EXIT_USAGE,
                     "%s has the format %d of another signer-host, and this "
                     "one knows %d: use that one, or move the journal away to "
                     "begin anew",
                     journal->path, format, FORMAT);
}

static bool check_content(struct journal *journal, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    /* Not quick_check, which reads past a serial that its index contradicts. */
    bool done = sqlite3_prepare_v2(journal->database,
                                   "PRAGMA integrity_check(1)", -1, &statement,
                                   NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;

    if (!done)
        (void)fail(journal, error);
    else if (strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
        done = damaged(journal, error);
    (void)sqlite3_finalize(statement);
    return done;
}

static bool prepare(struct journal *journal, struct error *error)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(journal->database, texts[i], -1,
                               SQLITE_PREPARE_PERSISTENT,
                               &journal->statements[i], NULL) != SQLITE_OK)
            return fail(journal, error);
    return true;
}

static bool open_database(struct journal *journal, struct error *error)
{
    struct journal_figures figures;

    if (sqlite3_open_v2(journal->path, &journal->database,
                        SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        return journal->database != NULL ? fail(journal, error)
                                         : out_of_memory(error);
    (void)sqlite3_extended_result_codes(journal->database, 1);
    /* Alone with it, SQLite needs no shared memory beside the file. */
    if (!execute(journal,
                 "PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY",
                 error) ||
        !check_format(journal, error) ||
        !execute(journal, "PRAGMA synchronous = FULL", error) ||
        !check_content(journal, error) || !prepare(journal, error) ||
        !journal_figures(journal, &figures, error))
        return false;
    journal->is_new = figures.rows == 0;
    return true;
}

struct journal *journal_open(const char *path, struct error *error)
{
    struct journal *journal = calloc(1, sizeof *journal);

    if (journal == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    journal->lock_fd = -1;
    journal->path = strdup(path);
    if (journal->path == NULL
            ? out_of_memory(error)
            : take_lock(journal, error) && open_database(journal, error))
        return journal;
    journal_close(journal);
    return NULL;
}

static void close_database(struct journal *journal)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        (void)sqlite3_finalize(journal->statements[i]);
        journal->statements[i] = NULL;
    }
    (void)sqlite3_close(journal->database);
    journal->database = NULL;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    close_database(journal);
    if (journal->lock_fd >= 0)
        (void)close(journal->lock_fd);
    free(journal->path);
    free(journal);
}

bool journal_is_new(const struct journal *journal)
{
    return journal->is_new;
}

/* Removed while the lock is held, so that nobody's new one is. */
void journal_discard(struct journal *journal)
{
    close_database(journal);
    (void)unlink(journal->path);
    journal_close(journal);
}

/* ---------------------------------------------------------- transactions ---
 */

bool journal_begin(struct journal *journal, struct error *error)
{
    return execute(journal, "BEGIN", error);
}

/* A statement that stands on a row would keep the write-ahead log growing. */
bool journal_commit(struct journal *journal, struct error *error)
{
    (void)sqlite3_reset(journal->statements[NEXT_UNSIGNED]);
    (void)sqlite3_reset(journal->statements[NEXT_SIGNED]);
    return execute(journal, "COMMIT", error);
}

/* ------------------------------------------------------------ statements ---
 */

static void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    (void)sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

/* Runs a statement that returns nothing. */
static int run(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);

    (void)sqlite3_reset(statement);
    return code;
}

static void find_twin(struct journal *journal, const struct journal_row *row,
                      struct journal_twin *twin)
{
    sqlite3_stmt *statement = journal->statements[TWIN];

    bind_text(statement, 1, row->serial);
    bind_text(statement, 2, row->folded);
    bind_text(statement, 3, row->jti);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        twin->line = sqlite3_column_int64(statement, 0);
        twin->kind = sqlite3_column_int(statement, 1)   ? JOURNAL_SERIAL
                     : sqlite3_column_int(statement, 2) ? JOURNAL_FOLDED
                                                        : JOURNAL_JTI;
    }
    (void)sqlite3_reset(statement);
}

bool journal_add(struct journal *journal, const struct journal_row *row,
                 struct journal_twin *twin, struct error *error)
{
    sqlite3_stmt *statement = journal->statements[ADD];
    int code;

    memset(twin, 0, sizeof *twin);
    (void)sqlite3_bind_int64(statement, 1, row->seq);
    (void)sqlite3_bind_int64(statement, 2, row->line);
    bind_text(statement, 3, row->serial);
    bind_text(statement, 4, row->folded);
    bind_text(statement, 5, row->jti);
    (void)sqlite3_bind_int64(statement, 6, row->iat);
    if (row->exp >= 0)
        (void)sqlite3_bind_int64(statement, 7, row->exp);
    else
        (void)sqlite3_bind_null(statement, 7);
    bind_text(statement, 8, row->claims);
    code = run(statement);
    if (code == SQLITE_DONE)
        return true;
    (void)fail(journal, error);
    if ((code & 0xff) == SQLITE_CONSTRAINT)
        find_twin(journal, row, twin);
    return false;
}

bool journal_sign(struct journal *journal, int64_t seq,
                  const uint8_t *signature, size_t len, struct error *error)
{
    sqlite3_stmt *statement = journal->statements[SIGN];

    (void)sqlite3_bind_int64(statement, 1, seq);
    (void)sqlite3_bind_blob64(statement, 2, signature, len, SQLITE_STATIC);
    return run(statement) == SQLITE_DONE || fail(journal, error);
}

static const char *text_of(sqlite3_stmt *statement, int column)
{
    return (const char *)sqlite3_column_text(statement, column);
}

static void take_row(sqlite3_stmt *statement, struct journal_row *row)
{
    const void *signature = sqlite3_column_blob(statement, 8);
    size_t len = (size_t)sqlite3_column_bytes(statement, 8);

    row->seq = sqlite3_column_int64(statement, 0);
    row->line = sqlite3_column_int64(statement, 1);
    row->serial = text_of(statement, 2);
    row->folded = text_of(statement, 3);
    row->jti = text_of(statement, 4);
    row->iat = sqlite3_column_int64(statement, 5);
    row->exp = sqlite3_column_type(statement, 6) == SQLITE_NULL
                   ? -1
                   : sqlite3_column_int64(statement, 6);
    row->claims = text_of(statement, 7);
    row->signature_len = len <= sizeof row->signature ? len : 0;
    if (row->signature_len > 0)
        memcpy(row->signature, signature, len);
}

/* The statement stays on its row, which holds the strings, until the next
 * call. */
static bool next(struct journal *journal, enum statement which, int64_t after,
                 struct journal_row *row, struct error *error)
{
    sqlite3_stmt *statement = journal->statements[which];
    int code;

    memset(row, 0, sizeof *row);
    (void)sqlite3_reset(statement);
    (void)sqlite3_bind_int64(statement, 1, after);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        take_row(statement, row);
        /* Where the schema was damaged, a column may hold anything. */
        return (row->seq > after && row->serial != NULL &&
                row->claims != NULL) ||
               damaged(journal, error);
    }
    (void)sqlite3_reset(statement);
    return code == SQLITE_DONE || fail(journal, error);
}

bool journal_next_unsigned(struct journal *journal, int64_t after,
                           struct journal_row *row, struct error *error)
{
    return next(journal, NEXT_UNSIGNED, after, row, error);
}

bool journal_next_signed(struct journal *journal, int64_t after,
                         struct journal_row *row, struct error *error)
{
    return next(journal, NEXT_SIGNED, after, row, error);
}

bool journal_figures(struct journal *journal, struct journal_figures *figures,
                     struct error *error)
{
    sqlite3_stmt *statement = journal->statements[FIGURES];
    bool done = sqlite3_step(statement) == SQLITE_ROW;

    if (done) {
        figures->rows = sqlite3_column_int64(statement, 0);
        figures->done = sqlite3_column_int64(statement, 1);
        figures->first_exp = sqlite3_column_type(statement, 2) == SQLITE_NULL
                                 ? -1
                                 : sqlite3_column_int64(statement, 2);
    } else {
        (void)fail(journal, error);
    }
    (void)sqlite3_reset(statement);
    return done;
}

bool journal_set(struct journal *journal, const char *name, const char *value,
                 struct error *error)
{
    sqlite3_stmt *statement = journal->statements[SET];

    bind_text(statement, 1, name);
    bind_text(statement, 2, value);
    return run(statement) == SQLITE_DONE || fail(journal, error);
}

bool journal_get(struct journal *journal, const char *name, char **value,
                 struct error *error)
{
    sqlite3_stmt *statement = journal->statements[GET];
    int code;
    bool done = true;

    *value = NULL;
    bind_text(statement, 1, name);
    code = sqlite3_step(statement);
    if (code == SQLITE_ROW && text_of(statement, 0) == NULL) {
        done = damaged(journal, error);
    } else if (code == SQLITE_ROW) {
        *value = strdup(text_of(statement, 0));
        done = *value != NULL || out_of_memory(error);
    } else if (code != SQLITE_DONE) {
        done = fail(journal, error);
    }
    (void)sqlite3_reset(statement);
    return done;
}
