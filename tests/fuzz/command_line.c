/* SPDX-License-Identifier: Apache-2.0 */
#include "command_line.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "signer.h"

static bool names_file(const char *line, const char *const *files)
{
    for (; *files != NULL; files++)
        if (strncmp(line, *files, strlen(*files)) == 0)
            return true;
    return false;
}

int command_line_split(char *text, const char *const *files, char **argv)
{
    int argc = 0;
    char *rest = text;
    char *line;

    while ((line = strsep(&rest, "\n")) != NULL && argc < COMMAND_LINE_MAX)
        if (!names_file(line, files))
            argv[argc++] = line;
    return argc;
}

bool command_line_parse(const struct command *command, int argc, char **argv,
                        struct options *options)
{
    struct error error = {.text = ""};

    return check_error(options_parse(command->options, argc, argv, options,
                                     &error),
                       &error) &&
           !options->help;
}

/* A file in memory becomes standard output. Returns the one that was. */
static int catch_output(int *file)
{
    int own = dup(STDOUT_FILENO);

    if (*file == 0)
        *file = memfd_create("printed", MFD_CLOEXEC);
    must(own >= 0 && *file > 0 && ftruncate(*file, 0) == 0 &&
             lseek(*file, 0, SEEK_SET) == 0 &&
             dup2(*file, STDOUT_FILENO) == STDOUT_FILENO,
         "what is printed can be caught");
    return own;
}

static char *read_back(int file)
{
    struct stat status;
    char *text;

    must(fstat(file, &status) == 0, "what was printed has a size");
    text = calloc(1, (size_t)status.st_size + 1);
    must(text != NULL &&
             pread(file, text, (size_t)status.st_size, 0) == status.st_size,
         "what was printed can be read");
    return text;
}

bool command_line_run(const struct command *command,
                      const struct options *options, char **printed,
                      struct error *error)
{
    static int file;
    int own;
    bool done;

    (void)fflush(stdout);
    own = catch_output(&file);
    done = command->run(options, error);
    must(fflush(stdout) == 0 && dup2(own, STDOUT_FILENO) == STDOUT_FILENO &&
             close(own) == 0,
         "standard output comes back");
    *printed = read_back(file);
    return done;
}
