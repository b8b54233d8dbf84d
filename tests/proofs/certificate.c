/*
 * Delegation, for every certificate and token, whatever is found in them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * key: the delegated key's target goes into the certificate's own buffer, of at
 * most LENGTH bytes, behind the Claims Set; keys have 32 or 64 bits here. covers,
 * issuer: for every two strings of at most TEXT_LENGTH bytes without escapes.
 * times: for every date. read, delegated: no step is left out, none comes after
 * a failure, and only the key that the certificate names verifies the token.
 */
#include <certificate.c>

#include "scan_contracts.h"

#ifndef LENGTH
#define LENGTH 24
#endif

static const struct kjwt_key signers[2];
static uint64_t work[KJWT_WORK_SIZE(2048) / 8];
static uint64_t buffer[LENGTH / 8];
static struct kjwt_certificate certificate;
static struct kjwt_claims signed_claims;
static int passed; /* steps */

static struct kjwt_policy any_policy(void)
{
    struct kjwt_policy policy;

    __CPROVER_havoc_object(&policy);
    policy.keys = signers;
    policy.key_count = 2;
    return policy;
}

static kjwt_status step_ends(int step)
{
    const kjwt_status status = nondet_status();

    prove(passed == step, "the steps in their order, and none after a failure");
    passed += status == KJWT_OK;
    return status;
}

/* ------------------------------------------------------------ the key --- */

void kjwt_rsa_target(const struct kjwt_key *key, void *memory, uint32_t *target)
{
    const char *const bytes = (const char *)target;

    prove(memory == work && __CPROVER_w_ok(target, key->bits / 8) &&
              __CPROVER_same_object(bytes, buffer) && (uintptr_t)target % 8 == 0,
          "within the certificate's buffer, aligned");
    prove(bytes >= signed_claims.json + signed_claims.json_len,
          "behind the Claims Set");
    prove(bytes + key->bits / 8 <= certificate.token + certificate.len,
          "not behind the certificate");
}

void proof_key(void)
{
    const size_t from = any_length(LENGTH);
    struct kjwt_jwk jwk;

    __CPROVER_havoc_object(&jwk);
    assume(jwk.key.bits == 32 || jwk.key.bits == 64);
    certificate.token = (char *)buffer + from;
    certificate.len = any_length(LENGTH - from);
    signed_claims.json = certificate.token + any_length(certificate.len);
    signed_claims.json_len =
        any_length((size_t)(certificate.token + certificate.len - signed_claims.json));
    /* As complete_key() asserts of every token that holds a key of that size. */
    assume(certificate.token + certificate.len -
               (signed_claims.json + signed_claims.json_len) >=
           (int)jwk.key.bits / 8 + 7);
    if (complete_key(&certificate, &signed_claims, &jwk, work, nondet_size()) !=
        KJWT_OK)
        return;
    prove(certificate.key.target != NULL && certificate.key.n == jwk.key.n,
          "a whole key");
    end_of_proof();
}

/* -------------------------------------------------- what it may mint --- */

static struct kjwt_json_value iss;

kjwt_status kjwt_claims_span(const struct kjwt_claims *claims, const char *path,
                             const char **json, size_t *len)
{
    const struct kjwt_json_value value =
        path[0] == 'i' && path[1] == 's' && iss.text != NULL ? iss : any_value();

    prove(claims == &signed_claims, "the claims");
    assume(*value.text != '[' || value.len >= 2);
    *json = NULL;
    *len = 0;
    if (nondet_bool() && path[0] != 'a') /* `aud` was compared already */
        return KJWT_ERR_CLAIM_MISSING;
    *json = value.text;
    *len = value.len;
    return KJWT_OK;
}

static struct kjwt_json_value any_string_value(void)
{
    const struct kjwt_json_value value = any_value();

    assume(value.text[0] == '"');
    for (size_t i = 1; i < TEXT_LENGTH; i++)
        assume(i + 1 >= value.len || value.text[i] != '\0');
    return value;
}

static bool is_separating(char c)
{
    return c == '-' || c == '.' || c == '/' || c == ':' || c == '_';
}

static bool begins_with(struct kjwt_json_value value,
                        struct kjwt_json_value prefix)
{
    bool same = value.len >= prefix.len;

    for (size_t i = 1; i < TEXT_LENGTH; i++)
        if (i + 1 < prefix.len && same)
            same = value.text[i] == prefix.text[i];
    return same;
}

void proof_covers(void)
{
    struct kjwt_json_value prefix, value;
    bool covered;

    __CPROVER_havoc_object(text);
    plain_strings = true;
    prefix = any_string_value();
    value = any_string_value();
    covered = begins_with(value, prefix) &&
              (value.len == prefix.len ||
               is_separating(value.text[prefix.len - 1]) ||
               (prefix.len > 2 && is_separating(prefix.text[prefix.len - 2])));
    prove(covers(prefix, value) == covered,
          "itself, or what goes on behind a separator");
    end_of_proof();
}

void proof_issuer(void)
{
    struct allowed allowed;

    __CPROVER_havoc_object(text);
    plain_strings = true;
    iss = any_string_value();
    allowed.issuer = any_string_value();
    prove(check_issuer(&signed_claims, &allowed) != KJWT_OK ||
              (iss.len == allowed.issuer.len && begins_with(iss, allowed.issuer)),
          "the issuer, whole");
    end_of_proof();
}

void proof_audience(void)
{
    struct kjwt_json_value aud;
    struct allowed allowed;

    __CPROVER_havoc_object(text);
    /* A string or an array of strings, as kjwt_verify() has checked. */
    for (size_t i = 0; i < TEXT_LENGTH; i++)
        assume(text[i] == '"' || (i == 0 && text[i] == '['));
    allowed.audience = any_string_value();
    if (check_audience(&signed_claims, &allowed) == KJWT_OK)
        end_of_proof();
}

static struct kjwt_numeric_date dates[3]; /* exp, nbf, iat */
static bool has[3];

/* In place of read_date(). */
kjwt_status reads_date(const struct kjwt_claims *claims, const char *name,
                       struct kjwt_numeric_date *date)
{
    const int i = name[0] == 'e' ? 0 : name[0] == 'n' ? 1 : 2;

    prove(claims == &signed_claims, "the claims");
    if (has[i])
        *date = dates[i];
    return has[i] ? KJWT_OK : KJWT_ERR_CLAIM_MISSING;
}

static struct kjwt_numeric_date any_date(void)
{
    const struct kjwt_numeric_date date = {nondet_i64(), nondet_bool()};

    assume(date.seconds >= 0 && date.seconds <= INT64_C(253402300799));
    return date;
}

/* In half seconds, of which a fraction may be one. */
static int64_t halves(struct kjwt_numeric_date date)
{
    return 2 * date.seconds + date.fraction;
}

void proof_times(void)
{
    struct allowed allowed;

    for (int i = 0; i < 3; i++) {
        has[i] = nondet_bool();
        dates[i] = any_date();
    }
    allowed.exp = any_date();
    allowed.nbf = any_date();
    if (check_times(&signed_claims, &allowed) != KJWT_OK)
        return;
    prove(has[0] && halves(dates[0]) <= halves(allowed.exp), "ends within");
    prove(has[1] || has[2], "has a beginning");
    prove(!has[1] || halves(dates[1]) >= halves(allowed.nbf), "begins within");
    prove(!has[2] || halves(dates[2]) >= halves(allowed.nbf), "begins within");
    end_of_proof();
}

/* ---------------------------------------------------------- all of it --- */

enum { CERTIFICATE, ALLOWED, KEY, REVOKED, READ };

static struct kjwt_policy expected;
static char token[1];

kjwt_status kjwt_verify(const struct kjwt_policy *policy, void *memory,
                        size_t work_size, char *text_of, size_t len,
                        int64_t now, struct kjwt_claims *claims)
{
    kjwt_status status;

    (void)now;
    prove(memory == work && work_size == sizeof work, "the work");
    if (text_of == token) { /* the second signature */
        status = step_ends(READ);
        prove(len == sizeof token && policy->keys == &certificate.key &&
                  policy->key_count == 1 &&
                  policy->audience == expected.audience &&
                  policy->options == expected.options,
              "the token, by the certificate's key alone");
    } else {
        status = step_ends(CERTIFICATE);
        prove(text_of == certificate.token && len == certificate.len &&
                  policy->keys == signers && policy->key_count == 2,
              "the certificate, by the policy's keys");
        prove(strcmp(policy->typ, KJWT_TYP_CERTIFICATE) == 0 &&
                  (policy->options & KJWT_EXP_OPTIONAL) == 0,
              "a certificate, which ends");
    }
    __CPROVER_havoc_object(claims);
    return status;
}

bool kjwt_claims_verified(const struct kjwt_claims *claims)
{
    prove(claims != NULL, "claims");
    return nondet_bool();
}

bool reads_allowed(const struct kjwt_claims *claims, struct allowed *allowed)
{
    (void)claims;
    (void)allowed;
    return step_ends(ALLOWED) == KJWT_OK;
}

struct kjwt_json_value finds(const struct kjwt_claims *claims, const char *path)
{
    const struct kjwt_json_value none = {NULL, 0};

    (void)claims;
    prove(path != NULL, "a path");
    return none;
}

kjwt_status kjwt_jwk_read(struct kjwt_json_value object, struct kjwt_jwk *jwk)
{
    (void)object;
    __CPROVER_havoc_object(jwk);
    return step_ends(KEY);
}

kjwt_status checks_revoked(const struct kjwt_keyset *keyset,
                           const struct kjwt_key *key, void *memory)
{
    (void)keyset;
    (void)key;
    (void)memory;
    return step_ends(REVOKED);
}

kjwt_status completes(struct kjwt_certificate *of,
                      const struct kjwt_claims *claims, struct kjwt_jwk *jwk,
                      void *memory, size_t work_size)
{
    prove(of == &certificate && memory == work && passed == READ,
          "a key that was not revoked");
    (void)claims;
    (void)jwk;
    (void)work_size;
    return nondet_status();
}

void proof_read(void)
{
    const struct kjwt_policy policy = any_policy();
    const struct kjwt_keyset keyset;
    struct allowed allowed;

    certificate.token = (char *)buffer;
    certificate.len = any_length(LENGTH);
    if (read_certificate(&policy, nondet_bool() ? &keyset : NULL, work,
                         sizeof work, nondet_i64(), &certificate,
                         &allowed) != KJWT_OK)
        return;
    prove(passed == READ, "every step has passed");
    end_of_proof();
}

/* In place of read_certificate(). */
kjwt_status reads_certificate(const struct kjwt_policy *policy,
                              const struct kjwt_keyset *keyset, void *memory,
                              size_t work_size, int64_t now,
                              struct kjwt_certificate *of,
                              struct allowed *allowed)
{
    prove(policy != NULL && memory == work && of == &certificate &&
              of->key.n == NULL,
          "what the caller gave, and no key yet");
    (void)keyset;
    (void)work_size;
    (void)now;
    (void)allowed;
    passed = nondet_bool() ? READ : 0;
    return passed == READ ? KJWT_OK : KJWT_ERR_CERTIFICATE;
}

/* In place of check_token(). */
kjwt_status checks_token(const struct allowed *allowed,
                         struct kjwt_claims *claims)
{
    (void)allowed;
    (void)claims;
    return step_ends(READ + 1);
}

void proof_delegated(void)
{
    struct kjwt_claims claims;
    kjwt_status status;

    expected = any_policy();
    status = kjwt_verify_delegated(
        nondet_bool() ? &expected : NULL, NULL, nondet_bool() ? work : NULL,
        sizeof work, nondet_bool() ? &certificate : NULL,
        nondet_bool() ? token : NULL, sizeof token, nondet_i64(), &claims);
    if (status != KJWT_OK) {
        prove(claims.json == NULL && claims.json_len == 0 &&
                  claims.key == NULL && claims.proof == 0,
              "the claims are zero");
        return;
    }
    prove(passed == READ + 2 && expected.audience != NULL,
          "every step has passed");
    end_of_proof();
}

/* The rest of what is called. */
kjwt_status kjwt_key_thumbprint(const struct kjwt_key *key, void *memory,
                                uint8_t thumbprint[KJWT_THUMBPRINT_SIZE])
{
    prove(key != NULL && memory == work, "a key");
    __CPROVER_havoc_slice(thumbprint, KJWT_THUMBPRINT_SIZE);
    return nondet_status();
}

static bool revoked;

bool kjwt_keyset_has(const uint8_t *thumbprints, size_t count,
                     const uint8_t thumbprint[KJWT_THUMBPRINT_SIZE])
{
    prove(thumbprint != NULL, "a thumbprint");
    (void)thumbprints;
    (void)count;
    revoked = nondet_bool();
    return revoked;
}

void proof_revoked(void)
{
    const struct kjwt_keyset keyset;
    const struct kjwt_key key;

    prove(check_revoked(&keyset, &key, work) != KJWT_OK || !revoked,
          "who was revoked is refused");
    end_of_proof();
}
