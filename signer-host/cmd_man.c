/*
 * man: manual pages, from the table that the help texts are made of.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "help.h"
#include "kjwt.h"
#include "output.h"

/* ---------------------------------------------------------------- roff --- */

/* Text in which roff finds nothing to obey. */
static void write_text(const char *text)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", stdout);
    for (; *text != '\0'; text++)
        if (*text == '\\')
            (void)fputs("\\e", stdout);
        else if (*text == '-')
            (void)fputs("\\-", stdout);
        else
            (void)putchar(*text);
}

/* A tagged paragraph, its tag in bold. */
static void write_tag(const char *tag)
{
    (void)fputs(".TP\n\\fB", stdout);
    write_text(tag);
    (void)fputs("\\fR\n", stdout);
}

/* "mint" or "key create" as in signer-host-key-create(1). */
static void write_page_name(const char *name, bool upper)
{
    (void)fputs(upper ? "SIGNER\\-HOST" : "signer\\-host", stdout);
    if (*name != '\0')
        (void)fputs("\\-", stdout);
    for (; *name != '\0'; name++)
        if (*name == ' ')
            (void)fputs("\\-", stdout);
        else
            (void)putchar(upper ? toupper((unsigned char)*name) : *name);
}

static void write_title(const char *name, const char *summary)
{
    (void)fputs(".TH ", stdout);
    write_page_name(name, true);
    (void)fputs(" 1 \"\" \"kjwt " KJWT_VERSION "\" \"kjwt\"\n.SH NAME\n",
                stdout);
    write_page_name(name, false);
    (void)fputs(" \\- ", stdout);
    write_text(summary);
    (void)putchar('\n');
}

/* Lines as they are for those that are indented, filled ones else. */
static void write_details(const char *text)
{
    bool filled = true;

    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        bool indented = *text == ' ';
        char line[256];

        if (indented == filled) {
            (void)puts(filled ? ".PP\n.nf" : ".fi");
            filled = !filled;
        }
        (void)snprintf(line, sizeof line, "%.*s", (int)len, text);
        text += len + (text[len] == '\n');
        if (len > 0)
            write_text(line);
        else if (filled && *text != ' ' && *text != '\0')
            (void)fputs(".PP", stdout);
        else if (filled)
            continue; /* what comes now begins a paragraph by itself */
        (void)putchar('\n');
    }
    if (!filled)
        (void)puts(".fi");
}

/* ------------------------------------------------------------ sections --- */

static void write_options(const struct option_spec *spec)
{
    for (; spec->name != NULL; spec++) {
        (void)puts(".TP");
        if (spec->letter != '\0')
            (void)printf("\\fB\\-%c\\fR, ", spec->letter);
        (void)fputs("\\fB\\-\\-", stdout);
        write_text(spec->name);
        (void)fputs("\\fR", stdout);
        if (spec->argument != NULL) {
            (void)fputs(" \\fI", stdout);
            write_text(spec->argument);
            (void)fputs("\\fR", stdout);
        }
        (void)putchar('\n');
        write_text(spec->help);
        (void)puts(spec->repeatable && strstr(spec->help, "repeated") == NULL
                       ? "; may be repeated"
                       : "");
    }
}

static void write_keys(void)
{
    (void)puts(".SH KEYS");
    for (const struct help_key *key = help_keys; key->form != NULL; key++) {
        write_tag(key->form);
        write_text(key->text);
        (void)putchar('\n');
    }
}

static void write_statuses(void)
{
    (void)puts(".SH EXIT STATUS");
    for (const struct help_status *row = help_statuses; row->number; row++) {
        write_tag(row->number);
        write_text(row->text);
        (void)putchar('\n');
    }
}

/* The format is that of config.h. */
static void write_config(void)
{
    static const char file[] =
        "  {\n"
        "    \"key\": \"awskms:///alias/device-signing\",\n"
        "    \"region\": \"eu-central-1\",\n"
        "    \"mint\": {\"iss\": \"bench-7\", \"ttl\": \"1h\"}\n"
        "  }\n";

    (void)puts(".SH FILES");
    write_tag("$XDG_CONFIG_HOME/signer-host/config.json, or in ~/.config");
    write_text("A bench's defaults, a JSON object: options of all commands, "
               "and objects with the options of one command. The command line "
               "goes before the command's object, and that before the rest. "
               "SIGNER_HOST_CONFIG and --config name another file.");
    (void)putchar('\n');
    write_details(file);
}

static void write_environment(void)
{
    static const struct {
        const char *name;
        const char *text;
    } rows[] = {
        {"SIGNER_HOST_CONFIG", "the file of defaults; empty: none"},
        {"AWS_PROFILE, AWS_REGION, AWS_ACCESS_KEY_ID ...",
         "as AWS's own tools take them"},
        {"HTTPS_PROXY, NO_PROXY, AWS_CA_BUNDLE",
         "the way to KMS, and whom to trust on it"},
        {"VAULT_ADDR, VAULT_TOKEN, VAULT_NAMESPACE, VAULT_CACERT, "
         "TRANSIT_SECRET_ENGINE_PATH",
         "the way to Vault; without VAULT_TOKEN ~/.vault-token"},
        {"GOOGLE_OAUTH_ACCESS_TOKEN",
         "Google Cloud's access token; without it the metadata server's"},
        {"SOURCE_DATE_EPOCH", "the date in exported key files"},
        {"NO_COLOR", "no colours on a terminal"},
    };

    (void)puts(".SH ENVIRONMENT");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_tag(rows[i].name);
        write_text(rows[i].text);
        (void)putchar('\n');
    }
}

/* --------------------------------------------------------------- pages --- */

static void write_command(const struct command *command)
{
    write_title(command->name, command->summary);
    (void)fputs(".SH SYNOPSIS\n\\fBsigner\\-host ", stdout);
    write_text(command->name);
    (void)fputs("\\fR ", stdout);
    write_text(command->usage);
    (void)putchar('\n');
    if (command->details != NULL) {
        (void)puts(".SH DESCRIPTION");
        write_details(command->details);
    }
    (void)puts(".SH OPTIONS");
    write_options(command->options);
    write_options(options_common);
    write_statuses();
    (void)puts(".SH SEE ALSO\n\\fBsigner\\-host\\fR(1)");
}

static void write_overview(void)
{
    write_title("", help_summary);
    (void)puts(".SH SYNOPSIS\n\\fBsigner\\-host\\fR \\fICOMMAND\\fR "
               "[\\fIOPTION\\fR]...\n.SH COMMANDS");
    for (size_t i = 0; commands[i] != NULL; i++) {
        (void)fputs(".TP\n\\fB", stdout);
        write_page_name(commands[i]->name, false);
        (void)puts("\\fR(1)");
        write_text(commands[i]->summary);
        (void)putchar('\n');
    }
    write_keys();
    write_statuses();
    write_environment();
    write_config();
}

/* ------------------------------------------------------------- command --- */

/* The operands are a command's name, in one word or two. */
static const struct command *find(const struct options *options)
{
    char name[64];

    (void)snprintf(name, sizeof name, "%s%s%s", options->operands[0],
                   options->operand_count > 1 ? " " : "",
                   options->operand_count > 1 ? options->operands[1] : "");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static bool list(struct error *error)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        (void)puts(commands[i]->name);
    return output_flush(error);
}

static bool run(const struct options *options, struct error *error)
{
    const struct command *command = NULL;

    if (options_given(options, "list"))
        return list(error);
    if (options->operand_count > 0) {
        command = find(options);
        if (command == NULL)
            return error_set(
                error, EXIT_USAGE,
                "no command %s%s%s; signer-host --help lists them",
                options->operands[0], options->operand_count > 1 ? " " : "",
                options->operand_count > 1 ? options->operands[1] : "");
    }
    if (command != NULL)
        write_command(command);
    else
        write_overview();
    return output_flush(error);
}

static const struct option_spec specs[] = {
    {"list", NULL, "the names of the commands instead", '\0', false},
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_man = {
    .name = "man",
    .summary = "Writes the manual page of a command, or the overview",
    .usage = "[COMMAND]",
    .details = "To read it:\n\n    signer-host man mint | man -l -\n",
    .options = specs,
    .operand_max = 2,
    .run = run,
};
