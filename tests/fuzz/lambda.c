/*
 * Events of AWS Lambda, and the operator's policy on the claims in them: what
 * passes it has the operator's issuer, an allowed audience, and expires in
 * time.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <time.h>

#include "lambda_event.h"
#include "lambda_policy.h"
#include "mint_claims.h"
#include "signer.h"

static void check_allowed(const struct members *claims)
{
    const char *iss = members_get(claims, "iss");
    const char *aud = members_get(claims, "aud");
    int64_t iat = 0;
    int64_t exp = 0;

    must(iss != NULL && strcmp(iss, "\"lambda\"") == 0,
         "the issuer is the operator's");
    must(aud != NULL && strstr(aud, "device-0") != NULL,
         "the audience is one of the operator's");
    must(mint_date(claims, "iat", &iat) && mint_date(claims, "exp", &exp) &&
             exp - iat <= 7200,
         "a token expires in the operator's time");
}

static void apply(const struct lambda_policy *policy, struct members *claims)
{
    struct error error = {.text = ""};

    if (check_error(lambda_policy_apply(policy, (int64_t)time(NULL), NULL,
                                        claims, &error) == LAMBDA_DONE,
                    &error))
        check_allowed(claims);
}

static void try_claims(const struct lambda_policy *policy, const char *text,
                       size_t len)
{
    struct members claims = {.count = 0};
    struct error error = {.text = ""};

    if (check_error(lambda_event_claims(text, len, &claims, &error) ==
                        LAMBDA_DONE,
                    &error))
        apply(policy, &claims);
    members_free(&claims);
}

static void try_http(const struct lambda_policy *policy,
                     const struct lambda_event *event)
{
    struct members claims = {.count = 0};
    struct error error = {.text = ""};

    if (check_error(lambda_event_http_claims(event, &claims, &error) ==
                        LAMBDA_DONE,
                    &error))
        apply(policy, &claims);
    members_free(&claims);
}

static void try_records(const struct lambda_policy *policy,
                        const struct lambda_event *event)
{
    struct lambda_record *records = NULL;
    struct error error = {.text = ""};
    size_t count = 0;
    bool fifo;

    if (check_error(lambda_event_records(event, &records, &count, &fifo,
                                         &error),
                    &error))
        for (size_t i = 0; i < count; i++) {
            must(records[i].id != NULL, "a record has an id");
            try_claims(policy, records[i].body, records[i].body_len);
        }
    free(records);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    struct lambda_event event = {.root = NULL};
    struct lambda_policy policy = {.iss = "lambda",
                                   .aud = "device-01,device-02",
                                   .ttl = 3600,
                                   .max_ttl = 7200};
    struct error error = {.text = ""};

    if (check_error(lambda_event_read(text, size, &event, &error) ==
                        LAMBDA_DONE,
                    &error)) {
        if (event.kind == LAMBDA_HTTP)
            try_http(&policy, &event);
        if (event.kind == LAMBDA_SQS)
            try_records(&policy, &event);
        if (event.kind == LAMBDA_DIRECT)
            try_claims(&policy, text, size);
    }
    lambda_event_free(&event);
    free(text);
    return 0;
}
