/*
 * RSA public keys: the forms they come in, and the one form they are held in.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "public_key.h"

#include <stdio.h>
#include <string.h>

#include <mbedtls/asn1.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/sha256.h>

#include "base64url.h"
#include "montgomery.h"

static const uint8_t exponent_65537[] = {1, 0, 1};

/* Room for the base64url of n. */
#define MODULUS_TEXT_SIZE (BASE64URL_LENGTH(PUBLIC_KEY_MAX_BYTES) + 1)

/* ---------------------------------------------------------- arithmetic --- */

static void set_operands(struct public_key *key)
{
    size_t words = key->bits / 32;
    uint64_t n0inv;

    for (size_t i = 0; i < words; i++) {
        const uint8_t *at = key->modulus + 4 * (words - 1 - i);

        key->n[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
                    (uint32_t)at[2] << 8 | at[3];
    }
    n0inv = montgomery_n0inv((uint64_t)key->n[1] << 32 | key->n[0]);
    key->n0inv[0] = (uint32_t)n0inv;
    key->n0inv[1] = (uint32_t)(n0inv >> 32);
    montgomery_target(key->n, key->n0inv[0], words, key->target);
}

/* --------------------------------------------------------- other forms --- */

static bool set_spki(struct public_key *key)
{
    uint8_t der[PUBLIC_KEY_MAX_SPKI];
    mbedtls_pk_context pk;
    int len = -1;

    mbedtls_pk_init(&pk);
    if (mbedtls_pk_setup(&pk, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA)) == 0 &&
        mbedtls_rsa_import_raw(mbedtls_pk_rsa(pk), key->modulus, key->bits / 8,
                               NULL, 0, NULL, 0, NULL, 0, exponent_65537,
                               sizeof exponent_65537) == 0 &&
        mbedtls_rsa_complete(mbedtls_pk_rsa(pk)) == 0)
        len = mbedtls_pk_write_pubkey_der(&pk, der, sizeof der);
    mbedtls_pk_free(&pk);
    if (len <= 0)
        return false;
    /* mbedTLS writes from the end of the buffer. */
    key->spki_len = (size_t)len;
    memcpy(key->spki, der + sizeof der - key->spki_len, key->spki_len);
    return true;
}

static void modulus_text(const struct public_key *key, char *text)
{
    base64url_encode(key->modulus, key->bits / 8, text);
}

/* RFC 7638 3.2: the required members in lexicographic order, no white space. */
static bool set_thumbprint(struct public_key *key)
{
    char n[MODULUS_TEXT_SIZE];
    char jwk[MODULUS_TEXT_SIZE + 40];
    uint8_t digest[32];
    int len;

    modulus_text(key, n);
    len = snprintf(jwk, sizeof jwk,
                   "{\"e\":\"AQAB\",\"kty\":\"RSA\","
                   "\"n\":\"%s\"}",
                   n);
    if (mbedtls_sha256((const uint8_t *)jwk, (size_t)len, digest, 0) != 0)
        return false;
    base64url_encode(digest, sizeof digest, key->thumbprint);
    return true;
}

struct kjwt_key public_key_view(const struct public_key *key)
{
    struct kjwt_key view = {.kid = key->kid,
                            .n = key->n,
                            .target = key->target,
                            .n0inv = {key->n0inv[0], key->n0inv[1]},
                            .bits = key->bits};

    return view;
}

json_t *public_key_to_jwk(const struct public_key *key)
{
    char n[MODULUS_TEXT_SIZE];

    modulus_text(key, n);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "kty", "RSA", "use",
                     "sig", "alg", "RS256", "kid", key->kid, "n", n, "e",
                     "AQAB");
}

/* -------------------------------------------------------------- checks --- */

static void skip_zeros(const uint8_t **bytes, size_t *len)
{
    while (*len > 0 && **bytes == 0) {
        (*bytes)++;
        (*len)--;
    }
}

static size_t bit_length(const uint8_t *bytes, size_t len)
{
    size_t bits = len * 8;

    if (len == 0)
        return 0;
    for (unsigned mask = 0x80; (bytes[0] & mask) == 0; mask >>= 1)
        bits--;
    return bits;
}

static bool check_numbers(const uint8_t *modulus, size_t modulus_len,
                          const uint8_t *exponent, size_t exponent_len,
                          struct error *error)
{
    size_t bits = bit_length(modulus, modulus_len);

    if (bits != 2048 && bits != 3072 && bits != 4096)
        return error_set(error, EXIT_REFUSED,
                         "the RSA modulus has %zu bits; a device takes keys of "
                         "exactly 2048, 3072 or 4096 bits: make another key",
                         bits);
    if (modulus[modulus_len - 1] % 2 == 0)
        return error_set(error, EXIT_REFUSED,
                         "the RSA modulus is even, so this is no RSA key: "
                         "export the public key again or make another one");
    if (exponent_len != sizeof exponent_65537 ||
        memcmp(exponent, exponent_65537, exponent_len) != 0)
        return error_set(error, EXIT_REFUSED,
                         "the RSA public exponent is not 65537, the only one "
                         "that a device takes: make another key");
    return true;
}

bool public_key_from_modulus(const uint8_t *modulus, size_t modulus_len,
                             const uint8_t *exponent, size_t exponent_len,
                             struct public_key *key, struct error *error)
{
    skip_zeros(&modulus, &modulus_len);
    skip_zeros(&exponent, &exponent_len);
    if (!check_numbers(modulus, modulus_len, exponent, exponent_len, error))
        return false;

    memset(key, 0, sizeof *key);
    key->bits = (uint32_t)modulus_len * 8;
    memcpy(key->modulus, modulus, modulus_len);
    set_operands(key);
    if (!set_spki(key) || !set_thumbprint(key))
        return error_set(error, EXIT_USAGE,
                         "mbedTLS could not handle the public key (out of "
                         "memory?)");
    memcpy(key->kid, key->thumbprint, sizeof key->thumbprint);
    return true;
}

static bool is_utf8(const char *text)
{
    json_t *string = json_string(text);

    json_decref(string);
    return string != NULL;
}

bool public_key_set_kid(struct public_key *key, const char *kid,
                        struct error *error)
{
    size_t len = strlen(kid);

    if (len == 0 || len > PUBLIC_KEY_MAX_KID)
        return error_set(error, EXIT_USAGE,
                         "a kid has 1 to %d bytes, this one has %zu",
                         PUBLIC_KEY_MAX_KID, len);
    if (!is_utf8(kid))
        return error_set(error, EXIT_USAGE, "the kid is not valid UTF-8");
    memcpy(key->kid, kid, len + 1);
    return true;
}

/* ----------------------------------------------------------------- DER --- */

/* The INTEGER at *at as its content bytes; DER's sign byte is a leading zero,
 * which does not count. */
static bool get_integer(uint8_t **at, const uint8_t *end, const uint8_t **bytes,
                        size_t *len)
{
    if (mbedtls_asn1_get_tag(at, end, len, MBEDTLS_ASN1_INTEGER) != 0)
        return false;
    *bytes = *at;
    *at += *len;
    /* Negative integers have the top bit set. */
    return *len > 0 && (**bytes & 0x80) == 0;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { OID, NULL }, BIT STRING } */
static bool enter_spki(uint8_t **at, const uint8_t *end)
{
    mbedtls_asn1_buf oid;
    size_t len;

    return mbedtls_asn1_get_alg_null(at, end, &oid) == 0 &&
           MBEDTLS_OID_CMP(MBEDTLS_OID_PKCS1_RSA, &oid) == 0 &&
           mbedtls_asn1_get_bitstring_null(at, end, &len) == 0;
}

static bool enter_sequence(uint8_t **at, const uint8_t *end)
{
    size_t len;

    return mbedtls_asn1_get_tag(at, end, &len,
                                MBEDTLS_ASN1_CONSTRUCTED |
                                    MBEDTLS_ASN1_SEQUENCE) == 0;
}

/* The DER that this key has must be the DER that was read: no second reading
 * of the same bytes, nothing behind them. The RSAPublicKey is the end of the
 * SubjectPublicKeyInfo. */
static bool is_der_of(const struct public_key *key, const uint8_t *der,
                      size_t len, bool is_spki)
{
    if (is_spki ? len != key->spki_len : len >= key->spki_len)
        return false;
    return memcmp(der, key->spki + key->spki_len - len, len) == 0;
}

bool public_key_from_der(const uint8_t *der, size_t len, struct public_key *key,
                         struct error *error)
{
    uint8_t *at = (uint8_t *)(uintptr_t)der; /* mbedTLS only reads */
    const uint8_t *end = der + len;
    const uint8_t *modulus;
    const uint8_t *exponent;
    size_t modulus_len;
    size_t exponent_len;
    bool is_spki;

    if (!enter_sequence(&at, end))
        goto malformed;
    is_spki = at < end && *at != MBEDTLS_ASN1_INTEGER;
    if (is_spki && (!enter_spki(&at, end) || !enter_sequence(&at, end)))
        goto malformed;
    if (!get_integer(&at, end, &modulus, &modulus_len) ||
        !get_integer(&at, end, &exponent, &exponent_len))
        goto malformed;
    if (!public_key_from_modulus(modulus, modulus_len, exponent, exponent_len,
                                 key, error))
        return false;
    if (is_der_of(key, der, len, is_spki))
        return true;
malformed:
    return error_set(error, EXIT_REFUSED,
                     "no RSA public key in DER (a SubjectPublicKeyInfo or an "
                     "RSAPublicKey and nothing behind it)");
}

/* ----------------------------------------------------------------- PEM --- */

static int read_pem(const char *label, const char *pem,
                    mbedtls_pem_context *context, size_t *used)
{
    char begin[64];
    char end[64];

    (void)snprintf(begin, sizeof begin, "-----BEGIN %s-----", label);
    (void)snprintf(end, sizeof end, "-----END %s-----", label);
    return mbedtls_pem_read_buffer(context, begin, end, (const uint8_t *)pem,
                                   NULL, 0, used);
}

bool public_key_from_pem(const char *pem, struct public_key *key,
                         struct error *error)
{
    mbedtls_pem_context context;
    const uint8_t *der;
    size_t used = 0;
    size_t len;
    int failed;
    bool done;

    mbedtls_pem_init(&context);
    failed = read_pem("PUBLIC KEY", pem, &context, &used);
    if (failed == MBEDTLS_ERR_PEM_NO_HEADER_FOOTER_PRESENT)
        failed = read_pem("RSA PUBLIC KEY", pem, &context, &used);
    if (failed != 0) {
        done = error_set(error, EXIT_REFUSED,
                         "no well-formed PEM block PUBLIC KEY or RSA PUBLIC "
                         "KEY");
    } else if (strstr(pem + used, "-----BEGIN") != NULL) {
        done = error_set(error, EXIT_REFUSED,
                         "more than one PEM block: keep one key in the file, "
                         "or use a JWK Set for several");
    } else {
        der = mbedtls_pem_get_buffer(&context, &len);
        done = public_key_from_der(der, len, key, error);
    }
    mbedtls_pem_free(&context);
    return done;
}

/* ----------------------------------------------------------------- JWK --- */

static bool member_is(const json_t *jwk, const char *name, const char *value)
{
    const char *text = json_string_value(json_object_get(jwk, name));

    return text != NULL && strcmp(text, value) == 0;
}

static bool absent_or(const json_t *jwk, const char *name, const char *value)
{
    return json_object_get(jwk, name) == NULL || member_is(jwk, name, value);
}

static bool may_verify(const json_t *jwk)
{
    const json_t *operations = json_object_get(jwk, "key_ops");
    json_t *operation;
    size_t i;

    if (operations == NULL)
        return true;
    json_array_foreach(operations, i, operation)
    {
        const char *text = json_string_value(operation);

        if (text != NULL && strcmp(text, "verify") == 0)
            return true;
    }
    return false;
}

/* RFC 7518 6.3.2: none of these may be where others can read it. */
static bool has_private_member(const json_t *jwk)
{
    static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (json_object_get(jwk, names[i]) != NULL)
            return true;
    return false;
}

static bool check_jwk_use(const json_t *jwk, struct error *error)
{
    if (!member_is(jwk, "kty", "RSA"))
        return error_set(error, EXIT_REFUSED,
                         "the JWK's kty is not RSA: RS256 needs an RSA key");
    if (has_private_member(jwk))
        return error_set(error, EXIT_REFUSED,
                         "the JWK holds private members (d, p, q ...): keep "
                         "only kty, n, e and kid, or use the private key as a "
                         "PEM file");
    if (!absent_or(jwk, "use", "sig"))
        return error_set(error, EXIT_REFUSED,
                         "the JWK's use is not sig: it is no signature key");
    if (!absent_or(jwk, "alg", "RS256"))
        return error_set(error, EXIT_REFUSED,
                         "the JWK's alg is not RS256, the only algorithm here");
    if (!may_verify(jwk))
        return error_set(error, EXIT_REFUSED,
                         "the JWK's key_ops does not contain verify");
    return true;
}

/* RFC 7518 2, Base64urlUInt: no leading zero bytes. */
static bool get_uint(const json_t *jwk, const char *name, uint8_t *bytes,
                     size_t size, size_t *len)
{
    const json_t *member = json_object_get(jwk, name);

    return json_is_string(member) &&
           base64url_decode(json_string_value(member),
                            json_string_length(member), bytes, size, len) &&
           *len > 0 && bytes[0] != 0;
}

bool public_key_from_jwk(const json_t *jwk, struct public_key *key,
                         struct error *error)
{
    /* Twice the longest, so that a longer modulus is refused by its bits. */
    uint8_t modulus[2 * PUBLIC_KEY_MAX_BYTES];
    uint8_t exponent[16];
    size_t modulus_len;
    size_t exponent_len;
    const json_t *kid = json_object_get(jwk, "kid");

    if (!json_is_object(jwk))
        return error_set(error, EXIT_REFUSED, "a JWK is a JSON object");
    if (!check_jwk_use(jwk, error))
        return false;
    if (!get_uint(jwk, "n", modulus, sizeof modulus, &modulus_len) ||
        !get_uint(jwk, "e", exponent, sizeof exponent, &exponent_len))
        return error_set(error, EXIT_REFUSED,
                         "the JWK's n and e must be base64url of unsigned "
                         "integers without leading zeros (RFC 7518 6.3.1)");
    if (!public_key_from_modulus(modulus, modulus_len, exponent, exponent_len,
                                 key, error))
        return false;
    if (kid == NULL)
        return true;
    if (!json_is_string(kid) ||
        strlen(json_string_value(kid)) != json_string_length(kid) ||
        !public_key_set_kid(key, json_string_value(kid), error))
        return error_set(error, EXIT_REFUSED,
                         "the JWK's kid must be a string of 1 to %d bytes "
                         "without NUL",
                         PUBLIC_KEY_MAX_KID);
    return true;
}
