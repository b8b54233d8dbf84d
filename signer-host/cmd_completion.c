/*
 * completion: scripts that let a shell complete commands and options.
 *
 * The scripts are made from the table of commands. What follows an option is
 * known by the name of its argument: a file, a key URI or one of some words.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "output.h"

/* What can follow an option; words NULL: files. */
static const struct {
    const char *argument;
    const char *words;
} arguments[] = {
    {"FILE", NULL},
    {"FILE|-", NULL},
    {"F", NULL},
    {"DIR|FILE", NULL},
    {"SPEC", "RSA_2048 RSA_3072 RSA_4096"},
    {"FORMAT", "pem der pkcs1 jwk jwks c h"},
    {"TYPE", "RAW DIGEST"},
    {"URI", "awskms:///alias/ awskms:/// file: pkcs11: hashivault:// "
            "gcpkms://projects/"},
    {"auto|S", "auto"},
};
#define ARGUMENT_COUNT (sizeof arguments / sizeof arguments[0])

enum follow { FOLLOW_ANYTHING, FOLLOW_FILE, FOLLOW_WORD };

static enum follow follow(const struct option_spec *spec, const char **words)
{
    for (size_t i = 0; i < ARGUMENT_COUNT; i++)
        if (strcmp(arguments[i].argument, spec->argument) == 0) {
            *words = arguments[i].words;
            return *words != NULL ? FOLLOW_WORD : FOLLOW_FILE;
        }
    return FOLLOW_ANYTHING;
}

/* For '...' in a shell; fish, too, takes the result. */
static void write_quoted(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '\'')
            (void)fputs("'\\''", stdout);
        else
            (void)putchar(*text);
}

/* The first words of commands, each once: "key" stands for several. */
static bool is_first_of_its_word(size_t at)
{
    size_t len = strcspn(commands[at]->name, " ");

    for (size_t i = 0; i < at; i++)
        if (strcspn(commands[i]->name, " ") == len &&
            memcmp(commands[i]->name, commands[at]->name, len) == 0)
            return false;
    return true;
}

static void write_first_words(void)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (is_first_of_its_word(i))
            (void)printf("%.*s ", (int)strcspn(commands[i]->name, " "),
                         commands[i]->name);
}

/* The second words of the commands that begin like this one. */
static void write_second_words(const char *name)
{
    size_t len = strcspn(name, " ") + 1;

    for (size_t i = 0; commands[i] != NULL; i++)
        if (strncmp(commands[i]->name, name, len) == 0)
            (void)printf("%s ", commands[i]->name + len);
}

/* ---------------------------------------------------------------- bash --- */

static void write_bash_words(const struct option_spec *spec)
{
    for (; spec->name != NULL; spec++)
        (void)printf("--%s ", spec->name);
}

static void write_bash_follow(const char *command,
                              const struct option_spec *spec)
{
    const char *words;

    for (; spec->name != NULL; spec++) {
        enum follow kind =
            spec->argument == NULL ? FOLLOW_ANYTHING : follow(spec, &words);

        if (spec->argument == NULL)
            continue;
        (void)printf("    '%s --%s'%s%c%s) ", command, spec->name,
                     spec->letter != '\0' ? "|*' -" : "",
                     spec->letter != '\0' ? spec->letter : ' ',
                     spec->letter != '\0' ? "'" : "");
        if (kind == FOLLOW_WORD)
            (void)printf("words='%s' ;;\n", words);
        else
            (void)puts(kind == FOLLOW_FILE ? "files=1 ;;" : "return ;;");
    }
}

static void write_bash_command(const struct command *command)
{
    write_bash_follow(command->name, command->options);
    write_bash_follow(command->name, options_common);
    (void)printf("    '%s '*) words='", command->name);
    write_bash_words(command->options);
    write_bash_words(options_common);
    (void)printf("'%s ;;\n", command->operand_max > 0 ? " files=1" : "");
}

static void write_bash(void)
{
    (void)fputs(
        "# bash completion of signer-host\n"
        "_signer_host() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} words= files= name previous\n"
        "    # readline splits words at : and =, which URIs and claims hold\n"
        "    local line=${COMP_LINE:0:COMP_POINT} parts\n"
        "    read -r -a parts <<<\"$line\"\n"
        "    [[ $line == *' ' ]] && parts+=('')\n"
        "    local whole=${parts[-1]} count=${#parts[@]}\n"
        "    name=${parts[1]-}\n"
        "    ((count > 2)) && [[ ' ",
        stdout);
    for (size_t i = 0; commands[i] != NULL; i++)
        if (is_first_of_its_word(i) && strchr(commands[i]->name, ' ') != NULL)
            (void)printf("%.*s ", (int)strcspn(commands[i]->name, " "),
                         commands[i]->name);
    (void)fputs("' == *\" $name \"* ]] && name+=\" ${parts[2]}\"\n"
                "    previous=${parts[count - 2]}\n"
                "    ((count == 2)) && previous= name=\n"
                "    [[ $name == *' '* ]] && ((count == 3)) && previous= "
                "name=${parts[1]}\n"
                "    case \"$name $previous\" in\n"
                "    ' ') words='",
                stdout);
    write_first_words();
    (void)fputs("--help --version' ;;\n", stdout);
    for (size_t i = 0; commands[i] != NULL; i++)
        if (is_first_of_its_word(i) && strchr(commands[i]->name, ' ') != NULL) {
            (void)printf("    '%.*s ') words='",
                         (int)strcspn(commands[i]->name, " "),
                         commands[i]->name);
            write_second_words(commands[i]->name);
            (void)fputs("' ;;\n", stdout);
        }
    for (size_t i = 0; commands[i] != NULL; i++)
        write_bash_command(commands[i]);
    (void)fputs("    *) return ;;\n"
                "    esac\n"
                "    COMPREPLY=($(compgen -W \"$words\" -- \"$whole\"))\n"
                "    # what stands before the present word is there already\n"
                "    COMPREPLY=(\"${COMPREPLY[@]#\"${whole%\"$cur\"}\"}\")\n"
                "    if [[ -n $files && $whole != -* ]]; then\n"
                "        compopt -o filenames 2>/dev/null\n"
                "        COMPREPLY=($(compgen -f -- \"$cur\"))\n"
                "    elif [[ ${COMPREPLY[0]-} == *[:/] ]]; then\n"
                "        compopt -o nospace 2>/dev/null\n"
                "    fi\n"
                "}\n"
                "complete -F _signer_host signer-host\n",
                stdout);
}

/* ----------------------------------------------------------------- zsh --- */

/* Inside '...[...]' brackets and colons mean something. */
static void write_zsh_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text == '\'')
            (void)fputs("'\\''", stdout);
        else if (strchr("[]:\\", *text) != NULL)
            (void)printf("\\%c", *text);
        else
            (void)putchar(*text);
}

static void write_zsh_follow(const struct option_spec *spec)
{
    const char *words;

    (void)putchar(':');
    write_zsh_text(spec->argument);
    switch (follow(spec, &words)) {
    case FOLLOW_FILE:
        (void)fputs(":_files", stdout);
        break;
    case FOLLOW_WORD:
        (void)fputs(":(", stdout);
        write_zsh_text(words);
        (void)fputs(")", stdout);
        break;
    default:
        (void)fputs(": ", stdout);
    }
}

static void write_zsh_options(const struct option_spec *spec)
{
    for (; spec->name != NULL; spec++) {
        (void)printf(" \\\n            '%s--%s[", spec->repeatable ? "*" : "",
                     spec->name);
        write_zsh_text(spec->help);
        (void)putchar(']');
        if (spec->argument != NULL)
            write_zsh_follow(spec);
        (void)putchar('\'');
    }
}

static void write_zsh_pairs(void)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        (void)printf("        '%s:", commands[i]->name);
        write_zsh_text(commands[i]->summary);
        (void)puts("'");
    }
}

static void write_zsh(void)
{
    (void)fputs("#compdef signer-host\n"
                "# zsh completion of signer-host\n"
                "_signer_host() {\n"
                "    local -a names=(\n",
                stdout);
    write_zsh_pairs();
    (void)fputs("    )\n"
                "    local name=$words[2] first\n"
                "    if ((CURRENT == 2)); then\n"
                "        local -a firsts=(${(u)${names%%:*}%% *})\n"
                "        compadd -a firsts\n"
                "        return\n"
                "    fi\n"
                "    local -a rest=(${(M)names:#$name *})\n"
                "    if (($#rest)); then\n"
                "        if ((CURRENT == 3)); then\n"
                "            rest=(${rest#* })\n"
                "            _describe command rest\n"
                "            return\n"
                "        fi\n"
                "        name=\"$name $words[3]\"\n"
                "        shift words; ((CURRENT--))\n"
                "    fi\n"
                "    shift words; ((CURRENT--))\n"
                "    case $name in\n",
                stdout);
    for (size_t i = 0; commands[i] != NULL; i++) {
        (void)printf("    '%s')\n        _arguments", commands[i]->name);
        write_zsh_options(commands[i]->options);
        write_zsh_options(options_common);
        if (commands[i]->operand_max > 0)
            (void)fputs(" \\\n            '*:file:_files'", stdout);
        (void)puts("\n        ;;");
    }
    (void)fputs("    esac\n"
                "}\n"
                "if [[ $funcstack[1] == _signer-host ]]; then\n"
                "    _signer_host \"$@\"\n"
                "else\n"
                "    compdef _signer_host signer-host\n"
                "fi\n",
                stdout);
}

/* ---------------------------------------------------------------- fish --- */

static void write_fish_option(const char *command,
                              const struct option_spec *spec)
{
    const char *words;

    (void)printf("complete -c signer-host -n '__signer_host_is \"%s\"' -l %s",
                 command, spec->name);
    if (spec->letter != '\0')
        (void)printf(" -s %c", spec->letter);
    if (spec->argument != NULL)
        switch (follow(spec, &words)) {
        case FOLLOW_FILE:
            (void)fputs(" -r -F", stdout);
            break;
        case FOLLOW_WORD:
            (void)printf(" -x -a '%s'", words);
            break;
        default:
            (void)fputs(" -x", stdout);
        }
    (void)fputs(" -d '", stdout);
    write_quoted(spec->help);
    (void)puts("'");
}

static void write_fish_command(const struct command *command)
{
    const char *second = strchr(command->name, ' ');
    int len = (int)strcspn(command->name, " ");

    if (second == NULL)
        (void)printf("complete -c signer-host -n '__signer_host_is \"\"' "
                     "-a '%s' -d '",
                     command->name);
    else
        (void)printf("complete -c signer-host -n '__signer_host_is \"%.*s\"' "
                     "-a '%s' -d '",
                     len, command->name, second + 1);
    write_quoted(command->summary);
    (void)puts("'");
    for (const struct option_spec *spec = command->options; spec->name; spec++)
        write_fish_option(command->name, spec);
    for (const struct option_spec *spec = options_common; spec->name; spec++)
        write_fish_option(command->name, spec);
    if (command->operand_max > 0)
        (void)printf("complete -c signer-host -n '__signer_host_is \"%s\"' "
                     "-F\n",
                     command->name);
}

static void write_fish(void)
{
    (void)fputs("# fish completion of signer-host\n"
                "function __signer_host_is\n"
                "    set -l words (commandline -opc)\n"
                "    set -e words[1]\n"
                "    set -l name \"$words[1]\"\n",
                stdout);
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strchr(commands[i]->name, ' ') != NULL)
            (void)printf("    test \"$words[1..2]\" = '%s'; and set name "
                         "'%s'\n",
                         commands[i]->name, commands[i]->name);
    (void)fputs("    test \"$name\" = \"$argv[1]\"\n"
                "end\n"
                "complete -c signer-host -f\n",
                stdout);
    for (size_t i = 0; commands[i] != NULL; i++)
        if (is_first_of_its_word(i) && strchr(commands[i]->name, ' ') != NULL)
            (void)printf("complete -c signer-host -n '__signer_host_is \"\"' "
                         "-a '%.*s'\n",
                         (int)strcspn(commands[i]->name, " "),
                         commands[i]->name);
    for (size_t i = 0; commands[i] != NULL; i++)
        write_fish_command(commands[i]);
}

/* ------------------------------------------------------------- command --- */

static bool run(const struct options *options, struct error *error)
{
    static const struct {
        const char *name;
        void (*write)(void);
    } shells[] = {
        {"bash", write_bash}, {"zsh", write_zsh}, {"fish", write_fish}};
    const char *shell =
        options->operand_count > 0 ? options->operands[0] : "no shell";

    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(shells[i].name, shell) == 0) {
            shells[i].write();
            return output_flush(error);
        }
    return error_set(error, EXIT_USAGE,
                     "%s: completion is there for bash, zsh and fish", shell);
}

static const struct option_spec specs[] = {
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_completion = {
    .name = "completion",
    .summary = "Writes a script that completes commands and options",
    .usage = "bash|zsh|fish",
    .details = "In ~/.bashrc:    source <(signer-host completion bash)\n"
               "In ~/.zshrc:     source <(signer-host completion zsh)\n"
               "In fish:         signer-host completion fish > "
               "~/.config/fish/completions/signer-host.fish\n",
    .options = specs,
    .operand_max = 1,
    .run = run,
};
