/*
 * kjwt_stream: the ordered checks of kjwt_verify() on a token in pieces.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The characters go in groups of four, which are three bytes: hashed as they
 * came, decoded, and kept. Everything that comes before the signature is done
 * at the second dot, when the hash leaves the work memory; the rest at the end.
 */
#include <string.h>

#include "base64url.h"
#include "kjwt_stream.h"
#include "verify_steps.h"

_Static_assert(sizeof((struct kjwt_stream *)0)->digest == KJWT_SHA256_SIZE,
               "the public header does not know the crypto seam");

enum { HEADER, CLAIMS, SIGNATURE, TOO_MANY };

/* rsassa.c aligns the signature in place. */
#define SIGNATURE_SLACK 7u

static void fail(struct kjwt_stream *stream, kjwt_status status)
{
    if (stream->failed == KJWT_OK)
        stream->failed = status;
}

kjwt_status kjwt_stream_init(struct kjwt_stream *stream,
                             const struct kjwt_policy *policy, void *work,
                             size_t work_size, void *buffer, size_t size)
{
    if (stream == NULL)
        return KJWT_ERR_ARGUMENT;
    memset(stream, 0, sizeof *stream);
    stream->failed = KJWT_ERR_ARGUMENT;
    stream->proof = KJWT_PROOF_START;
    if (policy == NULL || work == NULL || buffer == NULL)
        return KJWT_ERR_ARGUMENT;
    stream->failed =
        kjwt_step_arguments(policy, work, work_size, &stream->proof);
    if (stream->failed != KJWT_OK)
        return stream->failed;
    stream->policy = policy;
    stream->work = work;
    stream->buffer = buffer;
    stream->size = size;
    stream->empty = 1u << HEADER | 1u << CLAIMS | 1u << SIGNATURE;
    stream->status = KJWT_ERR_SERIALIZATION;
    fail(stream, kjwt_sha256_init(work));
    return stream->failed;
}

static void hash(struct kjwt_stream *stream, const char *characters, size_t len)
{
    if (stream->part <= CLAIMS && stream->failed == KJWT_OK)
        fail(stream, kjwt_sha256_update(stream->work, characters, len));
}

/* Of a signature only its length counts once it is longer than the modulus. */
static void keep(struct kjwt_stream *stream, size_t len)
{
    if (stream->part == SIGNATURE) {
        stream->signature_len += len;
        if (stream->status != KJWT_OK ||
            stream->signature_len > stream->key->bits / 8)
            return;
    }
    if (len > stream->size - stream->used)
        fail(stream, KJWT_ERR_SCRATCH_SIZE);
    if (stream->failed != KJWT_OK)
        return;
    memcpy(stream->buffer + stream->used, stream->group, len);
    stream->used += len;
}

/* Up to four characters, fewer only at the end of a part. */
static void end_group(struct kjwt_stream *stream)
{
    size_t len = stream->group_len;

    stream->group_len = 0;
    if (len == 0 || stream->part == TOO_MANY)
        return;
    hash(stream, stream->group, len);
    if (stream->part == CLAIMS) /* behind the bytes that it has already */
        stream->fold ^= kjwt_rotate_right(
            kjwt_base64url_fold(stream->group, len),
            8 * (uint32_t)(stream->used - stream->header_len) & 31);
    if (kjwt_base64url_decode(stream->group, len, &len) != KJWT_OK)
        stream->foreign |= (uint8_t)(1u << stream->part);
    keep(stream, len);
}

static kjwt_status check_header(struct kjwt_stream *stream)
{
    struct kjwt_json_object header;
    kjwt_status status = KJWT_ERR_BASE64URL;

    if ((stream->foreign & 1u << HEADER) != 0)
        return KJWT_ERR_BASE64URL;
    status = kjwt_json_parse(&header, stream->buffer, stream->header_len,
                             stream->work);
    if (status == KJWT_OK)
        status = kjwt_step_header(stream->policy, &header, &stream->key,
                                  &stream->proof);
    return status;
}

/* The signing input is there: its digest, the header, and the Claims Set in the
 * header's place. */
static void end_signing_input(struct kjwt_stream *stream)
{
    stream->claims_len = stream->used - stream->header_len;
    if (stream->failed == KJWT_OK)
        fail(stream, kjwt_sha256_finish(stream->work, stream->digest));
    kjwt_sha256_abort(stream->work);
    if (stream->failed != KJWT_OK)
        return;
    stream->status = check_header(stream);
    memmove(stream->buffer, stream->buffer + stream->header_len,
            stream->claims_len);
    stream->used = stream->claims_len;
}

static void end_part(struct kjwt_stream *stream)
{
    static const char dot[] = ".";

    end_group(stream);
    if (stream->part == HEADER) {
        stream->header_len = stream->used;
        hash(stream, dot, 1);
    } else if (stream->part == CLAIMS) {
        end_signing_input(stream);
    }
    if (stream->part < TOO_MANY)
        stream->part++;
}

static bool has_foreign(const struct kjwt_stream *stream, uint32_t part)
{
    return (stream->foreign & 1u << part) != 0;
}

/* What is certain already. */
static kjwt_status refused(const struct kjwt_stream *stream)
{
    if (stream->len > KJWT_MAX_TOKEN_LENGTH)
        return KJWT_ERR_LIMIT_TOKEN;
    if (stream->part == TOO_MANY)
        return KJWT_ERR_SERIALIZATION;
    if (stream->failed != KJWT_OK)
        return stream->failed;
    if (stream->foreign != 0)
        return KJWT_ERR_BASE64URL;
    return stream->part == SIGNATURE ? stream->status : KJWT_OK;
}

kjwt_status kjwt_stream_update(struct kjwt_stream *stream, const void *data,
                               size_t len)
{
    /* volatile: a compiler may read a byte again where it likes to. */
    const volatile char *piece = data;

    if (stream == NULL || (data == NULL && len > 0))
        return KJWT_ERR_ARGUMENT;
    if (stream->policy == NULL)
        return stream->failed == KJWT_OK ? KJWT_ERR_ARGUMENT : stream->failed;
    for (; len > 0 && stream->len <= KJWT_MAX_TOKEN_LENGTH; len--) {
        const char character = *piece++;

        if (++stream->len > KJWT_MAX_TOKEN_LENGTH)
            break;
        if (character == '.') {
            end_part(stream);
            continue;
        }
        stream->empty &= (uint8_t)~(1u << stream->part);
        stream->group[stream->group_len++] = character;
        if (stream->group_len == sizeof stream->group)
            end_group(stream);
    }
    return refused(stream);
}

/* As kjwt_jws_split(). */
static kjwt_status check_split(struct kjwt_stream *stream)
{
    if (stream->len > KJWT_MAX_TOKEN_LENGTH)
        return KJWT_ERR_LIMIT_TOKEN;
    if (stream->part != SIGNATURE || stream->empty != 0)
        return KJWT_ERR_SERIALIZATION;
    stream->proof += KJWT_PROOF_SPLIT;
    return stream->failed != KJWT_OK ? stream->failed : stream->status;
}

static kjwt_status check_signature(struct kjwt_stream *stream)
{
    if (has_foreign(stream, SIGNATURE))
        return KJWT_ERR_BASE64URL;
    if (stream->signature_len == stream->key->bits / 8 &&
        SIGNATURE_SLACK > stream->size - stream->used)
        return KJWT_ERR_SCRATCH_SIZE;
    return kjwt_rsassa_verify(stream->key, stream->digest,
                              stream->buffer + stream->claims_len,
                              stream->signature_len, stream->work,
                              &stream->proof);
}

static kjwt_status check_claims(struct kjwt_stream *stream, int64_t now,
                                struct kjwt_claims *claims)
{
    struct kjwt_json_object object;
    kjwt_status status = KJWT_ERR_BASE64URL;

    if (has_foreign(stream, CLAIMS))
        return KJWT_ERR_BASE64URL;
    claims->json = stream->buffer;
    claims->json_len = stream->claims_len;
    claims->key = stream->key;
    status = kjwt_json_parse(&object, claims->json, claims->json_len,
                             stream->work);
    stream->proof += KJWT_PROOF_JSON + kjwt_opaque((uint32_t)status);
    if (status == KJWT_OK)
        status = kjwt_policy_check(stream->policy, &object, now,
                                   &claims->time_checked, &stream->proof);
    stream->proof += stream->fold - kjwt_base64url_fold_decoded(
                                        claims->json, claims->json_len);
    return status;
}

void kjwt_stream_abort(struct kjwt_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->policy != NULL && stream->part <= CLAIMS)
        kjwt_sha256_abort(stream->work);
    memset(stream, 0, sizeof *stream);
}

kjwt_status kjwt_stream_finish(struct kjwt_stream *stream, int64_t now,
                               struct kjwt_claims *claims)
{
    kjwt_status status = KJWT_ERR_ARGUMENT;

    if (claims != NULL)
        memset(claims, 0, sizeof *claims);
    if (stream == NULL)
        return KJWT_ERR_ARGUMENT;
    if (stream->policy == NULL) {
        status = stream->failed == KJWT_OK ? KJWT_ERR_ARGUMENT : stream->failed;
    } else if (claims != NULL) {
        end_group(stream);
        status = check_split(stream);
        if (status == KJWT_OK)
            status = check_signature(stream);
        if (status == KJWT_OK)
            status = check_claims(stream, now, claims);
        status = kjwt_step_end(status, stream->proof, claims);
    }
    kjwt_stream_abort(stream);
    return status;
}
