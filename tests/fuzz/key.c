/*
 * file: keys: PEM, DER, JWK and JWK Sets. What is taken comes out of every
 * export format as the same key, and a key's name or kid never breaks out of
 * the C that is generated.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "key_export.h"
#include "key_holder.h"
#include "signer.h"

static char *export(const struct key_export *what, const char *format,
                    size_t *len)
{
    struct error error;
    const struct key_format *writer = key_format_find(format, &error);
    char *text = NULL;

    must(writer != NULL && writer->write(what, &text, len, &error),
         "a key that was taken can be exported");
    return text;
}

static void check_again(const struct public_key *key, bool done,
                        const struct public_key *again)
{
    must(done && again->bits == key->bits &&
             memcmp(again->modulus, key->modulus, key->bits / 8) == 0 &&
             memcmp(again->n, key->n, key->bits / 8) == 0 &&
             memcmp(again->target, key->target, key->bits / 8) == 0 &&
             strcmp(again->thumbprint, key->thumbprint) == 0,
         "an exported key is taken as the same key");
}

static void check_round_trip(const struct key_export *what)
{
    struct public_key again;
    struct error error;
    size_t len;
    char *text = export(what, "der", &len);
    json_t *jwk;

    check_again(what->keys,
                public_key_from_der((uint8_t *)text, len, &again, &error),
                &again);
    free(text);
    text = export(what, "jwk", &len);
    jwk = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    check_again(what->keys, public_key_from_jwk(jwk, &again, &error), &again);
    must(strcmp(again.kid, what->keys->kid) == 0, "a JWK keeps the kid");
    json_decref(jwk);
    free(text);
    text = export(what, "pem", &len);
    text = realloc(text, len + 1);
    text[len] = '\0';
    check_again(what->keys, public_key_from_pem(text, &again, &error), &again);
    free(text);
}

/* Cuts comments and what is between quotes, as a C compiler reads them. */
static void strip(char *text)
{
    char *out = text;
    bool comment = false;
    bool quoted = false;

    for (; *text != '\0'; text++) {
        if (comment) {
            comment = strncmp(text, "*/", 2) != 0;
            text += !comment;
        } else if (quoted) {
            must(*text != '\n', "a string ends on its line");
            quoted = *text != '"';
            text += *text == '\\' && text[1] != '\0';
        } else if (strncmp(text, "/*", 2) == 0) {
            comment = true;
            text++;
        } else {
            quoted = *text == '"';
            *out++ = *text;
        }
    }
    must(!comment && !quoted, "comments and strings end");
    *out = '\0';
}

static char *skeleton(const struct public_key *key, const char *name)
{
    const struct key_export what = {
        .keys = key, .names = &name, .count = 1, .date = 1800000000};
    size_t len;
    char *text = export(&what, "c", &len);

    text = realloc(text, len + 1);
    text[len] = '\0';
    must(strlen(text) == len && strstr(text, "?" "?") == NULL,
         "the C text holds no NUL and no trigraph");
    strip(text);
    return text;
}

static void check_c(const struct public_key *key, const char *name)
{
    struct public_key plain = *key;
    struct error error;
    char *text = skeleton(key, name);
    char *expected;

    must(public_key_set_kid(&plain, "kid", &error), "a kid can be set");
    expected = skeleton(&plain, "file:key.pem");
    must(strcmp(text, expected) == 0, "name and kid stay in their place");
    free(text);
    free(expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct key_options options = {.region = NULL};
    char uri[64];
    char *name = fuzz_text(data, size);
    struct error error = {.text = ""};
    struct key_holder *holder;
    struct public_key *keys = NULL;
    size_t count = 0;

    (void)snprintf(uri, sizeof uri, "file:%s", fuzz_file(0, data, size));
    holder = key_holder_open(uri, &options, &error);
    if (check_error(holder != NULL, &error)) {
        must(holder->class->public_keys(holder, &keys, &count, &error) &&
                 count >= 1 && count <= KJWT_MAX_KEYS,
             "a key that was taken has public halves");
        for (size_t i = 0; i < count; i++) {
            const struct key_export what = {.keys = &keys[i],
                                            .names = (const char *[]){uri},
                                            .count = 1,
                                            .date = 1800000000};

            check_round_trip(&what);
            check_c(&keys[i], name);
        }
        free(keys);
        key_holder_close(holder);
    }
    free(name);
    return 0;
}
