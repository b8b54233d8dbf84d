/*
 * mint: one token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "mint_claims.h"
#include "output.h"
#include "signer.h"
#include "token.h"

struct mint {
    const struct options *options;
    int64_t now;
    struct signer signer;
    struct members claims;
    char *token;
};

/* {"token":...,"header":{...},"claims":{...}}, with the file's name instead of
 * the token that is in it. */
static bool print_json(const struct mint *mint, const char *path,
                       struct error *error)
{
    struct members result = {.count = 0};
    char *header = members_dump(&mint->signer.header);
    char *claims = members_dump(&mint->claims);
    char *text = NULL;
    bool done = (header != NULL && claims != NULL) || out_of_memory(error);

    done = done &&
           members_set_string(&result, path != NULL ? "file" : "token",
                              path != NULL ? path : mint->token, error) &&
           members_set_json(&result, "header", header, error) &&
           members_set_json(&result, "claims", claims, error);
    if (done) {
        text = members_dump(&result);
        done = text != NULL ? output_line(text, error) : out_of_memory(error);
    }
    members_free(&result);
    free(text);
    free(header);
    free(claims);
    return done;
}

/* On standard output a line, in a file the token and nothing else. */
static bool print(struct mint *mint, struct error *error)
{
    const char *path = options_value(mint->options, "output", 0);
    bool as_json = options_given(mint->options, "json");
    size_t len = strlen(mint->token);

    if (path != NULL &&
        !output_file(path, mint->token, len, OUTPUT_SECRET, error))
        return false;
    if (as_json)
        return print_json(mint, path, error);
    if (path != NULL)
        return true;
    return output_line(mint->token, error);
}

static bool run_with(struct mint *mint, struct error *error)
{
    const struct options *options = mint->options;
    struct signer *signer = &mint->signer;

    return options_now(options, &mint->now, error) &&
           mint_claims(options, mint->now, &mint->claims, error) &&
           token_check_exp(&mint->claims, mint->now, error) &&
           signer_open(options, signer, error) &&
           token_sign(signer->holder, &signer->header, &mint->claims,
                      &mint->token, error) &&
           signer_check_clock(signer, options, mint->now, error) &&
           token_check(&signer->key, &signer->header, &mint->claims,
                       mint->token, error) &&
           print(mint, error);
}

static bool run(const struct options *options, struct error *error)
{
    struct mint mint = {.options = options};
    bool done = run_with(&mint, error);

    signer_close(&mint.signer);
    members_free(&mint.claims);
    free(mint.token);
    return done;
}

static const struct option_spec specs[] = {
    {"key", "URI", "the key that signs", '\0', false},
    {"iss", "S", "issuer", '\0', false},
    {"sub", "S", "subject", '\0', false},
    {"aud", "S", "audience; repeated: an array", '\0', true},
    {"ttl", "DURATION", "lifetime from iat: 30s, 15m, 24h (default), 7d", '\0',
     false},
    {"exp", "T", "expiration time: a NumericDate or RFC 3339", '\0', false},
    {"no-exp", NULL, "never expires; devices refuse it by default", '\0',
     false},
    {"nbf", "T", "not valid before: a NumericDate or RFC 3339", '\0', false},
    {"jti", "auto|S", "token id; auto: 128 random bits", '\0', false},
    {"claim", "NAME=STRING", "any claim; NAME:=JSON for other types", '\0',
     true},
    {"claims", "FILE|-", "a JSON object; options go before it", '\0', false},
    {"header", "NAME=STRING", "a header parameter; not alg, kid, crit, b64",
     '\0', true},
    {"kid", "KID", "kid instead of the key's thumbprint", '\0', false},
    {"no-kid", NULL, "no kid", '\0', false},
    {"now", "T", "the time for iat: a NumericDate or RFC 3339", '\0', false},
    {"output", "FILE", "write to FILE, mode 0600, without a newline", 'o',
     false},
    {"json", NULL, "the token with its header and claims as JSON", '\0', false},
    {"message-type", "TYPE", "awskms: RAW or DIGEST instead of by length", '\0',
     false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_mint = {
    .name = "mint",
    .summary = "Mints one token",
    .usage = "--key URI [OPTION]...",
    .details = "The token has iat = now and exp = iat + 24 h unless told "
               "otherwise. It is printed only\nafter the verifier that devices "
               "run has accepted it.\n",
    .options = specs,
    .run = run,
};
