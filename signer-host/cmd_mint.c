/*
 * mint: one token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "key_holder.h"
#include "mint_claims.h"
#include "output.h"
#include "time_text.h"
#include "token.h"

/* How far the bench's clock may be from KMS's, in seconds. */
#define CLOCK_WARN   30
#define CLOCK_REFUSE 300

struct mint {
    const struct options *options;
    int64_t now;
    struct key_holder *holder;
    struct public_key key;
    struct members header;
    struct members claims;
    char *token;
};

static bool check_message_type(const struct options *options,
                               struct error *error)
{
    const char *type = options_value(options, "message-type", 0);

    return type == NULL || strcmp(type, "RAW") == 0 ||
           strcmp(type, "DIGEST") == 0 ||
           error_set(error, EXIT_USAGE, "--message-type %s: RAW or DIGEST",
                     type);
}

/* The signing key's public half. */
static bool open_key(struct mint *mint, struct error *error)
{
    struct key_options reach = key_options_of(mint->options);
    struct public_key *keys = NULL;
    size_t count = 0;
    const char *uri;

    if (!options_require(mint->options, "key", &uri, error))
        return false;
    mint->holder = key_holder_open(uri, &reach, error);
    if (mint->holder == NULL ||
        !mint->holder->class->public_keys(mint->holder, &keys, &count, error))
        return false;
    mint->key = keys[0];
    free(keys);
    return true;
}

static bool build_header(struct mint *mint, struct error *error)
{
    const char *kid = options_value(mint->options, "kid", 0);
    bool none = options_given(mint->options, "no-kid");

    if (kid != NULL && none)
        return error_set(error, EXIT_USAGE,
                         "--kid and --no-kid exclude each other");
    if (kid != NULL && !public_key_set_kid(&mint->key, kid, error))
        return false;
    return mint_header(mint->options, none ? NULL : mint->key.kid,
                       &mint->header, error);
}

/* A bench with a wrong clock would mint tokens that are valid at the wrong
 * time. Who gives --now has said what time it is. */
static bool check_clock(const struct mint *mint, struct error *error)
{
    char here[TIME_TEXT_SIZE];
    char there[TIME_TEXT_SIZE];
    int64_t offset;

    if (options_given(mint->options, "now") ||
        mint->holder->class->clock_offset == NULL ||
        !mint->holder->class->clock_offset(mint->holder, &offset))
        return true;
    time_format(mint->now, here);
    time_format(mint->now + offset, there);
    if (offset > CLOCK_REFUSE || offset < -CLOCK_REFUSE)
        return error_set(error, EXIT_REFUSED,
                         "this machine's clock says %s and KMS says %s: set "
                         "the clock, or give the time as --now",
                         here, there);
    if (offset > CLOCK_WARN || offset < -CLOCK_WARN)
        (void)fprintf(stderr,
                      "signer-host: warning: this machine's clock says %s and "
                      "KMS says %s\n",
                      here, there);
    return true;
}

/* {"token":...,"header":{...},"claims":{...}}, with the file's name instead of
 * the token that is in it. */
static bool print_json(const struct mint *mint, const char *path,
                       struct error *error)
{
    struct members result = {.count = 0};
    char *header = members_dump(&mint->header);
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
    return options_now(mint->options, &mint->now, error) &&
           check_message_type(mint->options, error) &&
           mint_claims(mint->options, mint->now, &mint->claims, error) &&
           token_check_exp(&mint->claims, mint->now, error) &&
           open_key(mint, error) && build_header(mint, error) &&
           token_sign(mint->holder, &mint->header, &mint->claims, &mint->token,
                      error) &&
           check_clock(mint, error) &&
           token_check(&mint->key, &mint->header, &mint->claims, mint->token,
                       error) &&
           print(mint, error);
}

static bool run(const struct options *options, struct error *error)
{
    struct mint mint = {.options = options};
    bool done = run_with(&mint, error);

    key_holder_close(mint.holder);
    members_free(&mint.header);
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
