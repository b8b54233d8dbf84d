/*
 * A client of AWS KMS: its calls, and what they need.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "aws_kms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws_kms_request.h"
#include "flat_json.h"
#include "monotonic.h"

/* ------------------------------------------------------------- requests --- */

static struct aws_kms_request *
new_request(struct aws_kms *kms, const char *operation,
            enum aws_kms_repeat repeat, json_t *parameters, struct error *error)
{
    struct aws_kms_request *request = calloc(1, sizeof *request);
    char *body = flat_json_dump(parameters);

    if (request == NULL || body == NULL) {
        free(request);
        free(body);
        json_decref(parameters);
        (void)out_of_memory(error);
        return NULL;
    }
    request->kms = kms;
    request->error = error;
    request->operation = operation;
    request->parameters = parameters;
    request->body = body;
    request->repeat = repeat;
    *kms->last = request;
    kms->last = &request->next;
    return request;
}

static void take_out(struct aws_kms_request *request)
{
    struct aws_kms *kms = request->kms;
    struct aws_kms_request **at = &kms->first;

    while (*at != request)
        at = &(*at)->next;
    *at = request->next;
    if (kms->last == &request->next)
        kms->last = at;
}

json_t *aws_kms_finish(struct aws_kms_request *request)
{
    json_t *answer = request->answer;

    take_out(request);
    if (request->exchange != NULL)
        aws_http_end(request->exchange);
    json_decref(request->parameters);
    free(request->body);
    free(request);
    return answer;
}

void aws_kms_cancel(struct aws_kms *kms)
{
    while (kms->first != NULL)
        json_decref(aws_kms_finish(kms->first));
}

void *aws_kms_context(const struct aws_kms_request *request)
{
    return request->context;
}

/* ------------------------------------------------------------- running --- */

static struct aws_kms_request *find_ended(const struct aws_kms *kms)
{
    for (struct aws_kms_request *at = kms->first; at != NULL; at = at->next)
        if (at->state == AWS_KMS_ENDED)
            return at;
    return NULL;
}

/* Sends what is due and what the rate lets go. Returns when there is more. */
static int64_t send_due(struct aws_kms *kms, int64_t now_us)
{
    int64_t next_us = MONOTONIC_NEVER;
    int64_t pause_us;

    for (struct aws_kms_request *at = kms->first; at != NULL; at = at->next) {
        if (at->state != AWS_KMS_WAITING)
            continue;
        if (at->due_us > now_us) {
            next_us = at->due_us < next_us ? at->due_us : next_us;
            continue;
        }
        pause_us = rate_limit_take(&kms->rate, now_us);
        if (pause_us > 0)
            return now_us + pause_us < next_us ? now_us + pause_us : next_us;
        aws_kms_request_send(at, now_us);
    }
    return next_us;
}

/* Works until until_us or until something has happened. False: a signal
 * came. */
static bool step(struct aws_kms *kms, int64_t until_us)
{
    int64_t now = monotonic_us();
    int64_t next = send_due(kms, now);
    struct aws_http_exchange *exchange;

    if (find_ended(kms) != NULL)
        until_us = now;
    if (!aws_http_work(kms->http, monotonic_poll_ms(
                                      now, next < until_us ? next : until_us)))
        return false;
    now = monotonic_us();
    while ((exchange = aws_http_next(kms->http)) != NULL)
        aws_kms_request_judge(aws_http_context(exchange), now);
    return true;
}

struct aws_kms_request *aws_kms_start(struct aws_kms *kms,
                                      const char *operation, json_t *parameters,
                                      void *context, struct error *error)
{
    struct aws_kms_request *request =
        new_request(kms, operation, AWS_KMS_REPEATABLE, parameters, error);

    if (request != NULL)
        request->context = context;
    return request;
}

struct aws_kms_request *aws_kms_wait(struct aws_kms *kms, int timeout_ms)
{
    int64_t until = timeout_ms < 0
                        ? MONOTONIC_NEVER
                        : monotonic_us() + (int64_t)timeout_ms * 1000;
    struct aws_kms_request *ended = find_ended(kms);

    while (ended == NULL && kms->first != NULL && step(kms, until)) {
        ended = find_ended(kms);
        if (monotonic_us() >= until)
            break;
    }
    return ended;
}

json_t *aws_kms_call(struct aws_kms *kms, const char *operation,
                     enum aws_kms_repeat repeat, json_t *parameters,
                     struct error *error)
{
    struct aws_kms_request *request =
        new_request(kms, operation, repeat, parameters, error);

    kms->error_name[0] = '\0';
    if (request == NULL)
        return NULL;
    /* A signal whose handler returns is no reason to give up. */
    while (request->state != AWS_KMS_ENDED)
        (void)step(kms, MONOTONIC_NEVER);
    memcpy(kms->error_name, request->refusal.name, sizeof kms->error_name);
    return aws_kms_finish(request);
}

void aws_kms_tune(struct aws_kms *kms, unsigned in_flight, double rate)
{
    aws_http_set_connections(kms->http, in_flight);
    rate_limit_init(&kms->rate, rate, monotonic_us());
    kms->retry.adaptive = true;
}

struct aws_kms_figures aws_kms_figures(const struct aws_kms *kms)
{
    struct aws_kms_figures figures = kms->figures;

    figures.rate = kms->rate.rate;
    return figures;
}

/* -------------------------------------------------------------- answer --- */

bool aws_kms_unexpected(const char *operation, const char *what,
                        struct error *error)
{
    return error_set(error, EXIT_REFUSED,
                     "KMS's answer to %s has %s: check the endpoint URL",
                     operation, what);
}

const char *aws_kms_string(const json_t *answer, const char *name,
                           const char *operation, struct error *error)
{
    const char *value = json_string_value(json_object_get(answer, name));
    char what[64];

    (void)snprintf(what, sizeof what, "no string %s", name);
    if (value == NULL)
        (void)aws_kms_unexpected(operation, what, error);
    return value;
}

bool aws_kms_is_key_arn(const char *text)
{
    return strncmp(text, "arn:", 4) == 0 && strstr(text, ":kms:") != NULL &&
           strstr(text, ":key/") != NULL &&
           text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789:/-")] ==
               '\0';
}

/* ------------------------------------------------------------- the rest --- */

const char *aws_kms_error_name(const struct aws_kms *kms)
{
    return kms->error_name;
}

const char *aws_kms_region(const struct aws_kms *kms)
{
    return kms->endpoint.region;
}

bool aws_kms_clock_offset(const struct aws_kms *kms, int64_t *seconds)
{
    *seconds = kms->offset;
    return kms->offset_known;
}

/* --------------------------------------------------------------- setup --- */

static bool set_up(struct aws_kms *kms, const struct aws_location *location,
                   struct error *error)
{
    if (location->profile != NULL) {
        kms->profile = strdup(location->profile);
        if (kms->profile == NULL)
            return out_of_memory(error);
    }
    if (!aws_retry_init(&kms->retry, error) ||
        !aws_endpoint_find(location, &kms->endpoint, error) ||
        !aws_credentials_load(location->profile, kms->endpoint.region,
                              &kms->credentials, error))
        return false;
    aws_kms_use_credentials(kms);
    kms->http = aws_http_open(&kms->endpoint, error);
    return kms->http != NULL;
}

struct aws_kms *aws_kms_open(const struct aws_location *location, bool verbose,
                             struct error *error)
{
    struct aws_kms *kms = calloc(1, sizeof *kms);

    if (kms == NULL) {
        (void)out_of_memory(error);
        return NULL;
    }
    kms->verbose = verbose;
    kms->last = &kms->first;
    kms->checked_us = INT64_MIN / 2;
    kms->renewed_us = INT64_MIN / 2;
    rate_limit_init(&kms->rate, 0, monotonic_us());
    if (!set_up(kms, location, error)) {
        aws_kms_close(kms);
        return NULL;
    }
    if (verbose)
        (void)fprintf(
            stderr, "signer-host: KMS at %s, Region %s, credentials: %s\n",
            kms->endpoint.url, kms->endpoint.region, kms->credentials.source);
    return kms;
}

void aws_kms_close(struct aws_kms *kms)
{
    if (kms == NULL)
        return;
    aws_kms_cancel(kms);
    aws_http_close(kms->http);
    aws_sigv4_clear(&kms->signer);
    aws_credentials_clear(&kms->credentials);
    aws_endpoint_clear(&kms->endpoint);
    free(kms->profile);
    free(kms);
}
