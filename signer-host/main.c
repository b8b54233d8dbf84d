/*
 * signer-host: mints JSON Web Tokens with a key that stays where it is.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "help.h"
#include "kjwt.h"
#include "output.h"

static enum exit_status report(const struct error *error)
{
    if (error->text[0] != '\0')
        (void)fprintf(stderr, "signer-host: %s\n", error->text);
    return error->status;
}

static enum exit_status flush(void)
{
    struct error error = {.text = ""};

    return output_flush(&error) ? EXIT_DONE : report(&error);
}

/* ------------------------------------------------------------ dispatch --- */

/* How many of the words at argv are the command's name; 0: another one. */
static int name_words(const struct command *command, int argc, char **argv)
{
    char name[32];

    if (strcmp(argv[0], command->name) == 0)
        return 1;
    if (argc < 2)
        return 0;
    (void)snprintf(name, sizeof name, "%s %s", argv[0], argv[1]);
    return strcmp(name, command->name) == 0 ? 2 : 0;
}

static bool check_operands(const struct command *command,
                           const struct options *options, struct error *error)
{
    return options->operand_count <= command->operand_max ||
           error_set(error, EXIT_USAGE, "unexpected argument %s",
                     options->operands[command->operand_max]);
}

static enum exit_status run(const struct command *command, int argc,
                            char **argv)
{
    struct error error = {.text = ""};
    struct config config = {.path = NULL};
    struct options options;
    enum exit_status status = EXIT_DONE;

    if (!options_parse(command->options, argc, argv, &options, &error) ||
        (!options.help && !check_operands(command, &options, &error))) {
        status = report(&error);
        (void)fprintf(stderr, "signer-host %s --help tells more\n",
                      command->name);
    } else if (options.help) {
        help_command(command);
        status = flush();
    } else if (!config_apply(command, &options, &config, &error) ||
               !command->run(&options, &error)) {
        status = report(&error);
        config_say(&config, status);
    }
    options_free(&options);
    config_free(&config);
    return status;
}

/* A closed standard stream's number would go to the next file opened, and
 * what is meant for the terminal into it. Reading from or writing to the
 * stand-in fails. */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static bool is_word(const char *text, const char *word, const char *letter)
{
    return strcmp(text, word) == 0 || strcmp(text, letter) == 0;
}

/* What Lambda starts: a program of that name in the function's folder. */
static bool is_bootstrap(const char *name)
{
    const char *slash = strrchr(name, '/');

    return strcmp(slash != NULL ? slash + 1 : name, "bootstrap") == 0 &&
           getenv("AWS_LAMBDA_RUNTIME_API") != NULL;
}

/* A distribution's libcurl brings GnuTLS along for protocols that are not
 * spoken here. Its constructor asks for this function (GNUTLS_SKIP_GLOBAL_INIT)
 * and then leaves out a self-test and other work of a millisecond. */
int _gnutls_global_init_skip(void);
int _gnutls_global_init_skip(void)
{
    return 1;
}

int main(int argc, char **argv)
{
    hold_standard_streams();
    /* A closed pipe is a failed write with a message. */
    (void)signal(SIGPIPE, SIG_IGN);

    if (argc > 0 && is_bootstrap(argv[0]))
        return (int)run(&cmd_lambda, 0, NULL);
    if (argc < 2) {
        help_overview(stderr);
        return EXIT_USAGE;
    }
    for (size_t i = 0; commands[i] != NULL; i++) {
        int words = name_words(commands[i], argc - 1, argv + 1);

        if (words > 0)
            return (int)run(commands[i], argc - 1 - words, argv + 1 + words);
    }
    if (is_word(argv[argc - 1], "--help", "-h")) {
        help_overview(stdout);
        return (int)flush();
    }
    if (is_word(argv[1], "--version", "-V")) {
        (void)puts("signer-host " KJWT_VERSION);
        return (int)flush();
    }
    (void)fprintf(stderr,
                  "signer-host: unknown command %s\n"
                  "signer-host --help lists the commands\n",
                  argv[1]);
    return EXIT_USAGE;
}
