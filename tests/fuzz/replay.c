/*
 * Runs a target over files and folders of inputs, as one test.
 *     fuzz_NAME NAME FOLDER-OR-FILE...
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_SIZE ((size_t)1024 * 1024)

static size_t inputs;
static char current[4096];

/* Names the input that ended the process. */
static void say_current(void)
{
    if (current[0] != '\0')
        (void)fprintf(stderr, "fuzz: the input was %s\n", current);
}

static void run_file(const char *path)
{
    uint8_t *bytes = malloc(INPUT_SIZE);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 && bytes != NULL ? read(fd, bytes, INPUT_SIZE) : -1;

    if (len < 0) {
        perror(path);
        exit(2);
    }
    (void)close(fd);
    /* Told beforehand: a sanitizer leaves no chance to. */
    (void)snprintf(current, sizeof current, "%s", path);
    (void)LLVMFuzzerTestOneInput(bytes, (size_t)len);
    inputs++;
    free(bytes);
}

static void run_folder(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    char inner[4096];

    if (folder == NULL)
        return; /* no regressions yet */
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        run_file(inner);
    }
    (void)closedir(folder);
}

int main(int argc, char **argv)
{
    struct stat status;

    if (argc < 3) {
        (void)fprintf(stderr, "usage: %s NAME FOLDER-OR-FILE...\n", argv[0]);
        return 2;
    }
    (void)atexit(say_current);
    for (int i = 2; i < argc; i++) {
        if (stat(argv[i], &status) == 0 && !S_ISDIR(status.st_mode))
            run_file(argv[i]);
        else
            run_folder(argv[i]);
    }
    current[0] = '\0';
    (void)printf("1..1\n%s 1 - fuzz inputs of %s (%zu)\n",
                 inputs > 0 ? "ok" : "not ok", argv[1], inputs);
    return inputs > 0 ? 0 : 1;
}
