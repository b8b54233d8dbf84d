/*
 * Writing results, with nothing half-written left behind.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot_write(const char *name, struct error *error)
{
    return error_set(error, EXIT_USAGE, "cannot write %s: %s", name,
                     strerror(errno));
}

static bool already_there(const char *name, struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "%s exists already and is not overwritten: choose "
                     "another path",
                     name);
}

static bool write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, data, len);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            data += written;
            len -= (size_t)written;
        }
    }
    return true;
}

bool output_stdout(const void *data, size_t len, struct error *error)
{
    (void)fwrite(data, 1, len, stdout);
    return output_flush(error);
}

bool output_line(const char *text, struct error *error)
{
    (void)fputs(text, stdout);
    (void)fputc('\n', stdout);
    return output_flush(error);
}

bool output_flush(struct error *error)
{
    return (fflush(stdout) == 0 && !ferror(stdout)) ||
           cannot_write("standard output", error);
}

/* ------------------------------------------------------- regular files --- */

struct aside {
    char path[PATH_MAX];
    int fd;
};

/* Beside the target, since a rename must not cross file systems. Its name is
 * the process's own, so what stands there is left over from a dead one. */
static bool aside_open(struct aside *aside, const char *target, mode_t mode)
{
    int len = snprintf(aside->path, sizeof aside->path, "%s.%ld.part", target,
                       (long)getpid());

    if (len < 0 || (size_t)len >= sizeof aside->path) {
        errno = ENAMETOOLONG;
        return false;
    }
    (void)unlink(aside->path);
    aside->fd =
        open(aside->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    /* A strange umask must not take the owner's own access. */
    if (aside->fd >= 0 && mode == OUTPUT_SECRET)
        (void)fchmod(aside->fd, mode);
    return aside->fd >= 0;
}

static bool aside_fill(struct aside *aside, const void *data, size_t len)
{
    bool done = write_all(aside->fd, data, len) && fsync(aside->fd) == 0;
    int reason = errno;

    /* Network file systems report a full disk on close. */
    if (close(aside->fd) != 0 && done) {
        done = false;
        reason = errno;
    }
    errno = reason;
    return done;
}

void output_sync_folder(const char *path)
{
    char directory[PATH_MAX];
    char *slash;
    int fd;

    (void)snprintf(directory, sizeof directory, "%s", path);
    slash = strrchr(directory, '/');
    if (slash == NULL)
        (void)snprintf(directory, sizeof directory, ".");
    else
        slash[slash == directory] = '\0';
    fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    (void)close(fd);
}

/* link() fails where the target exists, which rename() would replace. */
static bool put_in_place(const char *path, const void *data, size_t len,
                         mode_t mode, int (*put)(const char *, const char *),
                         struct error *error)
{
    struct aside aside;

    if (!aside_open(&aside, path, mode))
        return cannot_write(path, error);
    if (!aside_fill(&aside, data, len) || put(aside.path, path) != 0) {
        (void)(errno == EEXIST ? already_there(path, error)
                               : cannot_write(path, error));
        (void)unlink(aside.path);
        return false;
    }
    if (put == link)
        (void)unlink(aside.path);
    output_sync_folder(path);
    return true;
}

/* Whoever interrupts finds the whole file, or none, and nothing beside it. */
static bool write_aside(const char *path, const void *data, size_t len,
                        mode_t mode, int (*put)(const char *, const char *),
                        struct error *error)
{
    sigset_t all;
    sigset_t before;
    bool done;

    (void)sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &before);
    done = put_in_place(path, data, len, mode, put, error);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return done;
}

static bool write_through(const char *path, const void *data, size_t len,
                          struct error *error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write_all(fd, data, len);

    if (!done)
        (void)cannot_write(path, error);
    if (fd >= 0)
        (void)close(fd);
    return done;
}

bool output_file(const char *path, const void *data, size_t len, mode_t mode,
                 struct error *error)
{
    char target[PATH_MAX];
    struct stat status;

    /* Before realpath(), which does not know where /dev/stdout leads to. */
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
        !S_ISDIR(status.st_mode))
        return write_through(path, data, len, error);
    if (lstat(path, &status) != 0 && errno == ENOENT)
        return write_aside(path, data, len, mode, rename, error);
    /* A symbolic link stays, and what it points to is replaced. */
    return realpath(path, target) != NULL
               ? write_aside(target, data, len, mode, rename, error)
               : cannot_write(path, error);
}

bool output_new_file(const char *path, const void *data, size_t len,
                     mode_t mode, struct error *error)
{
    return write_aside(path, data, len, mode, link, error);
}
