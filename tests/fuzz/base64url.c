/*
 * base64url and base64: exactly what an encoder produces is accepted (RFC 4648
 * 3.3, 3.5), by the device's decoder, by the signer's, and by what OpenSSL's
 * encoder makes of the bytes again where it is there.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "fuzz.h"

#include "../../signer-host/base64url.h"
#include "../../verifier/src/base64url.h"
#include "base64.h"

static void check_signer(const char *text, size_t len, bool accepted,
                         const char *bytes, size_t bytes_len)
{
    uint8_t *out = malloc(bytes_len);
    size_t out_len = 0;

    must(base64url_decode(text, len, out, bytes_len, &out_len) == accepted,
         "device and signer accept the same base64url");
    if (accepted) {
        must(out_len == bytes_len && memcmp(out, bytes, bytes_len) == 0,
             "device and signer decode alike");
        must(bytes_len == 0 || !base64url_decode(text, len, out, bytes_len - 1,
                                                 &out_len),
             "a buffer that is too small is noticed");
    }
    free(out);
}

static void check_base64(const char *text, size_t len)
{
    uint8_t *bytes = malloc(len);
    char *again = malloc(BASE64_LENGTH(len) + 1);
    size_t bytes_len = 0;

    if (base64_decode(text, len, bytes, len, &bytes_len)) {
        base64_encode(bytes, bytes_len, again);
        must(strlen(again) == len && memcmp(again, text, len) == 0,
             "base64 has one spelling");
    }
    free(bytes);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size);
    char *copy = fuzz_copy(data, size);
    char *again = malloc(BASE64URL_LENGTH(size) + 1);
    size_t len = SIZE_MAX;
    bool accepted = kjwt_base64url_decode(copy, size, &len) == KJWT_OK;

    must(len <= size, "decoding in place does not grow");
    base64url_encode(copy, len, again);
    must(accepted ==
             (strlen(again) == size && memcmp(again, text, size) == 0),
         "what is accepted is what encoding the bytes again gives");
    check_signer(text, size, accepted, copy, len);
    check_base64(text, size);
    free(text);
    free(copy);
    free(again);
    return 0;
}
