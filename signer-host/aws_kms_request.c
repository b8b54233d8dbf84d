/*
 * One call to AWS KMS, from one try to the next.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_kms_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aws_json.h"
#include "flat_json.h"
#include "random.h"

/* AWS takes requests of a clock that is 5 minutes wrong. */
#define SKEW_S 240

/* Where credentials come from may be slow, and is not asked for each request.
 */
#define REFRESH_PAUSE_US (10 * INT64_C(1000000))

static void end(struct aws_kms_request *request)
{
    request->state = AWS_KMS_ENDED;
}

static void try_again(struct aws_kms_request *request, int64_t due_us)
{
    request->state = AWS_KMS_WAITING;
    request->due_us = due_us;
    request->kms->figures.retried++;
}

/* --------------------------------------------------------- credentials --- */

/* The signer keeps the day's key, which belongs to the old secret. */
void aws_kms_use_credentials(struct aws_kms *kms)
{
    aws_sigv4_clear(&kms->signer);
    kms->signer.access_key_id = kms->credentials.access_key_id;
    kms->signer.secret_access_key = kms->credentials.secret_access_key;
    kms->signer.region = kms->endpoint.region;
    kms->signer.service = "kms";
    kms->generation++;
}

/* refused: AWS says that those at hand have expired. *asked_us is when that
 * was last asked. */
static bool refresh_credentials(struct aws_kms *kms, bool refused,
                                int64_t *asked_us, int64_t now_us,
                                struct error *error)
{
    bool changed;
    bool hold;

    if (now_us - *asked_us < REFRESH_PAUSE_US)
        return true;
    *asked_us = now_us;
    hold = aws_credentials_refresh(kms->profile, kms->endpoint.region, refused,
                                   &kms->credentials, &changed, error);
    if (changed)
        aws_kms_use_credentials(kms);
    if (changed && kms->verbose)
        (void)fprintf(stderr, "signer-host: new credentials: %s\n",
                      kms->credentials.source);
    return hold;
}

/* Whether there are others now instead of those that have expired. Of several
 * requests that are refused the first one finds them. */
static bool renew_credentials(struct aws_kms_request *request, int64_t now_us)
{
    struct aws_kms *kms = request->kms;
    struct error unused;

    if (request->renewed || !aws_error_is_of_expiry(request->refusal.name))
        return false;
    request->renewed = true;
    if (request->generation == kms->generation)
        (void)refresh_credentials(kms, true, &kms->renewed_us, now_us, &unused);
    return request->generation != kms->generation;
}

/* --------------------------------------------------------------- clock --- */

static void note_clock(struct aws_kms_request *request)
{
    struct aws_kms *kms = request->kms;
    int64_t date;

    if (!aws_http_date(request->exchange, &date))
        return;
    kms->offset = date - (int64_t)time(NULL);
    kms->offset_known = true;
}

/* Whether the next try goes by another clock: KMS's instead of this machine's,
 * or after somebody has set this machine's. */
static bool correct_clock(struct aws_kms_request *request)
{
    struct aws_kms *kms = request->kms;

    if (request->corrected || !aws_error_is_of_clock(request->refusal.name) ||
        !kms->offset_known || llabs(kms->offset - request->correction) < SKEW_S)
        return false;
    request->corrected = true;
    if (kms->verbose && kms->correction != kms->offset)
        (void)fprintf(stderr,
                      "signer-host: this machine's clock is %" PRId64
                      " s off; requests go by KMS's\n",
                      kms->offset);
    kms->correction = kms->offset;
    return true;
}

/* ------------------------------------------------------------- sending --- */

static bool start_exchange(struct aws_kms_request *request)
{
    struct aws_kms *kms = request->kms;
    char target[64];

    (void)snprintf(target, sizeof target, "TrentService.%s",
                   request->operation);
    request->exchange =
        aws_json_start(kms->http, &kms->endpoint, &kms->signer,
                       &(struct aws_json_request){
                           .content_type = "application/x-amz-json-1.1",
                           .target = target,
                           .body = request->body,
                           .session_token = kms->credentials.session_token,
                           .time = (int64_t)time(NULL) + kms->correction,
                           .once = request->repeat == AWS_KMS_ONCE,
                           .context = request});
    return request->exchange != NULL || out_of_memory(request->error);
}

void aws_kms_request_send(struct aws_kms_request *request, int64_t now_us)
{
    struct aws_kms *kms = request->kms;

    if (!refresh_credentials(kms, false, &kms->checked_us, now_us,
                             request->error) ||
        !start_exchange(request)) {
        end(request);
        return;
    }
    request->state = AWS_KMS_FLYING;
    request->sent_us = now_us;
    request->correction = kms->correction;
    request->generation = kms->generation;
    request->refusal.name[0] = '\0';
}

/* ------------------------------------------------------------- judging --- */

static void read_refusal(struct aws_kms_request *request)
{
    const struct aws_http_exchange *exchange = request->exchange;
    size_t len;
    const char *body = aws_http_body(exchange, &len);

    aws_error_read(body, len, aws_http_header(exchange, "x-amzn-ErrorType"),
                   aws_http_header(exchange, "x-amzn-RequestId"),
                   &request->refusal);
    aws_kms_hide_token(request);
}

/* Operations without a result answer with an empty body, or null. */
static void take_answer(struct aws_kms_request *request)
{
    size_t len;
    const char *body = aws_http_body(request->exchange, &len);
    json_t *answer = flat_json_load(body, len);

    if (len == 0 || json_is_null(answer))
        answer = json_object();
    if (json_is_object(answer)) {
        request->answer = answer;
        return;
    }
    json_decref(answer);
    read_refusal(request);
    request->refusal.name[0] = '\0';
    aws_kms_set_unreadable(request, "no JSON object");
}

/* AWS_RETRY_NOT where there is an answer, or no use in another try. */
static enum aws_retry_cause judge_answer(struct aws_kms_request *request)
{
    long status = aws_http_status(request->exchange);

    note_clock(request);
    if (status == 200) {
        aws_kms_say_answer(request);
        take_answer(request);
        return AWS_RETRY_NOT;
    }
    read_refusal(request);
    aws_kms_say_answer(request);
    if (request->refusal.name[0] != '\0')
        aws_kms_set_refusal(request);
    else
        aws_kms_set_unreadable(request, "no error that KMS knows");
    return aws_retry_cause_of(status, request->refusal.name);
}

static enum aws_retry_cause judge_try(struct aws_kms_request *request)
{
    switch (aws_http_result(request->exchange, request->error)) {
    case AWS_HTTP_ANSWERED:
        return judge_answer(request);
    case AWS_HTTP_TIMED_OUT:
        return AWS_RETRY_TIMEOUT;
    case AWS_HTTP_FAILED:
        return AWS_RETRY_TRANSIENT;
    default:
        return AWS_RETRY_NOT;
    }
}

/* Whether KMS may have done what must not be done twice. */
static bool may_be_done(const struct aws_kms_request *request,
                        enum aws_retry_cause cause)
{
    return request->repeat == AWS_KMS_ONCE &&
           (cause == AWS_RETRY_TRANSIENT || cause == AWS_RETRY_TIMEOUT) &&
           aws_http_was_sent(request->exchange);
}

static void slow_down(const struct aws_kms_request *request, int64_t now_us)
{
    struct aws_kms *kms = request->kms;

    kms->figures.throttled++;
    if (kms->retry.adaptive &&
        rate_limit_throttled(&kms->rate, request->sent_us, now_us) &&
        kms->verbose)
        (void)fprintf(stderr,
                      "signer-host: throttled: %.1f requests a second now\n",
                      kms->rate.rate);
}

/* After a try that failed. */
static void decide(struct aws_kms_request *request, enum aws_retry_cause cause,
                   int64_t now_us)
{
    struct aws_kms *kms = request->kms;
    uint32_t random = UINT32_MAX;

    if (cause == AWS_RETRY_THROTTLED)
        slow_down(request, now_us);
    if (correct_clock(request) || renew_credentials(request, now_us)) {
        try_again(request, now_us);
        return;
    }
    if (may_be_done(request, cause)) {
        aws_kms_say_may_be_done(request);
        end(request);
        return;
    }
    if (!aws_retry_take(&kms->retry, &request->retry, cause)) {
        aws_kms_say_attempts(request);
        end(request);
        return;
    }
    if (kms->verbose)
        (void)fprintf(stderr, "signer-host: %s; trying again\n",
                      request->error->text);
    (void)random_bytes(NULL, (unsigned char *)&random, sizeof random);
    try_again(request, now_us + INT64_C(1000) * aws_retry_delay_ms(
                                                    &request->retry, random));
}

void aws_kms_request_judge(struct aws_kms_request *request, int64_t now_us)
{
    enum aws_retry_cause cause = judge_try(request);

    if (request->answer != NULL) {
        aws_retry_refund(&request->kms->retry, &request->retry);
        end(request);
    } else {
        decide(request, cause, now_us);
    }
    aws_http_end(request->exchange);
    request->exchange = NULL;
}
