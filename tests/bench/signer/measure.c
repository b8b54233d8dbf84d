/*
 * Runs a command and tells, as the last line of standard error, what it cost:
 * {"cpu_us": ..., "wall_us": ..., "peak_kib": ...}. A process starts with the
 * peak memory of the one that forked it, so this one is small.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t microseconds(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

static int64_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    int64_t begin = now();
    struct rusage usage;
    pid_t child;
    int status;

    if (argc < 2)
        return 2;
    child = fork();
    if (child == 0) {
        (void)execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child)
        return 2;
    (void)fprintf(stderr,
                  "{\"cpu_us\": %" PRId64 ", \"wall_us\": %" PRId64
                  ", \"peak_kib\": %ld}\n",
                  microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
                  now() - begin, usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
