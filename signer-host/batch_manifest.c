/*
 * The manifest: who minted what, signed by the same key.
 *
 * It is a JWS whose typ no device takes for a token's, and without exp. The
 * tokens are in it as the SHA-256 of the list beside it, so that it stays
 * small.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch.h"
#include "kjwt.h"
#include "token.h"

#define TYP "kjwt-manifest+jwt"

static bool build_header(const struct batch *batch, struct members *header,
                         struct error *error)
{
    const char *kid = members_get(&batch->signer.header, "kid");

    return members_set_string(header, "alg", "RS256", error) &&
           members_set_string(header, "typ", TYP, error) &&
           (kid == NULL || members_set_json(header, "kid", kid, error));
}

/* A run with a time of its own is reproducible in this, too. */
static int64_t finished(const struct batch *batch)
{
    return options_given(batch->options, "now") ? batch->now
                                                : (int64_t)time(NULL);
}

static bool set_digests(const struct batch *batch, const char *list_sha256,
                        const char *output_sha256, struct members *claims,
                        struct error *error)
{
    char *input;
    bool done = journal_get(batch->journal, "input", &input, error);

    done = done &&
           members_set_string(claims, "input_sha256",
                              input != NULL ? input : "", error) &&
           members_set_string(claims, "list_sha256", list_sha256, error) &&
           (output_sha256 == NULL ||
            members_set_string(claims, "output_sha256", output_sha256, error));
    free(input);
    return done;
}

static bool build_claims(const struct batch *batch, const char *list_sha256,
                         const char *output_sha256, struct members *claims,
                         struct error *error)
{
    struct journal_figures figures;

    return journal_figures(batch->journal, &figures, error) &&
           members_set_integer(claims, "iat", batch->now, error) &&
           members_set_integer(claims, "finished", finished(batch), error) &&
           members_set_string(claims, "tool", "signer-host " KJWT_VERSION,
                              error) &&
           members_set_string(claims, "key", batch->signer.holder->name,
                              error) &&
           members_set_string(claims, "key_thumbprint",
                              batch->signer.key.thumbprint, error) &&
           members_set_integer(claims, "count", figures.rows, error) &&
           members_set_string(claims, "format", batch->format->name, error) &&
           set_digests(batch, list_sha256, output_sha256, claims, error);
}

static bool sign(const struct batch *batch, const char *list_sha256,
                 const char *output_sha256, char **manifest,
                 struct error *error)
{
    const struct signer *signer = &batch->signer;
    struct members header = {.count = 0};
    struct members claims = {.count = 0};
    bool done =
        build_header(batch, &header, error) &&
        build_claims(batch, list_sha256, output_sha256, &claims, error) &&
        token_sign(signer->holder, &header, &claims, manifest, error) &&
        token_check(&signer->key, &header, &claims, *manifest, error) &&
        journal_set(batch->journal, "manifest", *manifest, error);

    if (!done)
        (void)error_in(error, "the manifest");
    members_free(&header);
    members_free(&claims);
    return done;
}

bool batch_manifest(const struct batch *batch, const char *list_sha256,
                    const char *output_sha256, char **manifest,
                    struct error *error)
{
    return journal_get(batch->journal, "manifest", manifest, error) &&
           (*manifest != NULL ||
            sign(batch, list_sha256, output_sha256, manifest, error));
}
