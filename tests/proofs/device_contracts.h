/*
 * What the rules of an admission call, as they may take it: verified claims, a
 * store, a hash. Each may fail at any time. What a claim holds is the same each
 * time that it is read.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef DEVICE_CONTRACTS_H
#define DEVICE_CONTRACTS_H

#include "admit.h"
#include "crypto.h"
#include "json_contracts.h"

/* The end of the year 9999 (json.h). */
#define LAST_DATE INT64_C(253402300799)

static struct kjwt_claims claims;
static struct kjwt_policy policy;
static uint64_t work[KJWT_WORK_SIZE(2048) / 8];
static bool hashing;
static unsigned saves; /* that were done */

static bool failed;    /* one of these functions, for no fault of the rule */

/* Of a load: any but that of an empty store, which is none. */
static kjwt_status any_load_failure(void)
{
    const kjwt_status status = nondet_status();

    assume(status != KJWT_OK && status != KJWT_ERR_STORE_EMPTY);
    failed = true;
    return status;
}

/* Of the others: none of those that the rules themselves say of a token that was
 * stored, which only a store can have from elsewhere. */
static kjwt_status any_failure(void)
{
    const kjwt_status status = any_load_failure();

    assume(status != KJWT_ERR_SEQUENCE && status != KJWT_ERR_REPLAYED &&
           status != KJWT_ERR_NONCE_CLOSED);
    return status;
}

static bool are_verified;

bool kjwt_claims_verified(const struct kjwt_claims *of)
{
    prove(of == &claims, "the claims");
    are_verified = nondet_bool();
    return are_verified;
}

kjwt_status kjwt_claims_span(const struct kjwt_claims *of, const char *path,
                             const char **json, size_t *len)
{
    const struct kjwt_json_value value = any_value();

    prove(of == &claims, "the claims");
    *json = NULL;
    *len = 0;
    if (path == NULL || nondet_bool())
        return any_failure();
    *json = value.text;
    *len = value.len;
    return KJWT_OK;
}

static int64_t integer;

kjwt_status kjwt_claims_int(const struct kjwt_claims *of, const char *path,
                            int64_t *value)
{
    prove(of == &claims && path != NULL, "the claims");
    *value = 0;
    if (nondet_bool())
        return any_failure();
    *value = integer;
    return KJWT_OK;
}

#define NO_DATE (-1)

static int64_t exp_date;
static int64_t nbf_date;
static int64_t iat_date;

static int64_t any_date(void)
{
    const int64_t date = nondet_i64();

    assume(date == NO_DATE || (date >= 0 && date <= LAST_DATE));
    return date;
}

kjwt_status kjwt_claims_date(const struct kjwt_claims *of, const char *path,
                             int64_t *date)
{
    const int64_t own = path[0] == 'e'   ? exp_date
                        : path[0] == 'n' ? nbf_date
                                         : iat_date;
    kjwt_status status = KJWT_OK;

    prove(of == &claims, "the claims");
    *date = 0;
    if (own == NO_DATE)
        return KJWT_ERR_CLAIM_MISSING;
    if (nondet_bool()) {
        status = any_failure();
        assume(status != KJWT_ERR_CLAIM_MISSING);
        return status;
    }
    *date = own;
    return KJWT_OK;
}

kjwt_status kjwt_sha256_init(void *context)
{
    prove(context == work, "a context");
    hashing = true;
    return nondet_status();
}

kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len)
{
    prove(hashing && context == work && __CPROVER_r_ok(data, len), "data");
    return nondet_status();
}

kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE])
{
    prove(hashing && context == work, "the context");
    __CPROVER_havoc_slice(digest, KJWT_SHA256_SIZE);
    return nondet_status();
}

void kjwt_sha256_abort(void *context)
{
    prove(hashing && context == work, "the context");
    hashing = false;
}

/* Any content of at most size bytes; after a failure some of it. */
static kjwt_status any_load(void *context, uint32_t record, void *data,
                            size_t size, size_t *len)
{
    (void)context;
    (void)record;
    prove(__CPROVER_w_ok(data, size), "room for a record");
    __CPROVER_havoc_slice(data, size);
    *len = any_length(size);
    return nondet_status();
}

static kjwt_status any_save(void *context, uint32_t record, const void *data,
                            size_t len)
{
    const kjwt_status status = nondet_status();

    (void)context;
    (void)record;
    prove(__CPROVER_r_ok(data, len), "a record");
    saves += status == KJWT_OK;
    return status;
}

static void any_claims(void)
{
    __CPROVER_havoc_object(text);
    claims.json = text;
    claims.json_len = any_length(TEXT_LENGTH);
    integer = nondet_i64();
    exp_date = any_date();
    nbf_date = any_date();
    iat_date = any_date();
}

static bool is_as_expected(const struct kjwt_admission *admission)
{
    return admission->proof == admission->expected + sum_of(&claims);
}

/* In the middle of a verification's rules, whatever became of those before. */
static struct kjwt_admission any_admission(void)
{
    struct kjwt_admission admission = {.policy = &policy,
                                       .claims = &claims,
                                       .work = work,
                                       .known = nondet_i64(),
                                       .status = nondet_status(),
                                       .proof = nondet_u32(),
                                       .expected = nondet_u32()};

    __CPROVER_havoc_object(&policy);
    any_claims();
    assume(admission.known >= 0);
    /* What proof_rule() proves of each. */
    assume(admission.status != KJWT_OK || is_as_expected(&admission));
    return admission;
}

#endif
