/*
 * Verifies the tokens that arrive on Serial, one a line.
 *
 * The public key is a file of this sketch, kjwt_keys.h. On the bench:
 *
 *   signer-host key create --key file:dev.pem
 *   signer-host key export --key file:dev.pem --format c -o kjwt_keys.h
 *   signer-host mint --key file:dev.pem --aud device-01
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <kjwt.h>

#if !__has_include("kjwt_keys.h")
#error "kjwt_keys.h is missing: signer-host key export --format c -o kjwt_keys.h"
#endif
#include "kjwt_keys.h"

static KJWT_WORK(work, KJWT_KEYS_MAX_BITS);
static char token[1200];
static size_t length = 0;

static void verify()
{
    kjwt_policy policy = {};
    kjwt_claims claims = {};
    char sub[64] = "";

    policy.keys = kjwt_keys;
    policy.key_count = KJWT_KEYS_COUNT;
    policy.audience = "device-01";
    policy.earliest = KJWT_KEYS_DATE;
    policy.options = KJWT_TIME_UNKNOWN_OK; // no clock: `exp` is not checked

    kjwt_status status = kjwt_verify(&policy, work, sizeof work, token, length,
                                     KJWT_TIME_UNKNOWN, &claims);
    if (status != KJWT_OK || !kjwt_claims_verified(&claims)) {
        Serial.print("rejected ");
        Serial.println(kjwt_status_name(status));
        return;
    }
    (void)kjwt_claims_string(&claims, "sub", sub, sizeof sub, nullptr);
    Serial.print("accepted, sub ");
    Serial.println(sub);
}

void setup()
{
    Serial.begin(115200);
    Serial.println("kjwt " KJWT_VERSION ": a token a line");
}

void loop()
{
    int byte = Serial.read();

    if (byte == '\n') {
        verify();
        length = 0;
    } else if (byte >= 0 && byte != '\r' && length < sizeof token) {
        token[length++] = (char)byte; // one that is too long will not verify
    }
}
