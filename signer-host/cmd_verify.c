/*
 * verify: what a device would say to a token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "command.h"
#include "key_holder.h"
#include "output.h"
#include "time_text.h"
#include "token.h"
#include "token_input.h"

static bool get_leeway(const struct options *options,
                       struct kjwt_policy *policy, struct error *error)
{
    const char *text = options_value(options, "leeway", 0);
    int64_t leeway;

    if (text == NULL)
        return true;
    if (!duration_parse(text, &leeway) || leeway > UINT32_MAX)
        return error_set(error, EXIT_USAGE,
                         "--leeway %s: write seconds, up to %lu", text,
                         (unsigned long)UINT32_MAX);
    policy->leeway_s = (uint32_t)leeway;
    return true;
}

/* ------------------------------------------------------------- verdicts --- */

/* As it stands in the token, byte for byte. */
static bool print_claims(const struct kjwt_claims *claims, bool as_json,
                         struct error *error)
{
    char *text = NULL;
    int len = asprintf(&text, "%s%.*s%s\n",
                       as_json ? "{\"status\":\"KJWT_OK\",\"claims\":" : "",
                       (int)claims->json_len, claims->json, as_json ? "}" : "");
    bool done = len >= 0 ? output_stdout(text, (size_t)len, error)
                         : out_of_memory(error);

    if (len >= 0)
        free(text);
    return done;
}

static bool print_rejection(kjwt_status status, bool of_certificate,
                            bool as_json, struct error *error)
{
    char advice[ADVICE_SIZE];
    char text[ADVICE_SIZE];
    int len;

    advice_format(status, advice);
    (void)fprintf(stderr, "rejected: %s%s\n",
                  of_certificate ? "the certificate: " : "", advice);
    if (as_json) {
        len =
            snprintf(text, sizeof text, "{\"status\":\"%s\",\"text\":\"%s\"}\n",
                     kjwt_status_name(status), kjwt_status_text(status));
        if (!output_stdout(text, (size_t)len, error))
            return false;
    }
    /* Told already, in the form that scripts look for. */
    return error_set(error, EXIT_REFUSED, "%s", "");
}

/* certificate data NULL: the token comes alone. */
static bool decide(const struct kjwt_policy *policy, const struct input *token,
                   const struct input *certificate, int64_t now, bool as_json,
                   struct error *error)
{
    const struct token_certificate given = {certificate->data,
                                            certificate->len, policy->keys,
                                            policy->key_count};
    struct kjwt_claims claims;
    char scratch[KJWT_MAX_TOKEN_LENGTH];
    bool of_certificate = false;
    kjwt_status status =
        certificate->data == NULL
            ? token_verify(policy, token->data, token->len, now, scratch,
                           &claims)
            : token_verify_delegated(policy, &given, token->data, token->len,
                                     now, scratch, &claims, &of_certificate);

    if (status != KJWT_OK)
        return print_rejection(status, of_certificate, as_json, error);
    return print_claims(&claims, as_json, error);
}

static bool get_certificate(const struct options *options,
                            struct input *certificate, struct error *error)
{
    const char *path = options_value(options, "certificate", 0);

    if (path == NULL)
        return true;
    if (options_value(options, "aud", 0) == NULL)
        return error_set(error, EXIT_USAGE,
                         "--certificate needs --aud, the device's name");
    if (!input_read(path, KJWT_MAX_TOKEN_LENGTH + 1, certificate, error))
        return false;
    if (certificate->len > 0 && certificate->data[certificate->len - 1] == '\n')
        certificate->len--;
    return true;
}

/* ----------------------------------------------------------------- keys --- */

static bool get_keys(const struct options *options,
                     struct kjwt_key views[KJWT_MAX_KEYS],
                     struct public_key **keys, size_t *count,
                     struct error *error)
{
    struct key_options reach = key_options_of(options);
    struct key_holder *holder;
    const char *uri;
    bool done;

    if (!options_require(options, "key", &uri, error))
        return false;
    holder = key_holder_open(uri, &reach, error);
    if (holder == NULL)
        return false;
    done = holder->class->public_keys(holder, keys, count, error) &&
           key_holder_check_set(*keys, *count, error);
    for (size_t i = 0; done && i < *count; i++)
        views[i] = public_key_view(&(*keys)[i]);
    key_holder_close(holder);
    return done;
}

static bool run(const struct options *options, struct error *error)
{
    struct kjwt_key views[KJWT_MAX_KEYS];
    struct kjwt_policy policy = {.keys = views,
                                 .issuer = options_value(options, "iss", 0),
                                 .subject = options_value(options, "sub", 0),
                                 .audience = options_value(options, "aud", 0),
                                 .typ = options_value(options, "typ", 0)};
    struct public_key *keys = NULL;
    struct input token = {.data = NULL};
    struct input certificate = {.data = NULL};
    int64_t now;
    bool done;

    if (options_given(options, "no-exp"))
        policy.options = KJWT_EXP_OPTIONAL;
    done =
        options_now(options, &now, error) &&
        get_leeway(options, &policy, error) &&
        get_keys(options, views, &keys, &policy.key_count, error) &&
        get_certificate(options, &certificate, error) &&
        token_input(options, &token, error) &&
        decide(&policy, &token, &certificate, now,
               options_given(options, "json"), error);

    input_free(&token);
    input_free(&certificate);
    free(keys);
    return done;
}

static const struct option_spec specs[] = {
    {"key", "URI", "the public key, or a JWK Set", '\0', false},
    {"certificate", "FILE", "the certificate that comes with the token; --key "
     "signed it", '\0', false},
    {"iss", "S", "the issuer expected", '\0', false},
    {"sub", "S", "the subject expected", '\0', false},
    {"aud", "S", "the device's name; without it the token must have no aud",
     '\0', false},
    {"typ", "TYPE", "the header's typ expected; without it JWT or none", '\0',
     false},
    {"no-exp", NULL, "a token without exp is taken", '\0', false},
    {"now", "T", "the time instead of the clock's: a NumericDate or RFC 3339", '\0',
     false},
    {"leeway", "S", "tolerated difference of the clocks, seconds", '\0', false},
    {"token-file", "F", "the token is the file's bytes, all of them", '\0',
     false},
    {"json", NULL, "the verdict as JSON", '\0', false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_verify = {
    .name = "verify",
    .summary = "Verifies a token as a device does and prints its claims",
    .usage = "--key URI [OPTION]... TOKEN|-",
    .details = "- reads standard input and drops one newline at its end.\n",
    .options = specs,
    .operand_max = 1,
    .run = run,
};
