/*
 * From options to a key holder and a header.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "signer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mint_claims.h"
#include "time_text.h"

/* How far the bench's clock may be from KMS's, in seconds. */
#define CLOCK_WARN   30
#define CLOCK_REFUSE 300

static bool check_message_type(const struct options *options,
                               struct error *error)
{
    const char *type = options_value(options, "message-type", 0);

    return type == NULL || strcmp(type, "RAW") == 0 ||
           strcmp(type, "DIGEST") == 0 ||
           error_set(error, EXIT_USAGE, "--message-type %s: RAW or DIGEST",
                     type);
}

static bool open_key(const struct options *options, struct signer *signer,
                     struct error *error)
{
    struct key_options reach = key_options_of(options);
    struct public_key *keys = NULL;
    size_t count = 0;
    const char *uri;

    if (!options_require(options, "key", &uri, error))
        return false;
    signer->holder = key_holder_open(uri, &reach, error);
    if (signer->holder == NULL || !signer->holder->class->public_keys(
                                      signer->holder, &keys, &count, error))
        return false;
    signer->key = keys[0];
    free(keys);
    return true;
}

static bool build_header(const struct options *options, struct signer *signer,
                         struct error *error)
{
    const char *kid = options_value(options, "kid", 0);
    bool none = options_given(options, "no-kid");

    if (kid != NULL && none)
        return error_set(error, EXIT_USAGE,
                         "--kid and --no-kid exclude each other");
    if (kid != NULL && !public_key_set_kid(&signer->key, kid, error))
        return false;
    return mint_header(options, none ? NULL : signer->key.kid, &signer->header,
                       error);
}

bool signer_open(const struct options *options, struct signer *signer,
                 struct error *error)
{
    return check_message_type(options, error) &&
           open_key(options, signer, error) &&
           build_header(options, signer, error);
}

void signer_close(struct signer *signer)
{
    key_holder_close(signer->holder);
    members_free(&signer->header);
    signer->holder = NULL;
}

bool signer_check_clock(const struct signer *signer,
                        const struct options *options, int64_t now,
                        struct error *error)
{
    char here[TIME_TEXT_SIZE];
    char there[TIME_TEXT_SIZE];
    int64_t offset;

    if (options_given(options, "now") ||
        signer->holder->class->clock_offset == NULL ||
        !signer->holder->class->clock_offset(signer->holder, &offset))
        return true;
    time_format(now, here);
    time_format(now + offset, there);
    if (offset > CLOCK_REFUSE || offset < -CLOCK_REFUSE)
        return error_set(error, EXIT_REFUSED,
                         "this machine's clock says %s and KMS says %s: set "
                         "the clock, or give the time as --now",
                         here, there);
    if (offset > CLOCK_WARN || offset < -CLOCK_WARN)
        (void)fprintf(stderr,
                      "signer-host: warning: this machine's clock says %s and "
                      "KMS says %s\n",
                      here, there);
    return true;
}
