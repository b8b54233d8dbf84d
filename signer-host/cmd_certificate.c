/*
 * certificate: a token that lets another key mint for a while.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "command.h"
#include "key_collection.h"
#include "kjwt_keyset.h"
#include "signer.h"
#include "time_text.h"
#include "token.h"
#include "token_output.h"

#define DEFAULT_TTL ((int64_t)24 * 60 * 60)

struct certificate {
    const struct options *options;
    int64_t now;
    int64_t nbf;
    int64_t exp;
    struct signer signer;
    struct key_collection bench;
    struct members claims;
    char *token;
};

/* --------------------------------------------------------------- times --- */

static bool get_date(const struct options *options, const char *name,
                     int64_t *date, struct error *error)
{
    const char *text = options_value(options, name, 0);

    return text == NULL || date_parse(text, date) ||
           error_set(error, EXIT_USAGE, "--%s %s: write " DATE_FORMS, name,
                     text);
}

static bool get_times(struct certificate *certificate, struct error *error)
{
    const struct options *options = certificate->options;
    const char *ttl_text = options_value(options, "ttl", 0);
    int64_t ttl = DEFAULT_TTL;

    if (ttl_text != NULL && options_given(options, "exp"))
        return error_set(error, EXIT_USAGE,
                         "--ttl and --exp exclude each other");
    if (ttl_text != NULL && (!duration_parse(ttl_text, &ttl) || ttl == 0))
        return error_set(error, EXIT_USAGE,
                         "--ttl %s: write a duration like 15m, 24h or 7d",
                         ttl_text);
    certificate->nbf = certificate->now;
    if (!get_date(options, "nbf", &certificate->nbf, error))
        return false;
    if (ttl > TIME_MAX - certificate->nbf)
        return error_set(error, EXIT_REFUSED,
                         "the certificate would expire after the year 9999: "
                         "use a shorter --ttl");
    certificate->exp = certificate->nbf + ttl;
    if (!get_date(options, "exp", &certificate->exp, error))
        return false;
    return certificate->exp > certificate->nbf ||
           error_set(error, EXIT_REFUSED,
                     "the certificate would expire before it begins: check "
                     "--nbf and --exp");
}

/* -------------------------------------------------------------- claims --- */

static bool get_bench(struct certificate *certificate, struct error *error)
{
    struct key_collection *bench = &certificate->bench;

    if (!options_given(certificate->options, "for"))
        return error_set(error, EXIT_USAGE,
                         "--for URI is required: the key that may mint");
    if (!key_collection_add(bench, certificate->options, "for", error))
        return false;
    if (bench->count != 1)
        return error_set(error, EXIT_USAGE,
                         "--for names one key, and there are %zu",
                         bench->count);
    return strcmp(bench->keys[0].thumbprint,
                  certificate->signer.key.thumbprint) != 0 ||
           error_set(error, EXIT_REFUSED,
                     "--for is the key that signs: give the bench's own key");
}

static bool set_object(struct members *claims, const char *name,
                       json_t *object, struct error *error)
{
    char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
    bool done = text != NULL ? members_set_json(claims, name, text, error)
                             : out_of_memory(error);

    free(text);
    json_decref(object);
    return done;
}

/* RFC 7800 3.2. */
static bool set_key(struct certificate *certificate, struct error *error)
{
    json_t *jwk = public_key_to_jwk(&certificate->bench.keys[0]);

    (void)json_object_del(jwk, "alg");
    (void)json_object_del(jwk, "use");
    (void)json_object_del(jwk, "kid");
    return set_object(&certificate->claims, "cnf",
                      json_pack("{s:o}", "jwk", jwk), error);
}

static bool set_mint(struct certificate *certificate, struct error *error)
{
    const char *iss, *aud;
    json_t *mint;

    if (!options_require(certificate->options, "mint-iss", &iss, error) ||
        !options_require(certificate->options, "mint-aud", &aud, error))
        return false;
    if (aud[0] == '\0')
        return error_set(error, EXIT_USAGE,
                         "--mint-aud is empty: name a device, or a prefix that "
                         "ends at one of - . / : _");
    mint = json_pack("{s:s, s:s}", "iss", iss, "aud", aud);
    if (mint == NULL)
        return error_set(error, EXIT_USAGE,
                         "--mint-iss or --mint-aud is not UTF-8");
    return set_object(&certificate->claims, "mint", mint, error);
}

static bool build_claims(struct certificate *certificate, struct error *error)
{
    struct members *claims = &certificate->claims;

    return members_set_integer(claims, "iat", certificate->now, error) &&
           members_set_integer(claims, "nbf", certificate->nbf, error) &&
           members_set_integer(claims, "exp", certificate->exp, error) &&
           set_key(certificate, error) && set_mint(certificate, error);
}

/* The device's verdict on it; that on a token which is none does not count. */
static bool check_token(const struct certificate *certificate,
                        struct error *error)
{
    const struct kjwt_key key = public_key_view(&certificate->signer.key);
    const struct kjwt_policy policy = {.audience = "-"};
    const struct token_certificate given = {
        certificate->token, strlen(certificate->token), &key, 1};
    char scratch[KJWT_MAX_TOKEN_LENGTH];
    char advice[ADVICE_SIZE];
    struct kjwt_claims claims;
    bool refused;
    kjwt_status status =
        token_verify_delegated(&policy, &given, "", 0, certificate->nbf,
                               scratch, &claims, &refused);

    if (!refused)
        return true;
    advice_format(status, advice);
    return error_set(error, EXIT_REFUSED,
                     "not made, a device would refuse this certificate: %s",
                     advice);
}

/* ------------------------------------------------------------- command --- */

static bool run_with(struct certificate *certificate, struct error *error)
{
    const struct options *options = certificate->options;
    struct signer *signer = &certificate->signer;

    return options_now(options, &certificate->now, error) &&
           get_times(certificate, error) &&
           signer_open(options, signer, error) &&
           members_set_string(&signer->header, "typ", KJWT_TYP_CERTIFICATE,
                              error) &&
           get_bench(certificate, error) && build_claims(certificate, error) &&
           token_sign(signer->holder, &signer->header, &certificate->claims,
                      &certificate->token, error) &&
           signer_check_clock(signer, options, certificate->now, error) &&
           check_token(certificate, error) &&
           token_output(options, &signer->header, &certificate->claims,
                        certificate->token, error);
}

static bool run(const struct options *options, struct error *error)
{
    struct certificate certificate = {.options = options};
    bool done = run_with(&certificate, error);

    signer_close(&certificate.signer);
    key_collection_close(&certificate.bench);
    members_free(&certificate.claims);
    free(certificate.token);
    return done;
}

static const struct option_spec specs[] = {
    {"key", "URI", "the key that signs: one that devices take tokens from",
     '\0', false},
    {"for", "URI", "the key that may mint, its public half", '\0', false},
    {"mint-iss", "S", "the issuer that its tokens must have", '\0', false},
    {"mint-aud", "PREFIX", "its tokens' audiences begin so, up to a separator",
     '\0', false},
    {"ttl", "DURATION", "lifetime from nbf: 15m, 24h (default), 7d", '\0',
     false},
    {"exp", "T", "expiration time: a NumericDate or RFC 3339", '\0', false},
    {"nbf", "T", "not valid before: a NumericDate or RFC 3339; default: now",
     '\0', false},
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

const struct command cmd_certificate = {
    .name = "certificate",
    .summary = "Lets another key mint for a while: benches without network",
    .usage = "--key URI --for URI --mint-iss S --mint-aud PREFIX [OPTION]...",
    .details =
        "It goes to the device with each token of that key "
        "(kjwt_verify_delegated), which\nmust be within nbf and exp. A prefix "
        "ends at one of - . / : _ so that device-1 covers\ndevice-1 and "
        "device-1/a, never device-10. See also mint --certificate.\n",
    .options = specs,
    .run = run,
};
