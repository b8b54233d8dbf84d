/*
 * lambda: mints tokens as an AWS Lambda function, in the custom runtime.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ca_bundle.h"
#include "command.h"
#include "kjwt.h"
#include "lambda_handler.h"

#define DEFAULT_IN_FLIGHT 10
#define MAX_IN_FLIGHT     100

/* -------------------------------------------------------------- ending --- */

/* Written by the signals' handler. */
static volatile sig_atomic_t idle;
static volatile sig_atomic_t ending;

/* Between invocations there is nothing to be finished. */
static void on_signal(int number)
{
    (void)number;
    if (idle)
        _exit(EXIT_DONE);
    ending = 1;
}

/* A second signal ends the process at once. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal,
                               .sa_flags = (int)SA_RESETHAND};

    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
}

/* ------------------------------------------------------- configuration --- */

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

static const struct option_spec specs[] = {
    {"key", "URI", "the key that signs; else KJWT_KEY", '\0', false},
    {"kid", "KID", "kid instead of the key's thumbprint; else KJWT_KID", '\0',
     false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

/* The options with what the environment says of those that are not given. */
static bool merge(const struct options *options, struct options *merged,
                  struct error *error)
{
    static const char *const names[] = {"KJWT_KEY", "KJWT_KID"};

    *merged = *options;
    merged->given = calloc(options->given_count + 2, sizeof *merged->given);
    if (merged->given == NULL)
        return out_of_memory(error);
    if (options->given_count > 0)
        memcpy(merged->given, options->given,
               options->given_count * sizeof *merged->given);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (environment(names[i]) != NULL &&
            !options_given(options, specs[i].name))
            merged->given[merged->given_count++] =
                (struct option){&specs[i], environment(names[i])};
    return options_given(merged, "key") ||
           error_set(error, EXIT_USAGE,
                     "KJWT_KEY is not set: the URI of the key that signs, like "
                     "awskms:///alias/NAME");
}

static bool load_in_flight(unsigned *in_flight, struct error *error)
{
    const char *text = environment("KJWT_IN_FLIGHT");
    long number = DEFAULT_IN_FLIGHT;
    char *end = NULL;

    if (text != NULL)
        number = strtol(text, &end, 10);
    *in_flight = (unsigned)number;
    return (number >= 1 && number <= MAX_IN_FLIGHT &&
            (end == NULL || *end == '\0')) ||
           error_set(error, EXIT_USAGE,
                     "KJWT_IN_FLIGHT is \"%.32s\": write a number from 1 to %d",
                     text, MAX_IN_FLIGHT);
}

static bool take_kind(const char *text, size_t len, bool takes[LAMBDA_KINDS])
{
    for (size_t i = 0; i < LAMBDA_KINDS; i++)
        if (strlen(lambda_kind_names[i]) == len &&
            memcmp(lambda_kind_names[i], text, len) == 0) {
            takes[i] = true;
            return true;
        }
    return false;
}

/* KJWT_EVENTS: a list of direct, http and sqs. */
static bool load_kinds(bool takes[LAMBDA_KINDS], struct error *error)
{
    const char *text = environment("KJWT_EVENTS");

    if (text == NULL)
        text = "direct,http,sqs";
    for (;;) {
        size_t len = strcspn(text, ",");

        if (!take_kind(text, len, takes))
            return error_set(error, EXIT_USAGE,
                             "KJWT_EVENTS has \"%.*s\": write a list of "
                             "direct, http and sqs",
                             (int)(len < 32 ? len : 32), text);
        if (text[len] == '\0')
            return true;
        text += len + 1;
    }
}

static bool open_output(struct lambda_handler *handler, struct error *error)
{
    const char *url = environment("KJWT_OUTPUT_QUEUE_URL");

    if (url == NULL)
        return true;
    handler->output = lambda_sqs_open(url, error);
    return handler->output != NULL;
}

/* Cheap mistakes are found before the network is asked. */
static bool open_handler(const struct options *options,
                         struct lambda_handler *handler, struct error *error)
{
    struct options merged = {.given = NULL};
    unsigned in_flight;
    bool done = merge(options, &merged, error) &&
                lambda_policy_load(&handler->policy, error) &&
                load_kinds(handler->takes, error) &&
                load_in_flight(&in_flight, error) &&
                open_output(handler, error) &&
                lambda_mint_open(&merged, in_flight, &handler->mint, error);

    free(merged.given);
    return done;
}

static void close_handler(struct lambda_handler *handler)
{
    lambda_mint_close(&handler->mint);
    lambda_sqs_close(handler->output);
}

/* ---------------------------------------------------------------- loop --- */

static bool deliver(struct lambda_handler *handler,
                    struct lambda_runtime *runtime,
                    const struct lambda_invocation *invocation, bool *again,
                    struct error *error)
{
    char *response = NULL;
    enum lambda_outcome outcome =
        lambda_handle(handler, invocation, &response, error);
    bool done;

    if (outcome == LAMBDA_DONE) {
        done =
            lambda_runtime_respond(runtime, invocation, response, again, error);
    } else {
        struct error why = *error;

        lambda_log(&handler->log, LAMBDA_ERROR, "%s: %s",
                   lambda_outcome_type(outcome), why.text);
        done = lambda_runtime_fail(runtime, invocation,
                                   lambda_outcome_type(outcome), why.text,
                                   again, error);
    }
    free(response);
    return done;
}

/* An invocation that fails is its caller's loss, not the next one's. */
static bool loop(struct lambda_handler *handler, struct lambda_runtime *runtime,
                 struct error *error)
{
    struct lambda_invocation invocation;
    bool again = true;

    while (!ending) {
        bool came;

        idle = 1;
        came = lambda_runtime_next(runtime, &invocation, error);
        idle = 0;
        if (!came)
            return false;
        handler->log.request_id = invocation.request_id;
        if (!deliver(handler, runtime, &invocation, &again, error)) {
            if (!again)
                return false;
            lambda_log(&handler->log, LAMBDA_ERROR, "%s", error->text);
        }
        handler->log.request_id = NULL;
    }
    return true;
}

/* ------------------------------------------------------------- command --- */

static bool serve(const struct options *options, struct lambda_handler *handler,
                  struct lambda_runtime *runtime, struct error *error)
{
    catch_signals();
    ca_bundle_find();
    if (!open_handler(options, handler, error)) {
        lambda_runtime_fail_init(runtime,
                                 error->status == EXIT_USAGE
                                     ? "Runtime.ConfigInvalid"
                                     : "Runtime.KeyRefused",
                                 error->text);
        return false;
    }
    lambda_log(&handler->log, LAMBDA_INFO,
               "signer-host " KJWT_VERSION " mints with %s",
               handler->mint.signer.holder->name);
    return loop(handler, runtime, error);
}

/* An error is told as a line of the log. */
static bool run(const struct options *options, struct error *error)
{
    struct lambda_handler handler = {.output = NULL};
    const char *api = environment("AWS_LAMBDA_RUNTIME_API");
    struct lambda_runtime *runtime;
    bool done;

    if (api == NULL)
        return error_set(error, EXIT_USAGE,
                         "AWS_LAMBDA_RUNTIME_API is not set: this command runs "
                         "in AWS Lambda, or under its Runtime Interface "
                         "Emulator");
    lambda_log_open(&handler.log);
    runtime = lambda_runtime_open(api, error);
    done = runtime != NULL && serve(options, &handler, runtime, error);
    if (!done)
        lambda_log(&handler.log, LAMBDA_ERROR, "%s", error->text);
    error->text[0] = '\0';
    close_handler(&handler);
    lambda_runtime_close(runtime);
    return done;
}

const struct command cmd_lambda = {
    .name = "lambda",
    .summary = "Mints tokens as an AWS Lambda function (custom runtime)",
    .usage = "[OPTION]...",
    .details =
        "Lambda starts it under the name bootstrap; AWS_LAMBDA_RUNTIME_API "
        "says where events come\nfrom. What it mints is set by the "
        "environment:\n\n"
        "  KJWT_KEY      the key's URI\n"
        "  KJWT_KID      kid instead of the key's thumbprint\n"
        "  KJWT_ISS      the issuer; a caller names this one or none\n"
        "  KJWT_SUB      the subject; unset: the caller's choice\n"
        "  KJWT_AUD      A,B,...: the audiences allowed; unset: any\n"
        "  KJWT_TTL      the lifetime where a caller names no exp: 24h\n"
        "  KJWT_MAX_TTL  the longest lifetime a caller may ask for: KJWT_TTL\n"
        "  KJWT_CLAIMS   A,B,...: the claims a caller may set; unset: all but "
        "jti\n"
        "  KJWT_JTI      auto: a random jti; unset: none\n"
        "  KJWT_EVENTS   what is taken: direct,http,sqs\n"
        "  KJWT_OUTPUT_QUEUE_URL  where the tokens of SQS messages go\n"
        "  KJWT_IN_FLIGHT  signatures under way at once: 10\n",
    .options = specs,
    .run = run,
};
