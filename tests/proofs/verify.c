/*
 * kjwt_verify() and kjwt_verify_const(), for every policy, time and token of at
 * most TOKEN_LENGTH bytes, with every step in its place doing what it may:
 * write what it is given, and say any of its statuses.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each step gets memory that is there, of the size that it needs. A token is
 * accepted only if every step has passed, each once and in this order: keys,
 * split, hash, header, key, signature, Claims Set, policy. Otherwise the claims
 * are zero.
 */
#include <verify.c>

#include "proof.h"

enum { KEYS, SPLIT, HASHED, HEADER, KEY, SIGNATURE, CLAIMS, POLICY, ALL };

static const struct kjwt_key key = {.bits = 2048};
static uint64_t work[KJWT_WORK_SIZE(2048) / 8];
static char token[TOKEN_LENGTH];
static char scratch[TOKEN_LENGTH];
static char *whole; /* where the token lies */
static size_t whole_len;
static size_t decoded_len;
static int passed;
static bool hashing;

/* The step has passed, if nothing went wrong in it: its place is next. */
static kjwt_status outcome(int step)
{
    const kjwt_status status = nondet_status();

    prove(passed == step, "the steps in their order, and none after a failure");
    passed += status == KJWT_OK;
    return status;
}

static bool in_token(const char *pos, size_t len)
{
    return __CPROVER_same_object(pos, whole) && pos >= whole &&
           len <= whole_len && pos + len <= whole + whole_len;
}

kjwt_status kjwt_keyset_check(const struct kjwt_policy *policy,
                              size_t work_size, uint32_t *proof)
{
    prove(policy != NULL && work_size == sizeof work, "what the caller gave");
    *proof += nondet_u32();
    return outcome(KEYS);
}

kjwt_status kjwt_jws_split(struct kjwt_jws *jws, char *text, size_t len,
                           uint32_t *proof)
{
    prove(text == whole && len == whole_len, "the token");
    jws->header = text;
    jws->header_len = any_length(TOKEN_LENGTH);
    jws->payload_len = any_length(TOKEN_LENGTH);
    jws->signature_len = any_length(TOKEN_LENGTH);
    *proof += nondet_u32();
    if (jws->header_len == 0 || jws->payload_len == 0 ||
        jws->signature_len == 0 || jws->header_len + jws->payload_len +
                jws->signature_len + 2 != len)
        return KJWT_ERR_SERIALIZATION;
    jws->payload = text + jws->header_len + 1;
    jws->signature = jws->payload + jws->payload_len + 1;
    jws->signing_input_len = jws->header_len + 1 + jws->payload_len;
    return outcome(SPLIT);
}

kjwt_status kjwt_sha256_init(void *context)
{
    prove(__CPROVER_w_ok(context, KJWT_HASH_CONTEXT_MAX), "a context");
    hashing = true;
    return nondet_status();
}

kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len)
{
    prove(hashing && context == work && in_token(data, len), "the token");
    return nondet_status();
}

kjwt_status kjwt_sha256_finish(void *context, uint8_t digest[KJWT_SHA256_SIZE])
{
    prove(hashing && context == work, "the context");
    __CPROVER_havoc_slice(digest, KJWT_SHA256_SIZE);
    return outcome(HASHED);
}

void kjwt_sha256_abort(void *context)
{
    prove(hashing && context == work, "the context");
    hashing = false;
}

kjwt_status kjwt_base64url_decode(char *text, size_t len, size_t *decoded)
{
    prove(!hashing && in_token(text, len), "a part, after it was hashed");
    __CPROVER_havoc_slice(text, len);
    decoded_len = any_length(len);
    *decoded = decoded_len;
    return nondet_status();
}

uint32_t kjwt_base64url_fold(const char *text, size_t len)
{
    prove(passed == SPLIT + 1 && !hashing && in_token(text, len) && len > 0,
          "a part, as it was split");
    return nondet_u32();
}

uint32_t kjwt_base64url_fold_decoded(const char *bytes, size_t len)
{
    prove(in_token(bytes, len) && len == decoded_len, "what was decoded");
    return nondet_u32();
}

kjwt_status kjwt_json_parse(struct kjwt_json_object *object, const char *text,
                            size_t len, void *tokens)
{
    prove(!hashing && in_token(text, len) && len == decoded_len,
          "what was decoded");
    prove(tokens == work && __CPROVER_w_ok(tokens, KJWT_WORK_SIZE(2048)),
          "room for the tokens");
    __CPROVER_havoc_object(work);
    object->text = text;
    object->tokens = tokens;
    return outcome(passed == HASHED + 1 ? HEADER : CLAIMS);
}

kjwt_status kjwt_jws_check_header(const struct kjwt_json_object *header,
                                  const char *typ, struct kjwt_json_value *kid,
                                  uint32_t *proof)
{
    prove(passed == KEY && header->text == whole, "the header");
    (void)typ;
    kid->text = NULL;
    *proof += nondet_u32();
    return nondet_status();
}

kjwt_status kjwt_keyset_select(const struct kjwt_policy *policy,
                               struct kjwt_json_value kid,
                               const struct kjwt_key **selected,
                               uint32_t *proof)
{
    (void)policy;
    (void)kid;
    *selected = nondet_bool() ? &key : NULL;
    *proof += nondet_u32();
    return *selected == NULL ? KJWT_ERR_KEY_UNKNOWN : outcome(KEY);
}

kjwt_status kjwt_rsassa_verify(const struct kjwt_key *chosen,
                               const uint8_t digest[KJWT_SHA256_SIZE],
                               char *signature, size_t signature_len,
                               void *memory, uint32_t *proof)
{
    prove(chosen == &key && __CPROVER_r_ok(digest, KJWT_SHA256_SIZE) &&
              in_token(signature, signature_len) &&
              signature_len == decoded_len && memory == work,
          "key, digest, signature and work");
    __CPROVER_havoc_object(work);
    *proof += nondet_u32();
    return outcome(SIGNATURE);
}

kjwt_status kjwt_policy_check(const struct kjwt_policy *policy,
                              const struct kjwt_json_object *claims,
                              int64_t now, uint32_t *time_checked,
                              uint32_t *proof)
{
    prove(policy != NULL && in_token(claims->text, decoded_len), "the claims");
    (void)now;
    *time_checked = nondet_u32();
    *proof += nondet_u32();
    return outcome(POLICY);
}

static void follows(kjwt_status status, const struct kjwt_claims *claims)
{
    if (status == KJWT_OK) {
        prove(passed == ALL, "every step has passed");
        prove(claims->key == &key && in_token(claims->json, claims->json_len),
              "the claims are the token's");
        end_of_proof();
        return;
    }
    prove(claims->json == NULL && claims->json_len == 0 &&
              claims->key == NULL && claims->time_checked == 0 &&
              claims->proof == 0,
          "the claims are zero");
}

void proof_verify(void)
{
    struct kjwt_policy policy;
    struct kjwt_claims claims;
    kjwt_status status;

    __CPROVER_havoc_object(&policy);
    whole_len = any_length(TOKEN_LENGTH);
    whole = token + TOKEN_LENGTH - whole_len;
    status = kjwt_verify(nondet_bool() ? &policy : NULL,
                         nondet_bool() ? work : NULL, sizeof work,
                         nondet_bool() ? whole : NULL, whole_len, nondet_i64(),
                         nondet_bool() ? &claims : NULL);
    prove(status != KJWT_OK || passed == ALL, "every step has passed");
    if (nondet_bool()) {
        passed = 0;
        status = kjwt_verify(&policy, work, sizeof work, whole, whole_len,
                             nondet_i64(), &claims);
        follows(status, &claims);
    }
}

/* The token is only read; what does not fit into the scratch is refused. */
void proof_const(void)
{
    struct kjwt_policy policy;
    struct kjwt_claims claims;
    const size_t len = nondet_size();
    const size_t size = any_length(TOKEN_LENGTH);
    kjwt_status status;

    __CPROVER_havoc_object(&policy);
    assume(len <= TOKEN_LENGTH || size < len);
    whole = scratch + TOKEN_LENGTH - size;
    whole_len = len;
    status = kjwt_verify_const(&policy, work, sizeof work, token, len, whole,
                               size, nondet_i64(), &claims);
    prove(status != KJWT_OK || len <= size, "a token that fits");
    follows(status, &claims);
}
