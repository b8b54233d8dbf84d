/*
 * Reading files and standard input.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mbedtls/platform_util.h>

static bool read_some(int fd, size_t max, struct input *input)
{
    while (input->len <= max) {
        ssize_t got = read(fd, input->data + input->len, max + 1 - input->len);

        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            return false;
        if (got > 0)
            input->len += (size_t)got;
    }
    input->data[input->len] = '\0';
    return true;
}

bool input_read(const char *path, size_t max, struct input *input,
                struct error *error)
{
    bool is_stdin = strcmp(path, "-") == 0;
    const char *name = is_stdin ? "standard input" : path;
    int fd = STDIN_FILENO;
    bool done;

    input->len = 0;
    input->data = malloc(max + 2);
    if (input->data == NULL)
        return out_of_memory(error);
    if (!is_stdin)
        fd = open(path, O_RDONLY | O_CLOEXEC);
    done = fd >= 0 && read_some(fd, max, input);
    if (!done)
        (void)error_set(error, EXIT_USAGE, "cannot read %s: %s", name,
                        strerror(errno));
    if (fd >= 0 && !is_stdin)
        (void)close(fd);
    if (!done)
        input_free(input);
    return done;
}

bool input_read_all(const char *path, size_t max, struct input *input,
                    struct error *error)
{
    if (!input_read(path, max, input, error))
        return false;
    if (input->len <= max)
        return true;
    input_free(input);
    return error_set(error, EXIT_USAGE,
                     "%s is larger than %zu bytes: is it the right file?",
                     strcmp(path, "-") == 0 ? "standard input" : path, max);
}

void input_free(struct input *input)
{
    if (input->data != NULL)
        mbedtls_platform_zeroize(input->data, input->len);
    free(input->data);
    input->data = NULL;
    input->len = 0;
}
