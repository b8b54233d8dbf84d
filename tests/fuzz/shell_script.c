/* SPDX-License-Identifier: Apache-2.0 */
#include "shell_script.h"

#include <stdio.h>

#include "signing.h"

#define FILL_MAX 20000u

static struct fuzz_input header_of(char kind)
{
    const char *header = "{\"alg\":\"RS256\"}";

    if (kind == 'k' || kind == 'K')
        header = "{\"alg\":\"RS256\",\"typ\":\"kjwt-keyset+jwt\"}";
    if (kind == 'c' || kind == 'C')
        header = "{\"alg\":\"RS256\",\"typ\":\"kjwt-cert+jwt\"}";
    return (struct fuzz_input){(const uint8_t *)header, strlen(header)};
}

static void to_hex(struct shell_token *token)
{
    char *digits = malloc(2 * token->len + 1);

    must(digits != NULL, "there is memory");
    for (size_t i = 0; i < token->len; i++)
        (void)snprintf(digits + 2 * i, 3, "%02x", (uint8_t)token->text[i]);
    free(token->text);
    token->text = digits;
    token->len *= 2;
}

static void write_token(struct shell_script *script, FILE *out, char kind,
                        const struct fuzz_input *claims)
{
    struct shell_token *token = &script->tokens[script->token_count++];
    const struct fuzz_input header = header_of(kind);

    token->kind = kind;
    token->claims = signing_fill_in(claims);
    if (strchr("oKC", kind) != NULL)
        token->text = signing_other_token(&header, &token->claims, &token->len);
    else
        token->text = signing_token(&header, &token->claims, &token->len);
    if (kind == 'h')
        to_hex(token);
    (void)fwrite(token->text, 1, token->len, out);
}

static void write_fill(FILE *out, const struct fuzz_input *number)
{
    char *digits = fuzz_text(number->bytes, number->len);
    unsigned long left = strtoul(digits, NULL, 10) % FILL_MAX;

    free(digits);
    while (left-- > 0)
        (void)fputc('A', out);
}

/* What stands behind '<'. */
static void write_marked(struct shell_script *script, FILE *out,
                         struct fuzz_input *input)
{
    const char kind = (char)fuzz_byte(input);
    const struct fuzz_input inner = fuzz_part(input, ">");

    if (kind == 'z')
        write_fill(out, &inner);
    else if (kind != '\0' && strchr("thokKcC", kind) != NULL &&
             script->token_count < SHELL_TOKENS)
        write_token(script, out, kind, &inner);
}

void shell_script_make(struct shell_script *script,
                       const struct fuzz_input *input)
{
    struct fuzz_input rest = *input;
    FILE *out = open_memstream(&script->text, &script->len);

    must(out != NULL, "there is memory");
    script->token_count = 0;
    while (rest.len > 0) {
        const uint8_t byte = fuzz_byte(&rest);

        if (byte == '<')
            write_marked(script, out, &rest);
        else
            (void)fputc(byte, out);
    }
    must(fclose(out) == 0, "there is memory");
}

void shell_script_free(struct shell_script *script)
{
    for (size_t i = 0; i < script->token_count; i++) {
        free(script->tokens[i].text);
        free((void *)(uintptr_t)script->tokens[i].claims.bytes);
    }
    free(script->text);
}
