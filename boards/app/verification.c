/*
 * The ways in which the verify shell verifies a token.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "verification.h"

#include "kjwt_stream.h"

/* A line has arrived whole, so it is cut up here. What is decoded goes to where
 * the line was, of which it never needs as much as has been read. */
static kjwt_status run_stream(void *argument)
{
    struct verification *v = argument;
    struct kjwt_stream stream;

    (void)kjwt_stream_init(&stream, v->policy, v->work, v->work_size, v->token,
                           KJWT_STREAM_BUFFER(KJWT_MAX_TOKEN_LENGTH));
    for (size_t pos = 0; pos < v->token_len; pos += v->piece) {
        const size_t left = v->token_len - pos;

        (void)kjwt_stream_update(&stream, v->token + pos,
                                 left < v->piece ? left : v->piece);
    }
    return kjwt_stream_finish(&stream, v->now, &v->claims);
}

static kjwt_status run_delegated(void *argument)
{
    struct verification *v = argument;

    return kjwt_verify_delegated(v->policy, v->keyset, v->work, v->work_size,
                                 &v->certificate, v->token, v->token_len,
                                 v->now, &v->claims);
}

kjwt_status verification_run(struct verification *v,
                             struct measurement *measured)
{
    if (v->certificate.token != NULL)
        return measure_call(run_delegated, v, v->work, v->work_size, measured);
    if (v->piece > 0)
        return measure_call(run_stream, v, v->work, v->work_size, measured);
    return measure_verify(v->policy, v->work, v->work_size, v->token,
                          v->token_len, v->now, &v->claims, measured);
}
