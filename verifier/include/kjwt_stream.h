/*
 * kjwt_stream: verifies a token that arrives in pieces (UART, BLE, a QR reader)
 * without ever holding it whole.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 *     KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
 *     char buffer[KJWT_STREAM_BUFFER(700)];
 *     struct kjwt_stream stream;
 *
 *     kjwt_stream_init(&stream, &policy, work, sizeof work, buffer,
 *                      sizeof buffer);
 *     while (receive(piece, &piece_len))
 *         kjwt_stream_update(&stream, piece, piece_len);
 *     status = kjwt_stream_finish(&stream, now, &claims);
 *     if (status != KJWT_OK || !kjwt_claims_verified(&claims))
 *         return refuse(kjwt_status_name(status));
 *
 * The verdict and the status are those of kjwt_verify(), however the token is
 * cut. Each byte of a piece is read exactly once, so that a piece may lie where
 * DMA or another core writes.
 *
 *   work     | SHA-256 context              |  JOSE Header, Claims Set arrive
 *            | JSON tokens of the header    |  at the second dot
 *            | x (k)     | t (2 k)          |  finish
 *   buffer   | JOSE Header | Claims Set |      until the second dot
 *            | Claims Set | signature |        from then on
 *
 * What stands in the buffer is decoded: 3 bytes for 4 characters. The header is
 * dropped once it has been checked, and the signature after it has been used.
 *
 * Conventions are those of kjwt.h.
 */
#ifndef KJWT_STREAM_H
#define KJWT_STREAM_H

#include "kjwt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of buffer that suffice for every token of up to token_len bytes. The
 * least for one token is what its decoded parts need: header + Claims Set, and
 * Claims Set + signature + 7. */
#define KJWT_STREAM_BUFFER(token_len) (((token_len) + 3u) / 4u * 3u + 8u)

/* Private; the caller's memory. {0} is a stream that refuses. */
struct kjwt_stream {
    const struct kjwt_policy *policy;
    void *work;
    char *buffer;
    const struct kjwt_key *key;
    size_t size;
    size_t len;           /* characters of the token so far */
    size_t used;          /* bytes in the buffer */
    size_t header_len;    /* decoded */
    size_t claims_len;    /* decoded */
    size_t signature_len; /* decoded */
    kjwt_status failed;   /* the hash port, the room */
    kjwt_status status;   /* of the JOSE Header and what stands before it */
    uint32_t proof;
    uint32_t fold;        /* of the Claims Set's characters */
    uint8_t part;         /* 0 header, 1 Claims Set, 2 signature, 3 too many */
    uint8_t empty;        /* one bit for each part: no character yet */
    uint8_t foreign;      /* one bit for each part: no base64url */
    uint8_t group_len;
    char group[4];        /* characters that make up to three bytes */
    uint8_t digest[32];
};

/*
 * Begins a token.
 *
 *   policy, work   as for kjwt_verify(); both stay the stream's until finish
 *   buffer         size bytes, of any alignment; the stream's until finish, and
 *                  then the claims' for as long as they are used
 *
 * Returns KJWT_OK, or what kjwt_verify() would say of these arguments; update
 * then does nothing and finish says the same.
 */
kjwt_status kjwt_stream_init(struct kjwt_stream *stream,
                             const struct kjwt_policy *policy, void *work,
                             size_t work_size, void *buffer, size_t size);

/* Takes the next len bytes; 0 are allowed. Any status but KJWT_OK says that the
 * token is refused already and that the rest may as well not be sent: finish
 * says which status it is. */
kjwt_status kjwt_stream_update(struct kjwt_stream *stream, const void *data,
                               size_t len);

/*
 * Ends the token at what has arrived.
 *
 *   now, claims   as for kjwt_verify()
 *
 * Returns what kjwt_verify() would return for the whole token;
 * KJWT_ERR_SCRATCH_SIZE where a token within the limits does not fit into the
 * buffer; KJWT_ERR_ARGUMENT for NULL and for a stream that was not begun or has
 * ended. The stream has ended whatever the result.
 */
kjwt_status kjwt_stream_finish(struct kjwt_stream *stream, int64_t now,
                               struct kjwt_claims *claims);

/* Gives up a token, for a hash port that holds resources. */
void kjwt_stream_abort(struct kjwt_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
