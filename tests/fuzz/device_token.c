/* SPDX-License-Identifier: Apache-2.0 */
#include "device_token.h"

#include <inttypes.h>
#include <stdio.h>

#include "verify_steps.h"

int64_t device_time(uint8_t byte)
{
    return byte == 0 ? KJWT_TIME_UNKNOWN : BUILT + (byte - 64) * (HOUR / 2);
}

/* ,"NAME":"TEXT", each character as itself or escaped. */
static void write_string(FILE *out, const char *name, const char *text,
                         bool escaped)
{
    (void)fprintf(out, ",\"%s\":\"", name);
    for (; *text != '\0'; text++)
        (void)fprintf(out, escaped ? "\\u%04x" : "%c", (unsigned char)*text);
    (void)fputc('"', out);
}

static void write_date(FILE *out, const char *name, int64_t date)
{
    if (date > 0)
        (void)fprintf(out, ",\"%s\":%" PRId64, name, date);
}

static void write_issuer(struct device_token *token, FILE *out, uint8_t byte)
{
    static const char *const names[ISSUER_COUNT] = {"", "a", "ab"};

    token->issuer = byte / 2 % 4 % ISSUER_COUNT;
    if (byte / 2 % 4 != ISSUER_COUNT)
        write_string(out, "iss", names[token->issuer], byte & 1);
}

static void write_device(struct device_token *token, FILE *out, uint8_t byte)
{
    static const char *const ids[] = {DEVICE_ID, DEVICE_ID "0", "c0ffe", ""};

    token->ours = byte % 4 == 0;
    (void)fputs(",\"device\":{\"x\":1", out);
    if (byte % 8 < 4)
        write_string(out, "id", ids[byte % 4], byte & 8);
    else
        token->ours = false;
    (void)fputc('}', out);
}

static void write_sequence(struct device_token *token, FILE *out, uint8_t byte)
{
    static const struct {
        const char *text;
        int64_t value;
    } special[] = {{"9223372036854775807", INT64_MAX},
                   {"9223372036854775806", INT64_MAX - 1},
                   {"9223372036854775808", -1},
                   {"18446744073709551617", -1},
                   {"-1", -1},
                   {"7.0", -1},
                   {"\"7\"", -1},
                   {"[7]", -1}};

    token->seq = byte;
    if (byte < 240)
        (void)fprintf(out, ",\"seq\":%u", (unsigned)byte);
    else if (byte < 248)
        (void)fprintf(out, ",\"seq\":%s", special[byte - 240].text);
    if (byte >= 240)
        token->seq = byte < 248 ? special[byte - 240].value : -1;
}

static void write_jti(struct device_token *token, FILE *out, uint8_t byte)
{
    static const char *const names[] = {"", "a", "b", "ab", "ba", "bb"};

    token->jti = byte / 2 % 7 - 1;
    if (token->jti >= 0)
        write_string(out, "jti", names[token->jti], byte & 1);
}

static void write_nonce(struct device_token *token, FILE *out, uint8_t byte,
                        char nonces[][KJWT_NONCE_SIZE], size_t count)
{
    const size_t back = byte / 8 % 4;

    token->nonce[0] = '\0';
    if (byte % 8 == 0 || count <= back)
        return;
    (void)snprintf(token->nonce, sizeof token->nonce, "%s%s",
                   nonces[count - 1 - back], byte % 8 == 1 ? "0" : "");
    if (byte % 8 == 2)
        token->nonce[KJWT_NONCE_SIZE - 2] = '\0';
    write_string(out, "nonce", token->nonce, byte & 128);
}

void device_token_make(struct device_token *token, struct fuzz_input *input,
                       char nonces[][KJWT_NONCE_SIZE], size_t nonce_count)
{
    FILE *out;
    uint8_t exp;

    memset(token, 0, sizeof *token);
    out = open_memstream(&token->json, &token->len);
    must(out != NULL, "there is memory");
    (void)fputs("{\"x\":[]", out);
    write_device(token, out, fuzz_byte(input));
    write_issuer(token, out, fuzz_byte(input));
    write_sequence(token, out, fuzz_byte(input));
    write_jti(token, out, fuzz_byte(input));
    write_nonce(token, out, fuzz_byte(input), nonces, nonce_count);
    token->iat = device_time(fuzz_byte(input));
    token->nbf = device_time(fuzz_byte(input));
    exp = fuzz_byte(input);
    token->exp = exp == 0 ? -1 : device_time(exp);
    write_date(out, "exp", token->exp);
    write_date(out, "iat", token->iat);
    write_date(out, "nbf", token->nbf);
    (void)fputc('}', out);
    must(fclose(out) == 0, "there is memory");
}

void device_token_free(struct device_token *token)
{
    free(token->json);
}

kjwt_status device_token_verify(const struct device_token *token,
                                const struct kjwt_policy *policy, void *work,
                                int64_t now, struct kjwt_claims *claims)
{
    struct kjwt_json_object object;
    uint32_t proof = KJWT_PROOF_ALL - KJWT_PROOF_POLICY;
    kjwt_status status =
        kjwt_json_parse(&object, token->json, token->len, work);

    must(status == KJWT_OK, "a token holds JSON");
    memset(claims, 0, sizeof *claims);
    claims->json = token->json;
    claims->json_len = token->len;
    status = kjwt_policy_check(policy, &object, now, &claims->time_checked,
                               &proof);
    return kjwt_step_end(status, proof, claims);
}
