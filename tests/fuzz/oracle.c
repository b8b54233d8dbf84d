/*
 * Requests: the length of the rules (1 byte), of the token (4 bytes, least
 * significant first), both. Answers: one line, A or R and why.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "oracle.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static FILE *oracle;

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
    oracle = fdopen(pair[0], "r+");
    must(oracle != NULL, "a pipe to the oracle can be used");
}

void oracle_open(const char *public_pem)
{
    const char *command = getenv("KJWT_FUZZ_ORACLE");

    if (oracle == NULL && command != NULL)
        start(command, public_pem);
}

void oracle_check(const char *rules, size_t rules_len, const char *token,
                  size_t len, bool accepted)
{
    const uint8_t lengths[5] = {
        (uint8_t)(rules_len < 255 ? rules_len : 255), (uint8_t)len,
        (uint8_t)(len >> 8), (uint8_t)(len >> 16), (uint8_t)(len >> 24)};
    char answer[512];

    if (oracle == NULL)
        return;
    must(fwrite(lengths, 1, 5, oracle) == 5 &&
             fwrite(rules, 1, lengths[0], oracle) == lengths[0] &&
             fwrite(token, 1, len, oracle) == len && fflush(oracle) == 0 &&
             fgets(answer, sizeof answer, oracle) != NULL,
         "the oracle answers");
    if ((answer[0] == 'A') == accepted)
        return;
    (void)fprintf(stderr, "fuzz: the oracle says %s", answer);
    must(false, "the oracle gives the same verdict");
}
