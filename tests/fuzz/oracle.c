/*
 * Requests: the length of the rules (1 byte), of the token (4 bytes, least
 * significant first), both. Answers: one line, A or R and why.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "oracle.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int oracle = -1;

static void start(const char *command, const char *public_pem)
{
    int pair[2];
    pid_t child;

    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0,
         "a pipe to the oracle can be made");
    child = fork();
    must(child >= 0, "the oracle can be started");
    if (child == 0) {
        (void)dup2(pair[1], STDIN_FILENO);
        (void)dup2(pair[1], STDOUT_FILENO);
        (void)close(pair[0]);
        (void)setenv("KJWT_FUZZ_PEM", public_pem, 1);
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    (void)close(pair[1]);
    oracle = pair[0];
}

void oracle_open(const char *public_pem)
{
    const char *command = getenv("KJWT_FUZZ_ORACLE");

    if (oracle < 0 && command != NULL)
        start(command, public_pem);
}

/* libFuzzer's timer interrupts system calls. */
static void send_all(const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t sent = write(oracle, at, len);

        must(sent > 0 || errno == EINTR, "the oracle listens");
        if (sent > 0) {
            at += sent;
            len -= (size_t)sent;
        }
    }
}

static void read_line(char *line, size_t size)
{
    size_t len = 0;

    do {
        ssize_t got = read(oracle, line + len, size - 1 - len);

        must(got > 0 || (got < 0 && errno == EINTR), "the oracle answers");
        if (got > 0)
            len += (size_t)got;
    } while (len == 0 || line[len - 1] != '\n');
    line[len] = '\0';
}

void oracle_check(const char *rules, size_t rules_len, const char *token,
                  size_t len, bool accepted)
{
    const uint8_t lengths[5] = {
        (uint8_t)(rules_len < 255 ? rules_len : 255), (uint8_t)len,
        (uint8_t)(len >> 8), (uint8_t)(len >> 16), (uint8_t)(len >> 24)};
    char answer[512];

    if (oracle < 0)
        return;
    send_all(lengths, sizeof lengths);
    send_all(rules, lengths[0]);
    send_all(token, len);
    read_line(answer, sizeof answer);
    if ((answer[0] == 'A') == accepted)
        return;
    (void)fprintf(stderr, "fuzz: the oracle says %s", answer);
    must(false, "the oracle gives the same verdict");
}
