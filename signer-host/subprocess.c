/*
 * Running another program.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct subprocess {
    pid_t pid;
    struct pollfd streams[2]; /* its stdout and stderr; -1: at their end */
    int64_t deadline;
    size_t complaint_len;
    struct subprocess_output *output;
};

static int64_t now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ------------------------------------------------------------ starting --- */

static int set_up(posix_spawn_file_actions_t *actions,
                  posix_spawnattr_t *attributes, const int *out, const int *err)
{
    sigset_t defaults;
    int failed;

    /* signer-host ignores SIGPIPE; that is no one else's habit. */
    (void)sigemptyset(&defaults);
    (void)sigaddset(&defaults, SIGPIPE);
    failed = posix_spawnattr_setsigdefault(attributes, &defaults);
    if (failed == 0)
        failed = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
    if (failed == 0)
        failed = posix_spawn_file_actions_addopen(actions, STDIN_FILENO,
                                                  "/dev/null", O_RDONLY, 0);
    if (failed == 0)
        failed =
            posix_spawn_file_actions_adddup2(actions, out[1], STDOUT_FILENO);
    if (failed == 0)
        failed =
            posix_spawn_file_actions_adddup2(actions, err[1], STDERR_FILENO);
    return failed;
}

/* Returns 0 or an errno. */
static int spawn(char *const *argv, const int *out, const int *err, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int failed = posix_spawn_file_actions_init(&actions);

    if (failed != 0)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed == 0) {
        failed = set_up(&actions, &attributes, out, err);
        if (failed == 0)
            failed = posix_spawnp(pid, argv[0], &actions, &attributes, argv,
                                  environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* Returns 0 or an errno. */
static int start(struct subprocess *process, char *const *argv)
{
    int out[2];
    int err[2];
    int failed;

    /* Inherited as ignored, it would cost us the exit status. */
    (void)signal(SIGCHLD, SIG_DFL);
    if (pipe2(out, O_CLOEXEC) != 0)
        return errno;
    if (pipe2(err, O_CLOEXEC) != 0) {
        failed = errno;
        (void)close(out[0]);
        (void)close(out[1]);
        return failed;
    }
    failed = spawn(argv, out, err, &process->pid);
    (void)close(out[1]);
    (void)close(err[1]);
    process->streams[0] = (struct pollfd){.fd = out[0], .events = POLLIN};
    process->streams[1] = (struct pollfd){.fd = err[0], .events = POLLIN};
    return failed;
}

/* ------------------------------------------------------------- reading --- */

/* Keeps the end, where programs say what went wrong, as printable text. */
static void keep_complaint(struct subprocess *process, const char *text,
                           size_t len)
{
    char *kept = process->output->complaint;
    const size_t room = sizeof process->output->complaint - 1;
    size_t excess;

    if (len > room) {
        text += len - room;
        len = room;
    }
    excess = process->complaint_len + len > room
                 ? process->complaint_len + len - room
                 : 0;
    process->complaint_len -= excess;
    memmove(kept, kept + excess, process->complaint_len);
    for (size_t i = 0; i < len; i++)
        kept[process->complaint_len++] =
            (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i];
    kept[process->complaint_len] = '\0';
}

static void trim_complaint(char *text)
{
    size_t len = strlen(text);

    while (len > 0 && text[len - 1] == ' ')
        text[--len] = '\0';
}

static void end_stream(struct pollfd *stream)
{
    if (stream->fd >= 0)
        (void)close(stream->fd);
    stream->fd = -1;
}

static bool is_end(ssize_t got)
{
    return got == 0 || (got < 0 && errno != EINTR);
}

static bool take_output(struct subprocess *process)
{
    struct subprocess_output *output = process->output;
    char more;
    bool full = output->len == output->size;
    ssize_t got = full
                      ? read(process->streams[0].fd, &more, 1)
                      : read(process->streams[0].fd, output->data + output->len,
                             output->size - output->len);

    if (is_end(got))
        end_stream(&process->streams[0]);
    if (got > 0 && full)
        return false;
    if (got > 0)
        output->len += (size_t)got;
    return true;
}

static void take_complaint(struct subprocess *process)
{
    char chunk[SUBPROCESS_STDERR_SIZE];
    ssize_t got = read(process->streams[1].fd, chunk, sizeof chunk);

    if (is_end(got))
        end_stream(&process->streams[1]);
    if (got > 0)
        keep_complaint(process, chunk, (size_t)got);
}

static bool too_slow(struct error *error)
{
    return error_set(error, EXIT_USAGE,
                     "it did not end in time and was stopped: does it wait for "
                     "an answer?");
}

/* Until both streams are at their end. */
static bool read_streams(struct subprocess *process, struct error *error)
{
    struct pollfd *streams = process->streams;

    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        int64_t left = process->deadline - now_ms();

        if (left <= 0)
            return too_slow(error);
        if (poll(streams, 2, (int)left) < 0) {
            if (errno == EINTR)
                continue;
            return error_set(error, EXIT_USAGE, "cannot read from it: %s",
                             strerror(errno));
        }
        if (streams[0].fd >= 0 && streams[0].revents != 0 &&
            !take_output(process))
            return error_set(error, EXIT_USAGE, "it prints more than %zu bytes",
                             process->output->size);
        if (streams[1].fd >= 0 && streams[1].revents != 0)
            take_complaint(process);
    }
    return true;
}

/* -------------------------------------------------------------- ending --- */

static bool wait_for(struct subprocess *process, int *status,
                     struct error *error)
{
    const struct timespec pause = {.tv_nsec = 2000000};

    for (;;) {
        pid_t ended = waitpid(process->pid, status, WNOHANG);

        if (ended == process->pid)
            return true;
        if (ended < 0 && errno != EINTR)
            return error_set(error, EXIT_USAGE, "cannot wait for it: %s",
                             strerror(errno));
        if (now_ms() >= process->deadline)
            return too_slow(error);
        (void)nanosleep(&pause, NULL);
    }
}

static void stop(const struct subprocess *process)
{
    (void)kill(process->pid, SIGKILL);
    while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static bool judge(int status, const char *complaint, struct error *error)
{
    if (WIFSIGNALED(status))
        return error_set(error, EXIT_USAGE, "it died of signal %d (%s)%s%s",
                         WTERMSIG(status), strsignal(WTERMSIG(status)),
                         *complaint != '\0' ? ": " : "", complaint);
    return WEXITSTATUS(status) == 0 ||
           error_set(error, EXIT_USAGE, "it ended with exit status %d%s%s",
                     WEXITSTATUS(status), *complaint != '\0' ? ": " : "",
                     complaint);
}

bool subprocess_run(char *const *argv, int64_t timeout_ms,
                    struct subprocess_output *output, struct error *error)
{
    struct subprocess process = {.output = output,
                                 .deadline = now_ms() + timeout_ms};
    int status = 0;
    int failed;
    bool done;

    output->len = 0;
    output->complaint[0] = '\0';
    process.streams[0].fd = process.streams[1].fd = -1;
    failed = start(&process, argv);
    if (failed != 0) {
        done = error_set(error, EXIT_USAGE, "cannot run %.128s: %s", argv[0],
                         strerror(failed));
    } else {
        done =
            read_streams(&process, error) && wait_for(&process, &status, error);
        if (!done)
            stop(&process);
    }
    end_stream(&process.streams[0]);
    end_stream(&process.streams[1]);
    trim_complaint(output->complaint);
    return done && judge(status, output->complaint, error);
}
