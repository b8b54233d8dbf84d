/* SPDX-License-Identifier: Apache-2.0 */
#include "issued.h"
#include "kjwt_keyset.h"
#include "signing.h"
#include "test_keys.h"
#include "time_text.h"

struct term {
    int64_t nbf;
    int64_t exp;
};

static struct term term_of(const struct issued *issued)
{
    const char *text = options_value(issued->options, "ttl", 0);
    struct term term = {.nbf = issued_date(issued, "nbf", issued->now)};
    int64_t ttl = (int64_t)24 * 60 * 60;

    must(text == NULL || duration_parse(text, &ttl),
         "a duration that was taken is one");
    term.exp = issued_date(issued, "exp", term.nbf + ttl);
    return term;
}

static void check_claims(const struct issued *issued, const struct term *term,
                         const struct public_key *bench)
{
    json_t *jwk = public_key_to_jwk(bench);
    json_t *expected;

    (void)json_object_del(jwk, "alg");
    (void)json_object_del(jwk, "use");
    (void)json_object_del(jwk, "kid");
    expected = json_pack("{s:I, s:I, s:I, s:{s:o}, s:{s:s, s:s}}", "iat",
                         (json_int_t)issued->now, "nbf", (json_int_t)term->nbf,
                         "exp", (json_int_t)term->exp, "cnf", "jwk", jwk,
                         "mint", "iss",
                         options_value(issued->options, "mint-iss", 0), "aud",
                         options_value(issued->options, "mint-aud", 0));
    must(json_equal(issued->claims, expected),
         "a certificate says what was asked for");
    json_decref(expected);
}

/* A token under it, by the certified key where its private half is here; else
 * by another one. */
static char *mint(const struct issued *issued, const struct term *term,
                  bool other, size_t *len)
{
    static const char header[] = "{\"alg\":\"RS256\"}";
    json_t *claims =
        json_pack("{s:s, s:s, s:I, s:I}", "iss",
                  options_value(issued->options, "mint-iss", 0), "aud",
                  options_value(issued->options, "mint-aud", 0), "iat",
                  (json_int_t)term->nbf, "exp", (json_int_t)term->exp);
    char *text = json_dumps(claims, JSON_COMPACT);
    const struct fuzz_input parts[2] = {
        {(const uint8_t *)header, sizeof header - 1},
        {(const uint8_t *)text, strlen(text)}};
    char *token = other ? signing_other_token(&parts[0], &parts[1], len)
                        : signing_token(&parts[0], &parts[1], len);

    json_decref(claims);
    free(text);
    return token;
}

static void check_device(const struct issued *issued, const struct term *term,
                         const struct public_key *bench)
{
    static KJWT_WORK(work, PUBLIC_KEY_MAX_BITS);
    const struct kjwt_key signer = public_key_view(issued->signer);
    const struct kjwt_policy policy = {
        .keys = &signer,
        .key_count = 1,
        .audience = options_value(issued->options, "mint-aud", 0)};
    const bool other =
        strcmp(bench->thumbprint, signing_public(true)->thumbprint) == 0;
    const bool ours =
        other ||
        strcmp(bench->thumbprint, signing_public(false)->thumbprint) == 0;
    struct kjwt_certificate certificate = {
        .token = fuzz_copy(issued->token.bytes, issued->token.len),
        .len = issued->token.len};
    struct kjwt_claims claims;
    size_t len;
    char *token = mint(issued, term, other, &len);
    kjwt_status status =
        kjwt_verify_delegated(&policy, NULL, work, sizeof work, &certificate,
                              token, len, term->nbf, &claims);

    must(status == (ours ? KJWT_OK : KJWT_ERR_SIGNATURE),
         "a device takes what is minted under the certificate");
    must(certificate.key.bits == bench->bits &&
             memcmp(certificate.key.n, bench->n, bench->bits / 8) == 0,
         "the certified key is the one that was given");
    free(certificate.token);
    free(token);
}

void issued_check_certificate(const struct issued *issued)
{
    const struct term term = term_of(issued);
    struct public_key bench[KJWT_MAX_KEYS];
    size_t count = 0;

    for (size_t i = 0; i < options_count(issued->options, "for"); i++)
        test_keys_add(options_value(issued->options, "for", i), bench, &count);
    must(count == 1, "a certificate is for one key");
    check_claims(issued, &term, bench);
    check_device(issued, &term, bench);
}
