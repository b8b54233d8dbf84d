/*
 * The output of a batch: written aside as OUT.part, then renamed, last of all,
 * when the list and the manifest are in their places.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "csv.h"
#include "digest.h"
#include "interrupt.h"
#include "output.h"
#include "progress.h"

struct writing {
    const struct batch *batch;
    char *part;      /* of the output */
    char *list_part; /* of the list */
    char *manifest_part;
    int folder; /* of a format with one, else -1 */
    FILE *file; /* of a format with one, else NULL */
    FILE *list;
};

static bool cannot_write(const char *path, struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "cannot write %s: %s; all rows are signed, and the same "
                     "command tries again",
                     path, strerror(errno));
}

/* --------------------------------------------------------------- places --- */

static bool exists(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0;
}

bool batch_output_free(const struct batch *batch, struct error *error)
{
    const char *const paths[] = {batch->out, batch->list_path,
                                 batch->manifest_path};

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (exists(paths[i]))
            return error_set(error, EXIT_USAGE,
                             "%s exists already and is not of a run that goes "
                             "on: choose another --out, or move it away",
                             paths[i]);
    return true;
}

static bool has_state(const struct batch *batch, const char *state, bool *has,
                      struct error *error)
{
    char *text;

    if (!journal_get(batch->journal, "state", &text, error))
        return false;
    *has = text != NULL && strcmp(text, state) == 0;
    free(text);
    return true;
}

/* A single file is held against its SHA-256; of a folder, files are taken out
 * as devices are made. */
static bool check_unchanged(const struct batch *batch, struct error *error)
{
    char here[DIGEST_HEX_SIZE];
    char *then;
    bool same;

    if (batch->format->folder)
        return true;
    if (!digest_file(batch->out, here, error) ||
        !journal_get(batch->journal, "output", &then, error))
        return false;
    same = then != NULL && strcmp(here, then) == 0;
    free(then);
    return same || error_set(error, EXIT_USAGE,
                             "%s was changed since it was written: move it "
                             "away, and the same command writes it again",
                             batch->out);
}

bool batch_output_done(const struct batch *batch, bool *done,
                       struct error *error)
{
    bool placing;
    bool complete;

    *done = false;
    if (!has_state(batch, "placing", &placing, error) ||
        !has_state(batch, "complete", &complete, error))
        return false;
    if (!exists(batch->out))
        return true;
    if (!placing && !complete)
        return error_set(error, EXIT_USAGE,
                         "%s exists already and is not of this run: move it "
                         "away",
                         batch->out);
    /* The output is renamed last: who died while placing has placed all. */
    *done =
        check_unchanged(batch, error) &&
        (complete || journal_set(batch->journal, "state", "complete", error));
    return *done;
}

/* -------------------------------------------------------------- opening --- */

/* What a run that died has left. */
static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    while (folder != NULL && (entry = readdir(folder)) != NULL)
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder != NULL)
        (void)closedir(folder);
    (void)rmdir(path);
}

static void remove_part(const struct writing *writing)
{
    if (writing->part != NULL && writing->batch->format->folder)
        remove_folder(writing->part);
    else if (writing->part != NULL)
        (void)unlink(writing->part);
    if (writing->list_part != NULL)
        (void)unlink(writing->list_part);
    if (writing->manifest_part != NULL)
        (void)unlink(writing->manifest_part);
}

/* A tokens' file is the owner's alone, whatever the umask. */
static FILE *create(int folder, const char *name)
{
    int fd = openat(folder, name,
                    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                    OUTPUT_SECRET);
    FILE *file;

    if (fd < 0)
        return NULL;
    (void)fchmod(fd, OUTPUT_SECRET);
    file = fdopen(fd, "w");
    if (file == NULL)
        (void)close(fd);
    return file;
}

static bool open_folder(struct writing *writing)
{
    if (mkdir(writing->part, 0700) != 0 || chmod(writing->part, 0700) != 0)
        return false;
    writing->folder =
        open(writing->part, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return writing->folder >= 0;
}

static bool open_file(struct writing *writing)
{
    writing->file = create(AT_FDCWD, writing->part);
    return writing->file != NULL &&
           fputs(writing->batch->format->head, writing->file) >= 0;
}

static bool open_all(struct writing *writing, struct error *error)
{
    const struct batch *batch = writing->batch;

    if (asprintf(&writing->part, "%s.part", batch->out) < 0 ||
        asprintf(&writing->list_part, "%s.part", batch->list_path) < 0 ||
        asprintf(&writing->manifest_part, "%s.part", batch->manifest_path) < 0)
        return out_of_memory(error);
    remove_part(writing);
    if (batch->format->folder ? !open_folder(writing) : !open_file(writing))
        return cannot_write(writing->part, error);
    writing->list = create(AT_FDCWD, writing->list_part);
    return (writing->list != NULL &&
            fputs("serial,token_sha256\n", writing->list) >= 0) ||
           cannot_write(writing->list_part, error);
}

/* ------------------------------------------------------------- contents --- */

static bool write_own_file(const struct writing *writing, const char *serial,
                           const char *token, struct error *error)
{
    const struct batch_format *format = writing->batch->format;
    char name[NAME_MAX + 1];
    FILE *file;
    bool done;

    (void)snprintf(name, sizeof name, "%s%s", serial, format->ending);
    file = create(writing->folder, name);
    if (file == NULL)
        return cannot_write(name, error);
    done = format->write(file, serial, token, error);
    if (done && (ferror(file) || fflush(file) != 0))
        done = cannot_write(name, error);
    if (fclose(file) != 0 && done)
        done = cannot_write(name, error);
    return done;
}

static bool write_token(const struct writing *writing, const char *serial,
                        const char *token, struct error *error)
{
    struct digest digest;
    char hex[DIGEST_HEX_SIZE];

    digest_start(&digest);
    digest_add(&digest, token, strlen(token));
    digest_hex(&digest, hex);
    csv_write_field(writing->list, serial);
    (void)fprintf(writing->list, ",%s\n", hex);
    if (ferror(writing->list))
        return cannot_write(writing->list_part, error);
    if (writing->folder >= 0)
        return write_own_file(writing, serial, token, error);
    if (!writing->batch->format->write(writing->file, serial, token, error))
        return false;
    return !ferror(writing->file) || cannot_write(writing->part, error);
}

/* No token leaves that the verifier has not accepted in this very run, however
 * long its signature has lain in the journal. */
static bool write_rows(const struct writing *writing, struct progress *progress,
                       struct error *error)
{
    const struct batch *batch = writing->batch;
    struct journal_row row;
    int64_t after = 0;

    for (;; after = row.seq) {
        char *token = NULL;
        bool done;

        if (interrupt_requested())
            return error_set(error, EXIT_USAGE,
                             "interrupted; all rows are signed, and the same "
                             "command writes the output");
        if (!journal_next_signed(batch->journal, after, &row, error))
            return false;
        if (row.seq == 0)
            return true;
        done = (batch_token(batch, row.claims, row.signature, row.signature_len,
                            &token, error) ||
                error_in(error, batch->journal_path)) &&
               write_token(writing, row.serial, token, error);
        free(token);
        if (!done)
            return false;
        progress_show(progress, row.seq, "");
    }
}

static bool write_all(const struct writing *writing, struct error *error)
{
    struct journal_figures figures;
    struct progress progress;
    bool done;

    if (!journal_figures(writing->batch->journal, &figures, error))
        return false;
    progress_start(&progress, "written", 0, figures.rows,
                   options_given(writing->batch->options, "quiet"));
    done = write_rows(writing, &progress, error);
    progress_end(&progress);
    return done;
}

static bool close_file(FILE **file)
{
    FILE *closing = *file;
    bool done;

    *file = NULL;
    done = fflush(closing) == 0 && fsync(fileno(closing)) == 0;
    return fclose(closing) == 0 && done;
}

/* One sync for all files of a folder. */
static bool close_all(struct writing *writing, struct error *error)
{
    if (!close_file(&writing->list))
        return cannot_write(writing->list_part, error);
    if (writing->file != NULL && !close_file(&writing->file))
        return cannot_write(writing->part, error);
    return writing->folder < 0 || syncfs(writing->folder) == 0 ||
           cannot_write(writing->part, error);
}

/* -------------------------------------------------------------- placing --- */

static bool move(const char *from, const char *to, unsigned flags)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) == 0)
        return true;
    /* Some file systems know no flags. */
    return errno == EINVAL && flags != 0 && !exists(to) &&
           rename(from, to) == 0;
}

/* Not output_file(): its names for what is aside are a process's own, and who
 * goes on where that one died could not clean up. */
static bool write_manifest(const struct writing *writing, const char *manifest,
                           struct error *error)
{
    FILE *file = create(AT_FDCWD, writing->manifest_part);
    bool done;

    if (file == NULL)
        return cannot_write(writing->manifest_part, error);
    done = fputs(manifest, file) >= 0;
    return (close_file(&file) && done) ||
           cannot_write(writing->manifest_part, error);
}

static bool place(const struct writing *writing, struct error *error)
{
    const struct batch *batch = writing->batch;

    if (!journal_set(batch->journal, "state", "placing", error))
        return false;
    if (!move(writing->manifest_part, batch->manifest_path, 0))
        return cannot_write(batch->manifest_path, error);
    if (!move(writing->list_part, batch->list_path, 0))
        return cannot_write(batch->list_path, error);
    if (!move(writing->part, batch->out, RENAME_NOREPLACE))
        return cannot_write(batch->out, error);
    output_sync_folder(batch->out);
    return journal_set(batch->journal, "state", "complete", error);
}

static bool finish(const struct writing *writing, struct error *error)
{
    const struct batch *batch = writing->batch;
    char list[DIGEST_HEX_SIZE];
    char output[DIGEST_HEX_SIZE];
    char *manifest = NULL;
    bool file = !batch->format->folder;
    bool done =
        digest_file(writing->list_part, list, error) &&
        (!file || (digest_file(writing->part, output, error) &&
                   journal_set(batch->journal, "output", output, error))) &&
        batch_manifest(batch, list, file ? output : NULL, &manifest, error) &&
        write_manifest(writing, manifest, error) && place(writing, error);

    free(manifest);
    return done;
}

bool batch_output(const struct batch *batch, struct error *error)
{
    struct writing writing = {.batch = batch, .folder = -1};
    bool done = open_all(&writing, error) && write_all(&writing, error) &&
                close_all(&writing, error) && finish(&writing, error);

    if (writing.file != NULL)
        (void)fclose(writing.file);
    if (writing.list != NULL)
        (void)fclose(writing.list);
    if (writing.folder >= 0)
        (void)close(writing.folder);
    if (!done)
        remove_part(&writing);
    free(writing.part);
    free(writing.list_part);
    free(writing.manifest_part);
    return done;
}
