/*
 * What a PKCS#11 module answers: a key that is taken is the module's, of a
 * size that verifies, a signature is as long as its key, every failure has a
 * reason, and no text holds the PIN.
 *
 *     k, a, n, p or c     a key by its label; any; one of p11-kit's modules and
 *                         a PIN that is typed; a public one; a new one
 *     ...                 answers as fake_module.h has them
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "fake_module.h"
#include "key_holder.h"
#include "pkcs11_uri.h"
#include "signer.h"

#define OWN_MODULE "module-path=/fake.so"

static const uint8_t *script;
static size_t script_len;

void __wrap_montgomery_target(const uint32_t *n, uint32_t n0inv, size_t words,
                              uint32_t *target);

/* No module's answer changes how it is computed, for ten times as long as all
 * the rest takes. `key` has it. */
void __wrap_montgomery_target(const uint32_t *n, uint32_t n0inv, size_t words,
                              uint32_t *target)
{
    (void)n;
    (void)n0inv;
    memset(target, 0, words * sizeof *target);
}

/* Of each failure. */
static bool check(bool done, const struct error *error)
{
    check_kept_secret(error, script, script_len);
    return check_error(done, error);
}

/* ------------------------------------------------------------------ key --- */

/* Without the zeros that a module may put in front. */
static struct fuzz_input number_of(const struct fake_value *value)
{
    struct fuzz_input number = {value->bytes, value->len};

    while (number.len > 0 && number.bytes[0] == 0)
        (void)fuzz_byte(&number);
    return number;
}

static void check_key(const struct public_key *key)
{
    struct fuzz_input modulus = number_of(&fake_module.modulus);
    struct fuzz_input exponent = number_of(&fake_module.exponent);

    must(key->bits == 2048 || key->bits == 3072 || key->bits == 4096,
         "a key has a size that verifies");
    must(modulus.len == key->bits / 8 &&
             memcmp(key->modulus, modulus.bytes, modulus.len) == 0,
         "a key has the module's modulus");
    must(exponent.len == 3 && memcmp(exponent.bytes, "\1\0\1", 3) == 0,
         "a key has the module's exponent");
}

static void check_name(const char *name)
{
    struct error error = {.text = ""};
    P11KitUri *uri = pkcs11_uri_parse(name, &error);

    must(uri != NULL && p11_kit_uri_get_pin_source(uri) == NULL,
         "a key's name may be given to --key, and leads to no PIN");
    p11_kit_uri_free(uri);
    must(strncmp(name, PKCS11_SCHEME, strlen(PKCS11_SCHEME)) == 0,
         "a key's name is a key URI");
    for (const char *at = name; *at != '\0'; at++)
        must(*at > ' ' && *at <= '~', "a name is printable ASCII");
}

static void try_sign(struct key_holder *holder, const struct public_key *key,
                     struct error *error)
{
    uint8_t signature[PUBLIC_KEY_MAX_BYTES];
    size_t len = 0;

    if (!check(holder->class->sign(holder, "a.b", 3, signature, &len, error),
               error))
        return;
    must(len == key->bits / 8, "a signature is as long as its key");
    must(fake_module.signature.len == len &&
             memcmp(signature, fake_module.signature.bytes, len) == 0,
         "a signature is the module's");
}

static void try_holder(struct key_holder *holder, struct error *error)
{
    struct public_key *keys = NULL;
    size_t count = 0;
    json_t *facts;

    check_name(holder->name);
    must(holder->class->public_keys(holder, &keys, &count, error) && count == 1,
         "a key that was opened is there");
    check_key(&keys[0]);
    for (int i = 0; i < 2; i++)
        try_sign(holder, &keys[0], error);
    free(keys);
    facts = holder->class->describe(holder, error);
    must(json_is_string(json_object_get(facts, "uri")), "a key has facts");
    json_decref(facts);
}

static void try_key(const char *uri)
{
    const struct key_options options = {.region = NULL};
    struct error error = {.text = ""};
    struct key_holder *holder = key_holder_open(uri, &options, &error);

    if (check(holder != NULL, &error))
        try_holder(holder, &error);
    key_holder_close(holder);
}

static void try_create(const char *uri)
{
    const struct key_request request = {.uri = uri, .spec = "RSA_2048"};
    struct error error = {.text = ""};
    char *name = NULL;

    if (check(key_holder_create(&request, &name, &error), &error)) {
        check_name(name);
        must(number_of(&fake_module.modulus).len == 256,
             "a key that was made has its size");
    }
    free(name);
}

/* ---------------------------------------------------------------- input --- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {
        ['k'] = "token=bench;object=key?" OWN_MODULE,
        ['a'] = "?" OWN_MODULE,
        ['n'] = "id=%01?module-name=fake",
        ['p'] = "object=key;type=public?" OWN_MODULE,
        ['c'] = "token=bench;object=key?" OWN_MODULE,
    };
    const char *file = fuzz_file(0, FUZZ_SECRET, strlen(FUZZ_SECRET));
    struct fuzz_input input = {data, size};
    uint8_t which = fuzz_byte(&input);
    char uri[256];

    script = data;
    script_len = size;
    if (which >= sizeof paths / sizeof paths[0] || paths[which] == NULL)
        which = 'a';
    (void)fuzz_part(&input, "\n");
    (void)snprintf(uri, sizeof uri, PKCS11_SCHEME "%s%s%s", paths[which],
                   which != 'n' ? "&pin-source=" : "",
                   which != 'n' ? file : "");
    fake_module_answers(&input, which != 'n' ? FUZZ_SECRET : NULL);
    if (which == 'c')
        try_create(uri);
    else
        try_key(uri);
    fake_module_end();
    return 0;
}
