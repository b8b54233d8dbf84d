/*
 * A JOSE Header and a Claims Set, whatever they are, under a right signature:
 * what lies behind the signature is reached by every input.
 *
 *     POLICY [EDIT]...        letters, see rules[]; =AT:BYTE +AT:BYTE -AT
 *                             change the token after it was signed
 *                             (empty line)
 *     HEADER
 *                             (empty line)
 *     CLAIMS
 *
 * With KJWT_FUZZ_ORACLE, the command of an independent verifier (oracle.mjs),
 * both must give the same verdict.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "oracle.h"
#include "signing.h"
#include "verdict.h"

#define NOW INT64_C(1800000000)

struct job {
    struct kjwt_key keys[2];
    struct kjwt_policy policy;
    int64_t now;
};

static void apply_rule(struct job *job, uint8_t letter)
{
    struct kjwt_policy *policy = &job->policy;

    switch (letter) {
    case 'i': policy->issuer = "bench-7"; break;
    case 's': policy->subject = "dev-1"; break;
    case 'a': policy->audience = "device-01"; break;
    case 't': policy->typ = "at+jwt"; break;
    case 'o': policy->options |= KJWT_EXP_OPTIONAL; break;
    case 'u': policy->options |= KJWT_TIME_UNKNOWN_OK; break;
    case 'l': policy->leeway_s = 60; break;
    case 'L': policy->leeway_s = UINT32_MAX; break;
    case 'm': policy->max_age_s = 3600; break;
    case 'n': job->now = KJWT_TIME_UNKNOWN; break;
    case 'e': policy->earliest = NOW + 1; break;
    case 'k': policy->key_count = 2; break;
    default: break;
    }
}

/* One edit of the token, which has room for another byte. */
static void apply_edit(char *token, size_t *len, const char *edit)
{
    char *end;
    size_t at;
    char byte;

    if (edit[0] == '\0')
        return;
    at = strtoul(edit + 1, &end, 10);
    byte = (char)strtoul(*end == ':' ? end + 1 : "", NULL, 16);
    if (edit[0] == '+' && at <= *len) {
        memmove(token + at + 1, token + at, *len - at);
        token[at] = byte;
        ++*len;
    } else if (edit[0] == '-' && at < *len) {
        memmove(token + at, token + at + 1, *len - at - 1);
        --*len;
    } else if (edit[0] == '=' && at < *len) {
        token[at] = byte;
    }
}

/* Reads the first paragraph. Returns the token, edited or not. */
static char *prepare(struct job *job, const char *rules, char *token,
                     size_t *len)
{
    const char *edits = strchr(rules, ' ');
    size_t room = *len;
    char *edited;

    for (const char *at = rules; *at != '\0' && at != edits; at++)
        apply_rule(job, (uint8_t)*at);
    for (const char *at = edits; at != NULL; at = strchr(at + 1, ' '))
        room++;
    edited = malloc(room);
    must(edited != NULL, "there is memory");
    memcpy(edited, token, *len);
    for (const char *at = edits; at != NULL; at = strchr(at + 1, ' '))
        apply_edit(edited, len, at + 1);
    return edited;
}

static void try_paths(const struct kjwt_claims *claims,
                      const struct fuzz_input *rest)
{
    char *path = fuzz_text(rest->bytes, rest->len);

    verdict_try_path(claims, path);
    verdict_try_path(claims, "");
    verdict_try_path(claims, "/aud/0");
    free(path);
}

static void judge(const struct job *job, const char *rules, const char *token,
                  size_t len, bool changed, const struct fuzz_input *path)
{
    struct verdict verdict = verdict_of(&job->policy, token, len, job->now);

    if (changed)
        must(verdict.status != KJWT_OK,
             "a token that was changed is refused");
    oracle_check(rules, strcspn(rules, " "), token, len,
                 verdict.status == KJWT_OK);
    if (verdict.status == KJWT_OK) {
        verdict_check_claims(&verdict.claims);
        try_paths(&verdict.claims, path);
    }
    verdict_free(&verdict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct fuzz_input first = fuzz_paragraph(&input);
    struct fuzz_input header = fuzz_paragraph(&input);
    struct fuzz_input claims = fuzz_paragraph(&input);
    char *rules = fuzz_text(first.bytes, first.len);
    struct job job = {.keys = {signing_key(), signing_other_key()},
                      .policy = {.keys = job.keys, .key_count = 1},
                      .now = NOW};
    char *token;
    char *edited;
    size_t len;
    size_t edited_len;

    oracle_open(signing_public_pem());
    job.keys[0].kid = "one";
    job.keys[1].kid = "two";
    token = signing_token(&header, &claims, &len);
    edited_len = len;
    edited = prepare(&job, rules, token, &edited_len);
    judge(&job, rules, edited, edited_len,
          edited_len != len || memcmp(edited, token, len) != 0, &input);
    free(token);
    free(edited);
    free(rules);
    return 0;
}
