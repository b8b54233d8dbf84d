/*
 * mint: one token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "command.h"
#include "input.h"
#include "key_collection.h"
#include "mint_claims.h"
#include "signer.h"
#include "token.h"
#include "token_output.h"

struct mint {
    const struct options *options;
    int64_t now;
    struct signer signer;
    struct members claims;
    char *token;
};

/* What devices that get the certificate as well would say. */
static bool check_delegated(const struct mint *mint, const char *path,
                            struct error *error)
{
    struct kjwt_key views[KJWT_MAX_KEYS];
    struct token_certificate certificate = {.keys = views};
    struct key_collection signers = {.count = 0};
    struct input input = {.data = NULL};
    bool done;

    done = input_read_all(path, KJWT_MAX_TOKEN_LENGTH + 1, &input, error) &&
           key_collection_add(&signers, mint->options, "certificate-key",
                              error) &&
           key_holder_check_set(signers.keys, signers.count, error);
    if (done) {
        for (size_t i = 0; i < signers.count; i++)
            views[i] = public_key_view(&signers.keys[i]);
        certificate.key_count = signers.count;
        certificate.text = input.data;
        certificate.len =
            input.len - (input.len > 0 && input.data[input.len - 1] == '\n');
        done = token_check_delegated(&certificate, &mint->signer.header,
                                     &mint->claims, mint->token, error);
    }
    key_collection_close(&signers);
    input_free(&input);
    return done;
}

static bool check(const struct mint *mint, struct error *error)
{
    const char *path = options_value(mint->options, "certificate", 0);

    return token_check(&mint->signer.key, &mint->signer.header, &mint->claims,
                       mint->token, error) &&
           (path == NULL || check_delegated(mint, path, error));
}

static bool check_options(const struct options *options, struct error *error)
{
    return options_given(options, "certificate") ==
               options_given(options, "certificate-key") ||
           error_set(error, EXIT_USAGE,
                     "--certificate FILE and --certificate-key URI go "
                     "together: the certificate, and the public key that "
                     "devices verify it with");
}

static bool run_with(struct mint *mint, struct error *error)
{
    const struct options *options = mint->options;
    struct signer *signer = &mint->signer;

    return check_options(options, error) &&
           options_now(options, &mint->now, error) &&
           mint_claims(options, mint->now, &mint->claims, error) &&
           token_check_exp(&mint->claims, mint->now, error) &&
           signer_open(options, signer, error) &&
           token_sign(signer->holder, &signer->header, &mint->claims,
                      &mint->token, error) &&
           signer_check_clock(signer, options, mint->now, error) &&
           check(mint, error) &&
           token_output(options, &signer->header, &mint->claims, mint->token,
                        error);
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
    {"certificate", "FILE", "the certificate that goes to the device with it",
     '\0', false},
    {"certificate-key", "URI", "the public key that signed the certificate",
     '\0', true},
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
               "run has accepted it, with --certificate together with that.\n",
    .options = specs,
    .run = run,
};
