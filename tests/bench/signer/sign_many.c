/*
 * Mints tokens through a sign_queue, each checked by kjwt_verify() before it is
 * printed: what the bench measures and the fault tests torment.
 *
 * usage: sign_many URI COUNT IN-FLIGHT RATE
 *
 * The tokens go to standard output, errors to standard error as "NUMBER: why",
 * and a line of figures after them. SIGINT drains: no new jobs; a second one
 * gives up those under way. Exit status: 1 where a signature was refused, 2
 * where nothing could be signed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64url.h"
#include "key_holder.h"
#include "sign_queue.h"
#include "token.h"

#define INPUT_SIZE 1024
#define NOW        1800000000

struct token {
    struct sign_job job;
    unsigned number;
    char signing_input[INPUT_SIZE];
    struct token *next; /* the free ones */
};

struct run {
    struct sign_queue *queue;
    struct public_key key;
    unsigned count;
    unsigned started;
    unsigned failed;
    struct token *free;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted++;
}

static size_t put_part(char *text, const char *json)
{
    base64url_encode(json, strlen(json), text);
    return strlen(text);
}

static void start(struct run *run)
{
    struct token *token = run->free;
    char *text = token->signing_input;
    char json[512];
    size_t len;

    run->free = token->next;
    token->number = run->started++;
    (void)snprintf(json, sizeof json,
                   "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
                   run->key.kid);
    len = put_part(text, json);
    text[len++] = '.';
    (void)snprintf(json, sizeof json,
                   "{\"iss\":\"bench-7\",\"sub\":\"device-%05u\",\"aud\":"
                   "\"device\",\"iat\":%d,\"exp\":%d,\"role\":\"service\"}",
                   token->number, NOW, NOW + 86400);
    len += put_part(text + len, json);
    token->job = (struct sign_job){
        .message = text, .message_len = len, .context = token};
    sign_queue_submit(run->queue, &token->job);
}

/* Whether a device would take it; then it is printed. */
static bool print(struct run *run, const struct token *token)
{
    struct kjwt_key view = public_key_view(&run->key);
    struct kjwt_policy policy = {.keys = &view,
                                 .key_count = 1,
                                 .issuer = "bench-7",
                                 .audience = "device"};
    char text[INPUT_SIZE + BASE64URL_LENGTH(PUBLIC_KEY_MAX_BYTES) + 2];
    char scratch[KJWT_MAX_TOKEN_LENGTH];
    struct kjwt_claims claims;
    int len = snprintf(text, sizeof text, "%s.", token->signing_input);

    base64url_encode(token->job.signature, token->job.signature_len,
                     text + len);
    if (token_verify(&policy, text, strlen(text), NOW, scratch, &claims) !=
        KJWT_OK)
        return false;
    (void)puts(text);
    return true;
}

static void end(struct run *run, struct token *token)
{
    const char *why = NULL;

    if (!token->job.done)
        why = token->job.error.text;
    else if (!print(run, token))
        why = "the signature does not fit the key";
    if (why != NULL) {
        (void)fprintf(stderr, "%u: %s\n", token->number, why);
        run->failed++;
    }
    token->next = run->free;
    run->free = token;
}

static void mint(struct run *run)
{
    struct sign_job *job;

    for (;;) {
        while (!interrupted && run->started < run->count &&
               sign_queue_has_room(run->queue))
            start(run);
        if (sign_queue_pending(run->queue) == 0 || interrupted > 1)
            return;
        job = sign_queue_wait(run->queue, -1);
        if (job != NULL)
            end(run, job->context);
    }
}

static void report(const struct run *run)
{
    struct sign_queue_figures figures = sign_queue_figures(run->queue);

    (void)fprintf(stderr,
                  "{\"started\": %u, \"failed\": %u, \"rate\": %.1f, "
                  "\"throttled\": %" PRIu64 ", \"retried\": %" PRIu64 "}\n",
                  run->started, run->failed, figures.rate, figures.throttled,
                  figures.retried);
}

static bool open_key(const char *uri, struct key_holder **holder,
                     struct public_key *key, struct error *error)
{
    struct key_options options = {0};
    struct public_key *keys = NULL;
    size_t count;

    *holder = key_holder_open(uri, &options, error);
    if (*holder == NULL ||
        !(*holder)->class->public_keys(*holder, &keys, &count, error))
        return false;
    *key = keys[0];
    free(keys);
    return true;
}

static bool run_with(struct run *run, struct key_holder *holder,
                     const struct sign_queue_options *options,
                     struct error *error)
{
    struct token *tokens = calloc(options->in_flight, sizeof *tokens);

    if (tokens == NULL)
        return out_of_memory(error);
    for (unsigned i = 0; i < options->in_flight; i++) {
        tokens[i].next = run->free;
        run->free = &tokens[i];
    }
    run->queue = sign_queue_open(holder, options, error);
    if (run->queue != NULL) {
        mint(run);
        report(run);
        sign_queue_close(run->queue);
    }
    free(tokens);
    return run->queue != NULL;
}

int main(int argc, char **argv)
{
    struct sigaction on_interrupt = {.sa_handler = interrupt};
    struct key_holder *holder = NULL;
    struct run run = {0};
    struct error error;
    bool done;

    if (argc != 5)
        return EXIT_USAGE;
    run.count = (unsigned)strtoul(argv[2], NULL, 10);
    (void)sigaction(SIGINT, &on_interrupt, NULL);
    done = open_key(argv[1], &holder, &run.key, &error) &&
           run_with(&run, holder,
                    &(struct sign_queue_options){
                        .in_flight = (unsigned)strtoul(argv[3], NULL, 10),
                        .rate = strtod(argv[4], NULL)},
                    &error);
    key_holder_close(holder);
    if (!done) {
        (void)fprintf(stderr, "%s\n", error.text);
        return EXIT_USAGE;
    }
    return run.failed > 0 ? EXIT_REFUSED : EXIT_DONE;
}
