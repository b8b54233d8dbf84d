/*
 * The options and the claims file of `mint`: what is not refused becomes a
 * token that the device's verifier takes.
 *
 *     one argument a line
 *                            (empty line)
 *     the claims file
 * SPDX-License-Identifier: Apache-2.0
 */
#include "command_line.h"
#include "mint_claims.h"
#include "rehearsal.h"
#include "signer.h"
#include "signing.h"
#include "token.h"

#define NOW INT64_C(1800000000)

static struct public_key key;

static void open_key(void)
{
    struct error error;

    if (key.bits == 0)
        must(public_key_from_pem(signing_public_pem(), &key, &error),
             "the test key loads");
}

static void check_token(const struct members *header,
                        const struct members *claims, size_t expected_len)
{
    char *header_text = members_dump(header);
    char *claims_text = members_dump(claims);
    const struct fuzz_input parts[2] = {
        {(uint8_t *)header_text, strlen(header_text)},
        {(uint8_t *)claims_text, strlen(claims_text)}};
    struct error error = {.text = ""};
    size_t len;
    char *token = signing_token(&parts[0], &parts[1], &len);

    must(len == expected_len, "the token is as long as it was rehearsed");
    token = realloc(token, len + 1);
    token[len] = '\0';
    must(token_check(&key, header, claims, token, &error),
         "what was rehearsed is accepted when signed");
    free(header_text);
    free(claims_text);
    free(token);
}

static void try_mint(const struct options *options, struct error *error)
{
    struct members claims = {.count = 0};
    struct members header = {.count = 0};
    struct rehearsal rehearsal;
    size_t len = 0;

    must(rehearsal_open(&rehearsal, &key, error), "a rehearsal opens");
    if (check_error(mint_claims(options, NOW, &claims, error), error) &&
        check_error(token_check_exp(&claims, NOW, error), error) &&
        check_error(mint_header(options, "kid", &header, error), error) &&
        check_error(rehearse(&rehearsal, &header, &claims, &len, error),
                    error))
        check_token(&header, &claims, len);
    members_free(&claims);
    members_free(&header);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = {"--claims", NULL};
    static char claims_option[] = "--claims";
    struct fuzz_input input = {data, size};
    struct fuzz_input first = fuzz_paragraph(&input);
    char *text = fuzz_text(first.bytes, first.len);
    char *argv[COMMAND_LINE_SIZE];
    int argc = command_line_split(text, files, argv);
    struct options options;
    struct error error = {.text = ""};

    open_key();
    if (input.len > 0) {
        argv[argc++] = claims_option;
        argv[argc++] = (char *)fuzz_file(0, input.bytes, input.len);
    }
    if (command_line_parse(&cmd_mint, argc, argv, &options))
        try_mint(&options, &error);
    options_free(&options);
    free(text);
    return 0;
}
