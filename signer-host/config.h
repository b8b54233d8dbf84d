/*
 * A bench's defaults: options for all commands in a JSON file.
 *
 *     {
 *       "key": "awskms:///alias/device-signing",
 *       "region": "eu-central-1",
 *       "mint": {"iss": "bench-7", "ttl": "1h", "claim": ["site=A"]}
 *     }
 *
 * A member is an option of every command that has it, or, in an object with a
 * command's name, of that command. The command line goes before the command's
 * object, and that before the rest; a repeatable option is replaced as a whole.
 * Region and profile are defaults for keys in AWS KMS only.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>

#include <jansson.h>

#include "command.h"
#include "error.h"
#include "options.h"

struct config {
    char *path; /* NULL: there is no such file */
    json_t *root;
    char **texts; /* of numbers, for the options */
    size_t text_count;
    size_t used; /* how many options came out of it */
};

/* Adds to *options what the command line leaves open. The file is that of
 * --config, else of SIGNER_HOST_CONFIG, else signer-host/config.json in
 * XDG_CONFIG_HOME or ~/.config, which need not be there; --no-config and an
 * empty variable: none. *config must outlive *options; free it in any case. */
bool config_apply(const struct command *command, struct options *options,
                  struct config *config, struct error *error);

/* After an EXIT_USAGE: options of this file may be the reason. */
void config_say(const struct config *config, enum exit_status status);

void config_free(struct config *config);

#endif
