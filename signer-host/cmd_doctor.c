/*
 * doctor: what is found where, what works, and what to do where it does not.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include <curl/curl.h>
#include <mbedtls/version.h>

#include "command.h"
#include "diagnosis.h"
#include "doctor_aws.h"
#include "key_holder.h"
#include "kjwt.h"
#include "output.h"

static void look_at_versions(struct diagnosis *diagnosis)
{
    const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);

    diagnosis_ok(diagnosis, "versions",
                 "signer-host %s; libcurl %s, %s; jansson %s; %s", KJWT_VERSION,
                 curl->version,
                 curl->ssl_version != NULL ? curl->ssl_version : "no TLS",
                 jansson_version_str(), MBEDTLS_VERSION_STRING_FULL);
}

/* Without a key: the way to KMS. */
static void look_at_aws(const struct key_options *options,
                        struct diagnosis *diagnosis)
{
    const struct aws_location location = {.region_option = options->region,
                                          .profile = options->profile};

    doctor_aws(&location, NULL, options->verbose, diagnosis);
}

static bool run(const struct options *options, struct error *error)
{
    const struct key_options reach = key_options_of(options);
    const char *uri = options_value(options, "key", 0);
    struct diagnosis diagnosis;
    bool done;

    if (!diagnosis_init(&diagnosis, error))
        return false;
    look_at_versions(&diagnosis);
    if (uri != NULL)
        key_holder_check(uri, &reach, &diagnosis);
    else
        look_at_aws(&reach, &diagnosis);
    diagnosis_print(&diagnosis, options_given(options, "json"));
    done = output_flush(error);
    if (done && diagnosis.status != EXIT_DONE) {
        /* The rows have told the reason. */
        error->status = diagnosis.status;
        error->text[0] = '\0';
        done = false;
    }
    diagnosis_free(&diagnosis);
    return done;
}

static const struct option_spec specs[] = {
    {"key", "URI", "look at this key, too", '\0', false},
    {"json", NULL, "the rows as a JSON array", '\0', false},
    KEY_OPTION_SPECS,
    {NULL, NULL, NULL, '\0', false},
};

const struct command cmd_doctor = {
    .name = "doctor",
    .summary = "Looks at configuration, credentials, KMS and a key",
    .usage = "[--key URI] [OPTION]...",
    .details =
        "Each row begins with ok, warning or FAILED. The exit status is 2 "
        "where the\nconfiguration or the way to KMS fails, 1 where KMS or the "
        "key says no, else 0. A key\nin KMS is asked to sign with DryRun; any "
        "other key signs a text that is no token.\n",
    .options = specs,
    .run = run,
};
