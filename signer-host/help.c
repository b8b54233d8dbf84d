/*
 * Help texts, from the table of commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "help.h"

#include <string.h>

#define WIDTH 79

const char help_summary[] =
    "Mints and checks RS256 JSON Web Tokens for devices that run kjwt.";

/* clang-format off */
const struct help_key help_keys[] = {
    {"awskms:///alias/NAME, awskms:///KEY-ID, awskms:///ARN",
     "a key in AWS KMS; ?region=R&profile=P are taken, and "
     "awskms://HOST:PORT/... for another endpoint"},
    {"file:PATH",
     "a PEM private key signs (for development); a PEM public key, JWK or JWK "
     "Set verifies"},
    {"pkcs11:token=LABEL;object=LABEL",
     "a key in a PKCS#11 token (RFC 7512); ?pin-source=file:PATH, or the PIN is "
     "asked for; type=public verifies without it"},
    {"hashivault://KEYNAME",
     "a key in Vault's transit engine; ?version=N is taken"},
    {"gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K/versions/V",
     "a key in Google Cloud KMS"},
    {NULL, NULL},
};

const struct help_status help_statuses[] = {
    {"0", "done"},
    {"1", "refused: a token rejected, a key or a claim that does not fit, KMS "
          "said no"},
    {"2", "usage, or a file or a server out of reach"},
    {NULL, NULL},
};
/* clang-format on */

/* Words of text from a column on, wrapped. */
static void write_wrapped(FILE *out, const char *text, int column, int indent)
{
    while (*text != '\0') {
        int len = (int)strcspn(text, " ");

        if (column > indent && column + 1 + len > WIDTH) {
            (void)fprintf(out, "\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fprintf(out, "%.*s", len, text);
        column += len;
        text += len + (text[len] == ' ');
    }
    (void)fputc('\n', out);
}

void help_overview(FILE *out)
{
    (void)fprintf(out,
                  "usage: signer-host COMMAND [OPTION]...\n\n%s\n\ncommands:\n",
                  help_summary);
    for (size_t i = 0; commands[i] != NULL; i++)
        (void)fprintf(out, "  %-11s  %s\n", commands[i]->name,
                      commands[i]->summary);
    (void)fputs("\nkeys:\n", out);
    for (const struct help_key *key = help_keys; key->form != NULL; key++) {
        (void)fprintf(out, "  %s\n%15s", key->form, "");
        write_wrapped(out, key->text, 15, 15);
    }
    (void)fputs("\nexit status:\n", out);
    for (const struct help_status *row = help_statuses; row->number; row++)
        (void)fprintf(out, "  %s  %s\n", row->number, row->text);
    (void)fputs("\nsigner-host COMMAND --help tells more; signer-host man "
                "[COMMAND] | man -l -\nshows the manual; "
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
    (void)printf("  %-25s  ", left);
    write_wrapped(stdout, spec->help, strlen(left) > 25 ? WIDTH : 29, 29);
}

void help_command(const struct command *command)
{
    (void)printf("usage: signer-host %s %s\n\n%s.\n", command->name,
                 command->usage, command->summary);
    if (command->details != NULL)
        (void)printf("\n%s", command->details);
    (void)fputs("\noptions:\n", stdout);
    for (const struct option_spec *spec = command->options; spec->name; spec++)
        write_option(spec);
    for (const struct option_spec *spec = options_common; spec->name; spec++)
        write_option(spec);
}
