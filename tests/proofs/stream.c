/*
 * kjwt_stream, for every token of any length, every policy and every buffer of
 * at most SIZE bytes, as an induction: beginning leaves a stream that is_stream
 * describes, each byte keeps it one, and finishing one keeps to the buffer and
 * accepts only if every step has passed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Keys have any size here, 32 to 64 bits among them, so that a signature fits
 * into a buffer of SIZE bytes.
 */
#include <stream.c>

#include "proof.h"

static const struct kjwt_policy policy;
static struct kjwt_key key;
static uint64_t work[KJWT_WORK_SIZE(2048) / 8];
static char memory[SIZE];
static char *buffer; /* its end, of a stream's size */
static bool hashing;
static size_t hashed; /* bytes */
static bool signature_ok;
static bool json_ok;
static bool policy_ok;

static bool in_buffer(const char *pos, size_t len)
{
    return __CPROVER_same_object(pos, buffer) && pos >= buffer &&
           __CPROVER_r_ok(pos, len);
}

kjwt_status kjwt_keyset_check(const struct kjwt_policy *of, size_t work_size,
                              uint32_t *proof)
{
    (void)work_size;
    prove(of != NULL, "a policy");
    *proof += nondet_u32();
    return nondet_status();
}

kjwt_status kjwt_sha256_init(void *context)
{
    prove(context == work && !hashing, "a context");
    hashing = true;
    return nondet_status();
}

kjwt_status kjwt_sha256_update(void *context, const void *data, size_t len)
{
    prove(hashing && context == work && __CPROVER_r_ok(data, len), "data");
    hashed += len;
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

kjwt_status kjwt_base64url_decode(char *text, size_t len, size_t *decoded)
{
    prove(__CPROVER_w_ok(text, len) && len >= 1 && len <= 4, "a group");
    __CPROVER_havoc_slice(text, len);
    *decoded = len / 4 * 3 + len % 4 * 3 / 4;
    return nondet_status();
}

uint32_t kjwt_base64url_fold(const char *text, size_t len)
{
    prove(__CPROVER_r_ok(text, len) && len >= 1 && len <= 4, "a group");
    return nondet_u32();
}

uint32_t kjwt_base64url_fold_decoded(const char *bytes, size_t len)
{
    prove(in_buffer(bytes, len), "what was decoded");
    return nondet_u32();
}

kjwt_status kjwt_json_parse(struct kjwt_json_object *object, const char *text,
                            size_t len, void *tokens)
{
    prove(!hashing && tokens == work && in_buffer(text, len),
          "what was decoded; the work is free");
    object->text = text;
    object->tokens = tokens;
    json_ok = nondet_bool();
    return json_ok ? KJWT_OK : KJWT_ERR_JSON;
}

kjwt_status kjwt_jws_check_header(const struct kjwt_json_object *header,
                                  const char *typ, struct kjwt_json_value *kid,
                                  uint32_t *proof)
{
    prove(header->text == buffer, "the header");
    (void)typ;
    kid->text = NULL;
    *proof += nondet_u32();
    return nondet_status();
}

kjwt_status kjwt_keyset_select(const struct kjwt_policy *of,
                               struct kjwt_json_value kid,
                               const struct kjwt_key **selected,
                               uint32_t *proof)
{
    (void)of;
    (void)kid;
    *selected = nondet_bool() ? &key : NULL;
    *proof += nondet_u32();
    return *selected == NULL ? KJWT_ERR_KEY_UNKNOWN : nondet_status();
}

kjwt_status kjwt_rsassa_verify(const struct kjwt_key *chosen,
                               const uint8_t digest[KJWT_SHA256_SIZE],
                               char *signature, size_t signature_len,
                               void *memory, uint32_t *proof)
{
    prove(chosen == &key && __CPROVER_r_ok(digest, KJWT_SHA256_SIZE) &&
              memory == work && !hashing,
          "key, digest and work");
    *proof += nondet_u32();
    if (signature_len != key.bits / 8)
        return KJWT_ERR_SIGNATURE_LENGTH;
    prove(in_buffer(signature, signature_len + 7) && signature_len > 0,
          "the signature, and its slack");
    __CPROVER_havoc_slice(signature, signature_len + 7);
    signature_ok = nondet_bool();
    return signature_ok ? KJWT_OK : KJWT_ERR_SIGNATURE;
}

kjwt_status kjwt_policy_check(const struct kjwt_policy *of,
                              const struct kjwt_json_object *claims,
                              int64_t now, uint32_t *time_checked,
                              uint32_t *proof)
{
    prove(of == &policy && claims->text == buffer && signature_ok && json_ok,
          "the claims, once the signature holds");
    (void)now;
    *time_checked = nondet_u32();
    *proof += nondet_u32();
    policy_ok = nondet_bool();
    return policy_ok ? KJWT_OK : KJWT_ERR_EXPIRED;
}

uint32_t kjwt_step_tie(const struct kjwt_claims *claims)
{
    prove(claims != NULL, "claims");
    return nondet_u32();
}

/* What a stream's signature has left in the buffer. */
static bool is_signature(const struct kjwt_stream *s)
{
    if (s->status != KJWT_OK)
        return true;
    return s->key == &key &&
           (s->failed != KJWT_OK || s->signature_len > key.bits / 8 ||
            s->used == s->claims_len + s->signature_len);
}

static bool is_stream(const struct kjwt_stream *s)
{
    return s->policy == &policy && s->work == work && s->buffer == buffer &&
           s->part <= TOO_MANY && s->group_len < 4 && s->used <= s->size &&
           s->len <= KJWT_MAX_TOKEN_LENGTH + 1 &&
           s->signature_len <= 3 * s->len &&
           (s->part >= SIGNATURE || s->signature_len == 0) &&
           (s->part > CLAIMS || s->status == KJWT_ERR_SERIALIZATION) &&
           (s->part != CLAIMS || s->header_len <= s->used) &&
           (s->part != SIGNATURE ||
            (s->claims_len <= s->used && is_signature(s))) &&
           hashing == (s->part <= CLAIMS) &&
           (!hashing || s->failed != KJWT_OK ||
            s->len > KJWT_MAX_TOKEN_LENGTH || hashed + s->group_len == s->len);
}

static struct kjwt_stream any_stream(void)
{
    struct kjwt_stream s;

    __CPROVER_havoc_object(&s);
    __CPROVER_havoc_object(memory);
    __CPROVER_havoc_object(&key);
    assume(key.bits >= 32);
    assume(s.size <= SIZE);
    buffer = memory + SIZE - s.size;
    hashing = nondet_bool();
    hashed = nondet_size();
    s.policy = &policy;
    s.work = work;
    s.buffer = buffer;
    s.key = nondet_bool() ? &key : NULL;
    assume(is_stream(&s));
    return s;
}

void proof_init(void)
{
    const size_t size = any_length(SIZE);
    struct kjwt_stream s;
    kjwt_status status;

    buffer = memory + SIZE - size;
    status = kjwt_stream_init(&s, nondet_bool() ? &policy : NULL,
                              nondet_bool() ? work : NULL, nondet_size(),
                              nondet_bool() ? buffer : NULL, size);
    prove(s.policy == NULL ? status != KJWT_OK && !hashing : is_stream(&s),
          "a stream, or one that refuses");
    prove(status == s.failed, "its status");
    if (status == KJWT_OK)
        end_of_proof();
}

void proof_update(void)
{
    struct kjwt_stream s = any_stream();
    const char byte = (char)nondet_u8();
    const kjwt_status before = s.failed;

    (void)kjwt_stream_update(&s, &byte, any_length(1));
    prove(is_stream(&s), "still a stream");
    prove(before == KJWT_OK || s.failed == before, "the first failure stays");
    end_of_proof();
}

void proof_finish(void)
{
    struct kjwt_stream s = any_stream();
    const struct kjwt_stream before = s;
    struct kjwt_claims claims;
    const bool wants = nondet_bool();
    const kjwt_status status =
        kjwt_stream_finish(&s, nondet_i64(), wants ? &claims : NULL);

    prove(!hashing && s.policy == NULL, "the stream has ended");
    if (status != KJWT_OK) {
        prove(!wants || (claims.json == NULL && claims.json_len == 0 &&
                         claims.key == NULL && claims.proof == 0),
              "the claims are zero");
        return;
    }
    prove(before.part == SIGNATURE && before.empty == 0 &&
              (before.foreign & 1u << CLAIMS) == 0,
          "three parts");
    prove(before.failed == KJWT_OK && before.status == KJWT_OK,
          "header and key");
    prove(signature_ok && json_ok && policy_ok, "every step has passed");
    prove(claims.json == buffer && in_buffer(claims.json, claims.json_len) &&
              claims.key == &key,
          "the claims are the token's");
    end_of_proof();
}

/* Every state that is no stream in use, {0} among them. */
void proof_ended(void)
{
    struct kjwt_stream s = {.failed = nondet_status()};
    struct kjwt_claims claims;
    const char byte = (char)nondet_u8();

    prove(kjwt_stream_update(&s, &byte, 1) != KJWT_OK, "refused");
    prove(kjwt_stream_finish(&s, nondet_i64(), &claims) != KJWT_OK, "refused");
    prove(kjwt_stream_finish(&s, nondet_i64(), &claims) != KJWT_OK, "refused");
    kjwt_stream_abort(nondet_bool() ? &s : NULL);
    end_of_proof();
}
