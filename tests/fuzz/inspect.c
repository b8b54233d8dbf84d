/*
 * `inspect`: any token, or a header and claims, with an empty line in between,
 * that become one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "../../signer-host/base64url.h"
#include "inspection.h"
#include "signer.h"

/* header.claims.AAAA */
static struct input make(const struct fuzz_input *header,
                         const struct fuzz_input *claims)
{
    struct input token = {.data = malloc(BASE64URL_LENGTH(header->len) +
                                         BASE64URL_LENGTH(claims->len) + 8)};

    must(token.data != NULL, "there is memory");
    base64url_encode(header->bytes, header->len, token.data);
    (void)strcat(token.data, ".");
    base64url_encode(claims->bytes, claims->len,
                     token.data + strlen(token.data));
    (void)strcat(token.data, ".AAAA");
    token.len = strlen(token.data);
    return token;
}

static void try_inspect(const struct input *token)
{
    struct inspection inspection = {.objection_count = 0};
    struct error error = {.text = ""};

    must(inspect(token, 1800000000, &inspection, &error),
         "whatever it is, it is shown");
    must(inspection.objection_count <= INSPECTION_MAX_OBJECTIONS,
         "objections have room");
    for (size_t i = 0; i < inspection.objection_count; i++)
        must(inspection.objections[i] != KJWT_OK, "an objection is one");
    inspection_free(&inspection);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input claims = {data, size};
    struct fuzz_input header = fuzz_paragraph(&claims);
    struct input token = {.data = fuzz_text(data, size), .len = size};

    if (claims.len > 0) {
        free(token.data);
        token = make(&header, &claims);
    }
    try_inspect(&token);
    input_free(&token);
    return 0;
}
