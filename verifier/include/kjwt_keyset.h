/*
 * kjwt_keyset: new keys and revoked ones for a device that is never on line,
 * and keys that mint in another one's name for a while.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A key set is a token of `typ` kjwt-keyset+jwt, signed by a root key that is
 * compiled in. Its Claims Set is a JWK Set (RFC 7517 5) with a version:
 *
 *     {"version": 8,
 *      "keys": [{"kty": "RSA", "n": "...", "e": "AQAB", "kid": "..."}, ...],
 *      "revoked": ["thumbprint", ...]}
 *
 * Once one has been stored, the device verifies device tokens with its keys
 * alone, and the root keys verify key sets alone. A key without `kid` has its
 * RFC 7638 thumbprint as its `kid`. Revoked is who stands in `revoked` of any
 * set that was ever accepted, under whatever `kid`.
 *
 * A certificate is a token of `typ` kjwt-cert+jwt, signed by a key that
 * verifies device tokens. It names another key and what that may mint, and it
 * comes with each token of that key:
 *
 *     {"nbf": 1800000000, "exp": 1800604800,
 *      "cnf": {"jwk": {"kty": "RSA", "n": "...", "e": "AQAB"}},
 *      "mint": {"iss": "bench-7", "aud": "line-3/"}}
 *
 * Neither is taken for the other or for a device token (RFC 8725 3.11).
 *
 *     kjwt_keyset_open(&keyset, &store, memory, sizeof memory);
 *
 *     struct kjwt_policy policy = device_policy;
 *     status = kjwt_keyset_policy(&keyset, &policy);
 *     if (status == KJWT_OK)
 *         status = kjwt_verify(&policy, ...);
 *
 * Conventions are those of kjwt.h.
 */
#ifndef KJWT_KEYSET_H_PUBLIC
#define KJWT_KEYSET_H_PUBLIC

#include "kjwt.h"
#include "kjwt_device.h"

#ifdef __cplusplus
extern "C" {
#endif

#define KJWT_TYP_KEYSET "kjwt-keyset+jwt"
#define KJWT_TYP_CERTIFICATE "kjwt-cert+jwt"

#define KJWT_THUMBPRINT_SIZE 32

/* ----------------------------------------------------------- key sets --- */

/* Bytes of memory for a set of `keys` keys of at most `bits` with a `kid` of up
 * to 43 characters, and `revoked` thumbprints. A set that needs more is refused
 * with KJWT_ERR_KEYSET_SIZE, so count the revocations of a device's life. */
#define KJWT_KEYSET_SIZE(keys, bits, revoked)                                  \
    (64 + (size_t)(revoked) * KJWT_THUMBPRINT_SIZE +                           \
     (size_t)(keys) * ((size_t)(bits) / 4 + 64))

/* Defines memory of the right size and alignment. */
#define KJWT_KEYSET_MEMORY(name, keys, bits, revoked)                          \
    uint64_t name[KJWT_KEYSET_SIZE(keys, bits, revoked) / 8]

/* The set in use; the caller's memory, as long as it verifies. Read only. */
struct kjwt_keyset {
    const struct kjwt_store *store;
    void *memory; /* the stored record; keys and revoked point into it */
    size_t size;
    kjwt_status status; /* KJWT_OK: a set is in use; KJWT_ERR_STORE_EMPTY: none
                           was ever stored; KJWT_ERR_STORE_READ: one was, and
                           it cannot be used */
    int64_t version;    /* of the set in use */
    const uint8_t *revoked; /* revoked_count thumbprints */
    size_t revoked_count;
    struct kjwt_key keys[KJWT_MAX_KEYS];
    size_t key_count;
    int64_t floor;        /* the newest version that was ever accepted */
    uint8_t floor_digest[32]; /* SHA-256 of its Claims Set */
};

/*
 * Reads what is stored. Once, at start.
 *
 *   store    its records KJWT_RECORD_KEYSET and KJWT_RECORD_KEYSET_VERSION
 *   memory   size bytes, aligned to 8, the set's as long as it is used
 *
 * Returns keyset->status; KJWT_ERR_ARGUMENT, KJWT_ERR_WORK_ALIGNMENT.
 *
 * The version floor is a record of its own, written after the set: an older
 * copy of the set that comes up again, or one that is gone, is a set that
 * cannot be read. A floor that a power cut left behind is written here.
 */
kjwt_status kjwt_keyset_open(struct kjwt_keyset *keyset,
                             const struct kjwt_store *store, void *memory,
                             size_t size);

/*
 * Gives a policy the keys that verify device tokens now: those of the set, or
 * the policy's own, compiled-in ones as long as none was ever stored.
 *
 * Returns KJWT_OK; KJWT_ERR_STORE_READ where the set cannot be used: the policy
 * then has no keys at all, and a newer set is what helps.
 */
kjwt_status kjwt_keyset_policy(const struct kjwt_keyset *keyset,
                               struct kjwt_policy *policy);

/*
 * Accepts a newer key set: verified, stored, and in use from then on.
 *
 *   roots    the compiled-in root keys, and what they expect of a set's `iss`,
 *            `aud` ...; typ is set here, and `exp` is optional
 *   work     as for kjwt_verify(), large enough for the set's keys, too
 *   token    consumed, whatever the result
 *   now      as for kjwt_verify(), for sets with `exp` or `nbf`
 *
 * Returns KJWT_OK, also for the very set that is in use, without writing.
 * Otherwise the set in use stays as it was, and the status is that of
 * kjwt_verify(), or
 *   KJWT_ERR_KEY_REVOKED      the root that signed, or a key of the set
 *   KJWT_ERR_KEYSET           version, keys or revoked are missing or of
 *                             another form; a root among the keys; the signer
 *                             among the revoked
 *   KJWT_ERR_KEYSET_VERSION   older than the newest set ever accepted, or of
 *                             its version but another content
 *   KJWT_ERR_KEY, KJWT_ERR_BASE64URL, KJWT_ERR_WORK_SIZE
 *                             a key that kjwt_verify() could not use
 *   KJWT_ERR_KEY_AMBIGUOUS    two keys with one `kid`, or one key twice
 *   KJWT_ERR_LIMIT_KEYS, KJWT_ERR_KEYSET_SIZE
 *   KJWT_ERR_STORE_READ       neither set nor version floor can be read: there
 *                             is no telling what is newer
 *   KJWT_ERR_STORE_WRITE      it was not stored
 */
kjwt_status kjwt_keyset_update(struct kjwt_keyset *keyset,
                               const struct kjwt_policy *roots, void *work,
                               size_t work_size, char *token, size_t token_len,
                               int64_t now);

/* The RFC 7638 thumbprint of a key. work holds a hash context. KJWT_OK,
 * KJWT_ERR_CRYPTO. */
kjwt_status kjwt_key_thumbprint(const struct kjwt_key *key, void *work,
                                uint8_t thumbprint[KJWT_THUMBPRINT_SIZE]);

/* --------------------------------------------------------- delegation --- */

/* A certificate that came with a token. The caller's memory: claims->key points
 * here, and the key's numbers lie in the certificate's own buffer. */
struct kjwt_certificate {
    char *token; /* set it: len bytes, consumed */
    size_t len;
    struct kjwt_key key; /* the key that it names; n NULL: it was refused */
};

/*
 * Verifies a token that a delegated key has signed: two signatures.
 *
 *   policy        for the device token; its keys sign certificates. `exp` is
 *                 not optional here, and audience must be set
 *   keyset        whose revocations count; NULL: there are none
 *   work          as for kjwt_verify(), large enough for the delegated key, too
 *   certificate   as long as claims are used
 *   the others    as for kjwt_verify()
 *
 * The certificate must be valid now, and the token within it:
 *   - `iss` is the certificate's `mint`.`iss`, whole
 *   - each `aud` is `mint`.`aud`, or begins with it and a separator, one of
 *     - . / : _ which may be the last character of `mint`.`aud`. So device-1
 *     covers device-1 and device-1/a, never device-10
 *   - `exp` is not after the certificate's; `nbf` and `iat`, of which there is
 *     at least one, are not before its `nbf`
 * A delegated key cannot delegate: only policy->keys sign certificates.
 *
 * Returns KJWT_OK; what kjwt_verify() says of the certificate or of the token;
 * KJWT_ERR_CERTIFICATE, KJWT_ERR_KEY, KJWT_ERR_BASE64URL, KJWT_ERR_WORK_SIZE,
 * KJWT_ERR_KEY_REVOKED; KJWT_ERR_DELEGATED_ISSUER, KJWT_ERR_DELEGATED_AUDIENCE,
 * KJWT_ERR_DELEGATED_TIME.
 */
kjwt_status kjwt_verify_delegated(const struct kjwt_policy *policy,
                                  const struct kjwt_keyset *keyset, void *work,
                                  size_t work_size,
                                  struct kjwt_certificate *certificate,
                                  char *token, size_t token_len, int64_t now,
                                  struct kjwt_claims *claims);

#ifdef __cplusplus
}
#endif

#endif
