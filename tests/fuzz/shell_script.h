/*
 * What arrives on the device's console: an input with tokens in it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef FUZZ_SHELL_SCRIPT_H
#define FUZZ_SHELL_SCRIPT_H

#include "fuzz.h"

/*
 *     <t CLAIMS>   a token (without the space), <h the same in hexadecimal
 *     <o           one of another key
 *     <k <c        a key set, a certificate; <K <C by the other key
 *     <z NUMBER>   so many bytes
 *
 * @R and @O within CLAIMS are the keys' moduli.
 */
struct shell_token {
    char kind;
    char *text; /* as it stands in the script */
    size_t len;
    struct fuzz_input claims;
};

#define SHELL_TOKENS 8

struct shell_script {
    char *text;
    size_t len;
    struct shell_token tokens[SHELL_TOKENS];
    size_t token_count;
};

void shell_script_make(struct shell_script *script,
                       const struct fuzz_input *input);
void shell_script_free(struct shell_script *script);

#endif
