/*
 * `inspect`: any token, or a header and claims, with an empty line in between,
 * that become one; and what an argument, a file and standard input give it.
 *
 *     * BYTE     the rest over and over: about as much as it takes
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <unistd.h>

#include "../../signer-host/base64url.h"
#include "command.h"
#include "inspection.h"
#include "signer.h"
#include "token_input.h"

#define MAX_TOKEN ((size_t)1024 * 1024)

/* ------------------------------------------------- where it comes from --- */

static void check_taken(char *operand, const char *path, const void *bytes,
                        size_t len)
{
    static char ended[] = "--";
    static char from_file[] = "--token-file";
    char *file_arguments[] = {from_file, (char *)(uintptr_t)path};
    char *operands[] = {ended, operand};
    struct options options;
    struct input token;
    struct error error;

    must(options_parse(cmd_inspect.options, 2,
                       path != NULL ? file_arguments : operands, &options,
                       &error) &&
             token_input(&options, &token, &error),
         "a token is taken, whatever it is");
    must(token.len == len && (len == 0 || memcmp(token.data, bytes, len) == 0),
         "a token is taken as it is");
    input_free(&token);
    options_free(&options);
}

static void try_standard_input(const char *path, const uint8_t *bytes,
                               size_t len)
{
    static char dash[] = "-";
    int own = dup(STDIN_FILENO);
    int file = open(path, O_RDONLY | O_CLOEXEC);

    must(own >= 0 && file >= 0 && dup2(file, STDIN_FILENO) == STDIN_FILENO,
         "standard input can be a file");
    if (len > 0 && bytes[len - 1] == '\n')
        len -= len > 1 && bytes[len - 2] == '\r' ? 2 : 1;
    check_taken(dash, NULL, bytes, len);
    must(dup2(own, STDIN_FILENO) == STDIN_FILENO && close(own) == 0 &&
             close(file) == 0,
         "standard input comes back");
}

/* One byte more than a megabyte says that there is more. */
static void try_sources(const uint8_t *bytes, size_t len)
{
    const char *path = fuzz_file(0, bytes, len);
    const size_t taken = len <= MAX_TOKEN ? len : MAX_TOKEN + 1;
    char *text = fuzz_text(bytes, len);

    check_taken(NULL, path, bytes, taken);
    try_standard_input(path, bytes, taken);
    if (strcmp(text, "-") != 0)
        check_taken(text, NULL, text, strlen(text));
    free(text);
}

static void try_long(struct fuzz_input *input)
{
    const size_t len = MAX_TOKEN - 128 + fuzz_byte(input);
    uint8_t *bytes = calloc(1, len);

    must(bytes != NULL, "there is memory");
    for (size_t i = 0; i < len && input->len > 0; i++)
        bytes[i] = input->bytes[i % input->len];
    try_sources(bytes, len);
    free(bytes);
}

/* ------------------------------------------------------ what is in it --- */

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
    struct fuzz_input input = {data, size};

    if (fuzz_byte(&input) == '*')
        try_long(&input);
    else
        try_sources(data, size);
    if (claims.len > 0) {
        free(token.data);
        token = make(&header, &claims);
    }
    try_inspect(&token);
    input_free(&token);
    return 0;
}
