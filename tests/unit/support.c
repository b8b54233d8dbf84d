/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <mbedtls/base64.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>

struct test_key {
    const char *name;
    struct public_key public;
    mbedtls_pk_context pk;
};

json_t *load_json(const char *path)
{
    return json_load_file(path, JSON_ALLOW_NUL, NULL);
}

json_t *load_vectors(const char *name)
{
    char path[512];
    json_t *vectors;

    snprintf(path, sizeof path, "%s/%s", KJWT_TEST_VECTORS, name);
    vectors = load_json(path);
    if (vectors == NULL)
        fail_msg("%s cannot be read", path);
    return vectors;
}

const char *string_of(const json_t *object, const char *name)
{
    const char *string = json_string_value(json_object_get(object, name));

    if (string == NULL)
        fail_msg("vector without %s", name);
    return string;
}

const char *status_word(kjwt_status status)
{
    return status != KJWT_OK && getenv("KJWT_TEST_VERDICTS") != NULL
               ? "refused"
               : kjwt_status_name(status);
}

static void *allocate(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    if (memory == NULL)
        abort();
    return memory;
}

uint8_t *from_base64(const char *text, size_t *len)
{
    const size_t text_len = strlen(text);
    uint8_t *bytes = allocate(text_len);

    *len = 0;
    if (text_len > 0)
        assert_int_equal(mbedtls_base64_decode(bytes, text_len, len,
                                               (const uint8_t *)text,
                                               text_len), 0);
    return bytes;
}

uint8_t *from_hex(const char *text, size_t *len)
{
    uint8_t *bytes = allocate(strlen(text) / 2);

    *len = strlen(text) / 2;
    for (size_t i = 0; i < *len; i++) {
        unsigned byte = 0;

        assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
        bytes[i] = (uint8_t)byte;
    }
    return bytes;
}

static int random_bytes(void *context, unsigned char *out, size_t len)
{
    (void)context;
    /* Blinding of keys that end with the test needs no better. */
    while (len-- > 0)
        *out++ = (unsigned char)(rand() >> 7);
    return 0;
}

static void load_key(struct test_key *key, const char *name)
{
    char path[512];
    uint8_t der[1024];
    struct error error;
    int len;

    snprintf(path, sizeof path, "%s/%s.pem", KJWT_TEST_KEYS, name);
    mbedtls_pk_init(&key->pk);
    if (mbedtls_pk_parse_keyfile(&key->pk, path, NULL, random_bytes, NULL) != 0)
        fail_msg("%s is missing; run the test make-test-keys first", path);
    len = mbedtls_pk_write_pubkey_der(&key->pk, der, sizeof der);
    assert_true(len > 0);
    if (!public_key_from_der(der + sizeof der - len, (size_t)len, &key->public,
                             &error))
        fail_msg("%s: %s", path, error.text);
    key->name = name;
}

const struct test_key *test_key(const char *name)
{
    static struct test_key keys[4];
    size_t i = 0;

    for (; i < 4 && keys[i].name != NULL; i++)
        if (strcmp(keys[i].name, name) == 0)
            return &keys[i];
    assert_true(i < 4);
    load_key(&keys[i], name);
    return &keys[i];
}

struct kjwt_key test_key_public(const struct test_key *key)
{
    return public_key_view(&key->public);
}

void sign_block(const struct test_key *key, const uint8_t *block,
                uint8_t *signature)
{
    assert_int_equal(mbedtls_rsa_private(mbedtls_pk_rsa(key->pk), random_bytes,
                                         NULL, block, signature), 0);
}

static size_t append_base64url(char *out, const void *bytes, size_t len)
{
    size_t written = 0;

    assert_int_equal(mbedtls_base64_encode((uint8_t *)out, TOKEN_SIZE / 2,
                                           &written, bytes, len), 0);
    while (written > 0 && out[written - 1] == '=')
        written--;
    for (size_t i = 0; i < written; i++)
        out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
    return written;
}

static bool read_signature(const char *path, uint8_t *signature, size_t size)
{
    FILE *file = fopen(path, "rb");
    bool whole;

    if (file == NULL)
        return false;
    whole = fread(signature, 1, size, file) == size;
    fclose(file);
    return whole;
}

static void write_signature(const char *path, const uint8_t *signature,
                            size_t size)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return;
    (void)fwrite(signature, 1, size, file);
    fclose(file);
}

/* Signing is most of what many tests do: a folder `signatures` beside the keys,
 * where there is one, keeps what was signed for other builds and mutants. */
static void sign_digest(const struct test_key *key, const uint8_t digest[32],
                        uint8_t *signature)
{
    mbedtls_rsa_context *rsa = mbedtls_pk_rsa(key->pk);
    const size_t size = mbedtls_rsa_get_len(rsa);
    char path[512];
    int len = snprintf(path, sizeof path, "%s/signatures/%s-", KJWT_TEST_KEYS,
                       key->name);

    for (int i = 0; i < 32; i++)
        len += snprintf(path + len, sizeof path - (size_t)len, "%02x",
                        digest[i]);
    if (read_signature(path, signature, size))
        return;
    assert_int_equal(mbedtls_rsa_pkcs1_sign(rsa, random_bytes, NULL,
                                            MBEDTLS_MD_SHA256, 32, digest,
                                            signature), 0);
    write_signature(path, signature, size);
}

char *make_token(const struct test_key *key, const char *header,
                 const char *payload, size_t *len)
{
    static char token[TOKEN_SIZE];
    uint8_t digest[32];
    uint8_t signature[512];

    *len = append_base64url(token, header, strlen(header));
    token[(*len)++] = '.';
    *len += append_base64url(token + *len, payload, strlen(payload));
    mbedtls_sha256((uint8_t *)token, *len, digest, 0);
    sign_digest(key, digest, signature);
    token[(*len)++] = '.';
    *len += append_base64url(token + *len, signature,
                             mbedtls_rsa_get_len(mbedtls_pk_rsa(key->pk)));
    return token;
}

static const char *key_name(char letter)
{
    return letter == '2'   ? "rsa2048"
           : letter == '3' ? "rsa3072"
           : letter == '4' ? "rsa4096"
                           : "other2048";
}

/* What stands for @ and these two characters. */
static size_t key_text(const char *what, char *out)
{
    const struct public_key *key = &test_key(key_name(what[1]))->public;
    uint8_t modulus[PUBLIC_KEY_MAX_BYTES];
    size_t size = key->bits / 8;
    char n[TOKEN_SIZE];

    memcpy(modulus, key->modulus, size);
    if (what[0] == 'e')
        modulus[size - 1] &= 0xfe;
    if (what[0] == 's')
        modulus[0] &= 0x7f;
    if (what[0] == 'c')
        modulus[0] ^= 1;
    if (what[0] == 'f')
        memset(modulus, 0xff, size);
    if (what[0] == 'h')
        modulus[(size /= 2) - 1] |= 1;
    n[append_base64url(n, modulus, size)] = '\0';
    if (strchr("nescfh", what[0]) != NULL)
        return (size_t)sprintf(out, "%s", n);
    if (what[0] == 't')
        return (size_t)sprintf(out, "%s", key->thumbprint);
    return (size_t)sprintf(
        out, "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}", n);
}

const char *with_keys(const char *text)
{
    static char out[TOKEN_SIZE];
    size_t len = 0;

    for (; *text != '\0'; text++) {
        if (*text != '@') {
            out[len++] = *text;
            continue;
        }
        len += key_text(text + 1, out + len);
        text += 2;
    }
    out[len] = '\0';
    return out;
}
