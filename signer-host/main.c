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
#include "kjwt.h"
#include "output.h"

static const struct command *const commands[] = {
    &cmd_key_create, &cmd_key_export, &cmd_key_show,
    &cmd_mint,       &cmd_verify,     &cmd_inspect,
};
#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static enum exit_status report(const struct error *error)
{
    if (error->text[0] != '\0')
        (void)fprintf(stderr, "signer-host: %s\n", error->text);
    return error->status;
}

/* ---------------------------------------------------------------- help --- */

static void write_overview(FILE *out)
{
    (void)fputs("usage: signer-host COMMAND [OPTION]...\n\n"
                "Mints and checks RS256 JSON Web Tokens for devices that run "
                "kjwt.\n\ncommands:\n",
                out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        (void)fprintf(out, "  %-11s  %s\n", commands[i]->name,
                      commands[i]->summary);
    (void)fputs("\nkeys:\n"
                "  awskms:///alias/NAME, awskms:///KEY-ID, awskms:///ARN\n"
                "               a key in AWS KMS; "
                "?region=R&profile=P are taken,\n"
                "               and awskms://HOST:PORT/... for another "
                "endpoint\n"
                "  file:PATH    a PEM private key signs (for development); a "
                "PEM public key,\n"
                "               JWK or JWK Set verifies\n"
                "\nexit status: 0 done, 1 refused, 2 usage or I/O\n"
                "\nsigner-host COMMAND --help tells more; "
                "signer-host --version\n",
                out);
}

static void write_option(const struct option_spec *spec)
{
    char left[64];
    char letter[] = "-o, ";

    letter[1] = spec->letter;
    (void)snprintf(left, sizeof left, "%s--%s%s%s",
                   spec->letter != '\0' ? letter : "", spec->name,
                   spec->argument != NULL ? " " : "",
                   spec->argument != NULL ? spec->argument : "");
    (void)printf("  %-25s  %s\n", left, spec->help);
}

static void write_command(const struct command *command)
{
    const struct option_spec *spec = command->options;

    (void)printf("usage: signer-host %s %s\n\n%s.\n", command->name,
                 command->usage, command->summary);
    if (command->details != NULL)
        (void)printf("\n%s", command->details);
    (void)fputs("\noptions:\n", stdout);
    for (; spec->name != NULL; spec++)
        write_option(spec);
    (void)fputs("  -h, --help                 this text\n", stdout);
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
    struct options options;
    enum exit_status status = EXIT_DONE;

    if (!options_parse(command->options, argc, argv, &options, &error) ||
        (!options.help && !check_operands(command, &options, &error))) {
        status = report(&error);
        (void)fprintf(stderr, "signer-host %s --help tells more\n",
                      command->name);
    } else if (options.help) {
        write_command(command);
        status = flush();
    } else if (!command->run(&options, &error)) {
        status = report(&error);
    }
    options_free(&options);
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

int main(int argc, char **argv)
{
    hold_standard_streams();
    /* A closed pipe is a failed write with a message. */
    (void)signal(SIGPIPE, SIG_IGN);

    if (argc < 2) {
        write_overview(stderr);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        int words = name_words(commands[i], argc - 1, argv + 1);

        if (words > 0)
            return (int)run(commands[i], argc - 1 - words, argv + 1 + words);
    }
    if (is_word(argv[argc - 1], "--help", "-h")) {
        write_overview(stdout);
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
