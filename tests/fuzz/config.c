/*
 * The file of defaults, for every command.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../../signer-host/config.h"

#include "signer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_clear_environment();
    (void)setenv("SIGNER_HOST_CONFIG", fuzz_file(0, data, size), 1);
    for (size_t i = 0; commands[i] != NULL; i++) {
        struct options options = {.given = NULL};
        struct config config = {.path = NULL};
        struct error error = {.text = ""};

        if (check_error(config_apply(commands[i], &options, &config, &error),
                        &error))
            must(config.used == options.given_count,
                 "every default is an option");
        config_free(&config);
        options_free(&options);
    }
    return 0;
}
