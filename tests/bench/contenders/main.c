/*
 * Lets a contender verify: argv[1] is the key, commands come line by line.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   token TOKEN       -> ok | refused
 *   verify | rsa      -> accepted | refused | absent
 *   time WHAT MS      -> COUNT NANOSECONDS of verify or rsa, over and over
 *   repeat WHAT N     -> done
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base64url.h"
#include "contender.h"

#define LINE_SIZE 200000

static char line[LINE_SIZE];
static char token[LINE_SIZE];

bool split_token(const char *text, size_t len, struct parts *parts)
{
    const char *dot = strrchr(text, '.');

    if (dot == NULL)
        return false;
    parts->signing_input = text;
    parts->signing_input_len = (size_t)(dot - text);
    return base64url_decode(dot + 1, len - parts->signing_input_len - 1,
                            parts->signature, sizeof parts->signature,
                            &parts->signature_len);
}

/* CPU time: what else runs on the machine is not this library's. */
static uint64_t nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void run_for(bool (*operation)(void), unsigned long milliseconds)
{
    const uint64_t start = nanoseconds();
    const uint64_t end = start + milliseconds * 1000000u;
    unsigned long count = 0;
    uint64_t now;

    do {
        for (int i = 0; i < 50; i++)
            if (!operation())
                exit(1);
        count += 50;
        now = nanoseconds();
    } while (now < end);
    printf("%lu %llu\n", count, (unsigned long long)(now - start));
}

static void repeat(bool (*operation)(void), unsigned long count)
{
    while (count-- > 0)
        if (!operation())
            exit(1);
    puts("done");
}

static void take_token(const char *text)
{
    size_t len = strlen(text);

    memcpy(token, text, len + 1);
    puts(contender.prepare(token, len) ? "ok" : "refused");
}

static bool (*operation_of(const char *name))(void)
{
    return strcmp(name, "rsa") == 0 ? contender.rsa : contender.verify;
}

static void obey(char *command)
{
    char name[8];
    unsigned long number;

    if (strncmp(command, "token ", 6) == 0)
        take_token(command + 6);
    else if (sscanf(command, "time %7s %lu", name, &number) == 2)
        run_for(operation_of(name), number);
    else if (sscanf(command, "repeat %7s %lu", name, &number) == 2)
        repeat(operation_of(name), number);
    else if (operation_of(command) == NULL)
        puts("absent");
    else
        puts(operation_of(command)() ? "accepted" : "refused");
}

int main(int argc, char **argv)
{
    if (argc != 2 || !contender.load(argv[1])) {
        fprintf(stderr, "usage: %s PUBLIC-KEY.pem\n", argv[0]);
        return 2;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        obey(line);
        fflush(stdout);
    }
    return 0;
}
