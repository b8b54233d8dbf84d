/*
 * kjwt: offline verification of RS256 JSON Web Tokens on microcontrollers.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * kjwt_verify() decides whether a token in JWS Compact Serialization
 * (RFC 7515) with a JWT Claims Set (RFC 7519), signed with RS256 =
 * RSASSA-PKCS1-v1_5 using SHA-256 (RFC 7518 3.3, RFC 8017 8.2), is genuine,
 * meant for this device and valid now.
 *
 * Conventions
 *   - No heap, no globals that are written, no clock, no randomness. All memory
 *     is the caller's. Every function is reentrant.
 *   - Lengths are in bytes, times in seconds since 1970-01-01T00:00:00Z.
 *   - A function that can fail returns a kjwt_status; KJWT_OK is 0 and the
 *     only success. Whatever a status does not name is refused.
 *   - Expected values (issuer, audience, kid ...) are NUL-terminated UTF-8.
 *     They are compared byte by byte with the token's value after unescaping.
 *
 * Limitations
 *   - Only RS256, only e = 65537, only 2048, 3072 and 4096 bits.
 *   - Encrypted, detached, unencoded (RFC 7797), nested and JSON-serialized
 *     tokens are refused, and so is every token with a `crit` header parameter.
 *   - Nothing here is constant-time: all inputs are public.
 */
#ifndef KJWT_H
#define KJWT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KJWT_VERSION_MAJOR 0
#define KJWT_VERSION_MINOR 1
#define KJWT_VERSION_PATCH 0
#define KJWT_VERSION "0.1.0"

/* ------------------------------------------------------------- limits --- */

/* Compile-time limits. Each has a status of its own, none changes the size of
 * the work memory. signer-host refuses to mint what exceeds the defaults. */
#ifndef KJWT_MAX_TOKEN_LENGTH
#define KJWT_MAX_TOKEN_LENGTH 4096
#endif
/* JSON tokens of one text as jsmn counts them: each object, array, member
 * name, string, number and literal is one. At most 48, which fill the work. */
#ifndef KJWT_MAX_JSON_TOKENS
#define KJWT_MAX_JSON_TOKENS 48
#endif
/* Objects and arrays within each other, the outermost included. At most 32. */
#ifndef KJWT_MAX_JSON_DEPTH
#define KJWT_MAX_JSON_DEPTH 8
#endif
#ifndef KJWT_MAX_KEYS
#define KJWT_MAX_KEYS 8
#endif

/* ------------------------------------------------------------- status --- */

/* int32_t and not an enum type: its width must not depend on -fshort-enums. */
typedef int32_t kjwt_status;

/* One value is one check. All but KJWT_OK have at least 8 bits set and differ
 * from each other in at least 4, so that no single or triple bit fault turns
 * one into another. */
enum {
    KJWT_OK = 0,

    /* The call. */
    KJWT_ERR_ARGUMENT = 0x5b6e,       /* a NULL argument */
    KJWT_ERR_WORK_SIZE = 0xe35e,      /* work smaller than the keys need */
    KJWT_ERR_WORK_ALIGNMENT = 0x89f8, /* work not aligned to 8 */
    KJWT_ERR_SCRATCH_SIZE = 0x67d4,   /* scratch smaller than the token */
    KJWT_ERR_POLICY = 0x5972,         /* no keys, unknown option, key without
                                         kid among several */
    KJWT_ERR_KEY = 0xcf4e,            /* a key not of 2048, 3072 or 4096 bits,
                                         even, or with a wrong n0inv */
    KJWT_ERR_CRYPTO = 0xce94,         /* the port's hash failed */
    KJWT_ERR_UNVERIFIED = 0x25ec,     /* claims that no kjwt_verify() made */

    /* Limits. */
    KJWT_ERR_LIMIT_KEYS = 0x6e2f,
    KJWT_ERR_LIMIT_TOKEN = 0x85c7,
    KJWT_ERR_LIMIT_JSON_TOKENS = 0x3ab9,
    KJWT_ERR_LIMIT_JSON_DEPTH = 0xca2d,

    /* JWS Compact Serialization. */
    KJWT_ERR_SERIALIZATION = 0xc1f5, /* RFC 7515 7.1: three non-empty parts */
    KJWT_ERR_BASE64URL = 0x6be6,     /* RFC 7515 2, RFC 4648 3.2 to 3.5 */

    /* JSON, of the JOSE Header and of the Claims Set. */
    KJWT_ERR_JSON = 0x9ac7,           /* RFC 8259: the grammar */
    KJWT_ERR_JSON_UTF8 = 0xdcac,      /* RFC 3629 3 */
    KJWT_ERR_JSON_SURROGATE = 0x613f, /* RFC 8259 8.2: unpaired surrogate */
    KJWT_ERR_JSON_NUL = 0xa797,       /* U+0000 in a string */
    KJWT_ERR_JSON_DUPLICATE = 0x5695, /* RFC 7515 4, RFC 7519 4 */
    KJWT_ERR_JSON_OBJECT = 0xea87,    /* RFC 7515 4, RFC 7519 4: no object */

    /* JOSE Header. */
    KJWT_ERR_ALG = 0x17f3,  /* RFC 7515 4.1.1: not RS256 */
    KJWT_ERR_CRIT = 0xb1d5, /* RFC 7515 4.1.11: any `crit` */
    KJWT_ERR_B64 = 0x598f,  /* RFC 7797 7: any `b64` */
    KJWT_ERR_TYP = 0xdda1,  /* RFC 7515 4.1.9, RFC 8725 3.11 */
    KJWT_ERR_KID = 0x99a7,  /* RFC 7515 4.1.4: not a string */

    /* Key selection. */
    KJWT_ERR_KEY_UNKNOWN = 0x647d,   /* no key has this kid */
    KJWT_ERR_KEY_AMBIGUOUS = 0xbc27, /* several keys and no kid, or two alike */

    /* Signature. */
    KJWT_ERR_SIGNATURE_LENGTH = 0xf1a8, /* RFC 8017 8.2.2 step 1 */
    KJWT_ERR_SIGNATURE_RANGE = 0x52b6,  /* RFC 8017 5.2.2 step 1 */
    KJWT_ERR_SIGNATURE = 0xfd06,        /* RFC 8017 8.2.2 step 4 */

    /* Claims Set and policy. */
    KJWT_ERR_CLAIM_TYPE = 0x9b96,    /* RFC 7519 4.1: iss, sub, aud, jti */
    KJWT_ERR_NUMERIC_DATE = 0xf931,  /* RFC 7519 2: exp, nbf, iat */
    KJWT_ERR_ISSUER = 0xe853,        /* RFC 7519 4.1.1 */
    KJWT_ERR_SUBJECT = 0x98dc,       /* RFC 7519 4.1.2 */
    KJWT_ERR_AUDIENCE = 0xd731,      /* RFC 7519 4.1.3 */
    KJWT_ERR_EXP_MISSING = 0xda33,   /* RFC 7519 4.1.4, required here */
    KJWT_ERR_EXPIRED = 0xd05e,       /* RFC 7519 4.1.4 */
    KJWT_ERR_NOT_YET_VALID = 0x7b3a, /* RFC 7519 4.1.5 */
    KJWT_ERR_IAT_MISSING = 0xe661,   /* RFC 7519 4.1.6, with max_age_s */
    KJWT_ERR_IAT_FUTURE = 0xbaa3,    /* RFC 7519 4.1.6, with max_age_s */
    KJWT_ERR_TOO_OLD = 0x8f25,       /* older than max_age_s */
    KJWT_ERR_TIME_UNKNOWN = 0xb74a,  /* exp, nbf or max_age_s, but no clock */

    /* Accessors. */
    KJWT_ERR_CLAIM_MISSING = 0x4557, /* nothing stands at this path */
    KJWT_ERR_CLAIM_RANGE = 0xf43e,   /* an integer beyond int64_t */
    KJWT_ERR_BUFFER_SIZE = 0xd3d2,   /* the value and its NUL do not fit */

    /* Storage (kjwt_device.h). */
    KJWT_ERR_STORE_EMPTY = 0x9f76, /* this record was never saved */
    KJWT_ERR_STORE_READ = 0xbde5,  /* it was, and cannot be read */
    KJWT_ERR_STORE_WRITE = 0x5bc8, /* it was not saved */

    /* Key sets and delegation (kjwt_keyset.h). */
    KJWT_ERR_KEYSET = 0xb2ee,             /* RFC 7517 5: no key set */
    KJWT_ERR_KEYSET_VERSION = 0xccf7,     /* older, or the same version with
                                             another content */
    KJWT_ERR_KEYSET_SIZE = 0x951f,        /* it does not fit into the memory */
    KJWT_ERR_KEY_REVOKED = 0x35bf,        /* by its thumbprint, RFC 7638 */
    KJWT_ERR_CERTIFICATE = 0x30f6,        /* RFC 7800 3.2: no certificate */
    KJWT_ERR_DELEGATED_ISSUER = 0xbe0b,   /* not the certificate's */
    KJWT_ERR_DELEGATED_AUDIENCE = 0xaa69, /* not below the certificate's */
    KJWT_ERR_DELEGATED_TIME = 0x9cb3,     /* not within the certificate's */

    /* Rules of a device (kjwt_device.h). */
    KJWT_ERR_DEVICE = 0xcb91,           /* another device's */
    KJWT_ERR_RANDOM = 0xd76d,           /* the random numbers are none */
    KJWT_ERR_NONCE_CLOSED = 0xa6eb,     /* no challenge is open */
    KJWT_ERR_NONCE = 0xec1d,            /* not the nonce that was given out */
    KJWT_ERR_SEQUENCE_MISSING = 0xc6a5, /* no sequence claim */
    KJWT_ERR_SEQUENCE = 0x3fc1,         /* not above the last one */
    KJWT_ERR_SEQUENCE_GAP = 0x2377,     /* too far above it */
    KJWT_ERR_SEQUENCE_ISSUERS = 0xde52, /* one issuer more than there is
                                           memory for */
    KJWT_ERR_JTI_MISSING = 0x3f1f,      /* RFC 7519 4.1.7, required here */
    KJWT_ERR_JTI_FULL = 0x2fa7,         /* memory full of unexpired tokens */
    KJWT_ERR_REPLAYED = 0xbb2e          /* RFC 7519 4.1.7: seen before */
};

/* "KJWT_ERR_EXPIRED"; "KJWT_ERR_?" for a value that is no status. Constant
 * strings; the linker drops the table when neither function is called. */
const char *kjwt_status_name(kjwt_status status);

/* One sentence that says what is wrong. */
const char *kjwt_status_text(kjwt_status status);

/* --------------------------------------------------------------- keys --- */

/* Of struct kjwt_key. A key file made for another one does not compile. */
#define KJWT_KEY_FORMAT 1

/* A public key as `signer-host key export --format c` writes it: constant
 * data, in flash. All values are public.
 *
 *   n       bits / 32 words, least significant first, aligned to 8 bytes
 *   target  the same of 2^-(65535 bits + 15) mod n, which the work on a
 *           signature must come to (rsassa.c)
 *   n0inv   -n^-1 mod 2^64, low word first
 *   kid     NUL-terminated UTF-8; NULL only where the key is the only one
 */
struct kjwt_key {
    const char *kid;
    const uint32_t *n;
    const uint32_t *target;
    uint32_t n0inv[2];
    uint32_t bits;
};

#if defined(__cplusplus)
#define KJWT_ALIGNED(bytes) alignas(bytes)
#else
#define KJWT_ALIGNED(bytes) _Alignas(bytes)
#endif

/* ------------------------------------------------------------- policy --- */

/* `now` when the device does not know the time. Every now <= 0, and every now
 * before policy.earliest, counts as this. */
#define KJWT_TIME_UNKNOWN INT64_C(0)

/* policy.options */
#define KJWT_EXP_OPTIONAL 1u    /* a token without `exp` is accepted */
#define KJWT_TIME_UNKNOWN_OK 2u /* without a clock `exp`, `nbf` and max_age_s
                                   are not checked instead of refused;
                                   claims.time_checked tells */

/* What a token must fulfil. {0} is the strictest. Read only during the call.
 * Strings are NUL-terminated UTF-8. */
struct kjwt_policy {
    const struct kjwt_key *keys; /* key_count of them; none is a
                                    KJWT_ERR_POLICY */
    size_t key_count;            /* 1 .. KJWT_MAX_KEYS */
    const char *issuer;          /* `iss` must equal it; NULL: not compared */
    const char *subject;         /* `sub` must equal it; NULL: not compared */
    const char *audience;        /* `aud` must be or contain it; NULL: the
                                    token must have no `aud` */
    const char *typ;             /* header `typ` must equal it, ASCII case and
                                    an "application/" prefix aside; NULL: `typ`
                                    is missing or JWT */
    int64_t earliest;            /* a `now` before it is KJWT_TIME_UNKNOWN;
                                    0: none. KJWT_KEYS_DATE serves well */
    uint32_t leeway_s;           /* tolerated difference of the clocks */
    uint32_t max_age_s;          /* now - iat at most; 0: no maximum, and iat
                                    is not held against the clock */
    uint32_t options;            /* KJWT_EXP_OPTIONAL | ... */
};

/* ------------------------------------------------------------- verify --- */

/* Bytes of work memory for keys of at most `bits`: three operands.
 * 768, 1,152 and 1,536 for 2048, 3072 and 4096 bits. */
#define KJWT_WORK_SIZE(bits) ((bits) / 8u * 3u)

/* Defines work memory of the right size and alignment. */
#define KJWT_WORK(name, bits) uint64_t name[KJWT_WORK_SIZE(bits) / 8u]

/* A verified Claims Set. Made by kjwt_verify() only; zero it before. It points
 * into the token buffer and lives as long as that is left alone. */
struct kjwt_claims {
    const char *json;           /* the decoded Claims Set, not terminated */
    size_t json_len;            /* its bytes */
    const struct kjwt_key *key; /* the key that verified the signature */
    uint32_t time_checked;      /* 1: `now` was known and used; 0: not */
    uint32_t proof;             /* computed by the checks that ran */
};

/*
 * Verifies one token.
 *
 *   policy     what the token must fulfil
 *   work       scratch memory of work_size bytes, aligned to 8, at least
 *              KJWT_WORK_SIZE(bits of the largest key). Its content does not
 *              matter, before or after; free when the call returns
 *   token      token_len bytes: the token and nothing else, no NUL needed. It
 *              is decoded in place: whatever the result, the buffer is consumed
 *   now        the time, or KJWT_TIME_UNKNOWN
 *   claims     zeroed on entry and on failure; on success the Claims Set
 *
 * Returns KJWT_OK, or the status of the first check that failed, in this order:
 * the arguments, the keys, compact serialization, JOSE Header, key selection,
 * signature, Claims Set, policy. No claim is read before the signature holds.
 *
 * Act on a token only when both hold:
 *     status == KJWT_OK && kjwt_claims_verified(&claims)
 * The second is computed from all checks that ran, so that a glitched branch
 * alone does not let a token through.
 *
 * The token buffer must not change during the call: what is hashed is read
 * again when it is parsed. Where another core, DMA or task may write to it, or
 * where it lies in flash, use kjwt_verify_const().
 */
kjwt_status kjwt_verify(const struct kjwt_policy *policy, void *work,
                        size_t work_size, char *token, size_t token_len,
                        int64_t now, struct kjwt_claims *claims);

/* The same for a token that must not be written to, or that may change: it is
 * read exactly once, into scratch (at least token_len bytes, any alignment),
 * and claims point there. KJWT_ERR_SCRATCH_SIZE if it does not fit. */
kjwt_status kjwt_verify_const(const struct kjwt_policy *policy, void *work,
                              size_t work_size, const char *token,
                              size_t token_len, char *scratch,
                              size_t scratch_size, int64_t now,
                              struct kjwt_claims *claims);

/* Whether these claims are what a kjwt_verify() that ran every check left. */
bool kjwt_claims_verified(const struct kjwt_claims *claims);

/* ------------------------------------------------------------- claims --- */

/*
 * Accessors. The Claims Set is never modified; each call scans it anew.
 *
 * path names a value: "sub" is the member of that name of the Claims Set; a
 * path that begins with "/" is a JSON Pointer (RFC 6901), "/address/city",
 * "/aud/0", with ~1 for "/" and ~0 for "~". Names compare after unescaping.
 *
 * All return KJWT_OK; KJWT_ERR_ARGUMENT for NULL; KJWT_ERR_UNVERIFIED for
 * claims that kjwt_claims_verified() would refuse; KJWT_ERR_CLAIM_MISSING where
 * nothing stands at the path; KJWT_ERR_CLAIM_TYPE where the value is of another
 * type. On failure the output is zero, empty or false.
 */

/* A string, unescaped, as UTF-8 into buf[size], NUL-terminated; *len (may be
 * NULL) is its length without the NUL. No string of a verified token contains
 * U+0000. KJWT_ERR_BUFFER_SIZE when it does not fit. */
kjwt_status kjwt_claims_string(const struct kjwt_claims *claims,
                               const char *path, char *buf, size_t size,
                               size_t *len);

/* An integer: no fraction, no exponent. KJWT_ERR_CLAIM_RANGE beyond int64_t. */
kjwt_status kjwt_claims_int(const struct kjwt_claims *claims, const char *path,
                            int64_t *value);

/* A NumericDate (RFC 7519 2), a fraction cut off. KJWT_ERR_NUMERIC_DATE for
 * any other value: negative, with an exponent, or after the year 9999. */
kjwt_status kjwt_claims_date(const struct kjwt_claims *claims,
                             const char *path, int64_t *value);

/* true or false. */
kjwt_status kjwt_claims_bool(const struct kjwt_claims *claims,
                             const char *path, bool *value);

/* The number of an array's elements or an object's members. */
kjwt_status kjwt_claims_count(const struct kjwt_claims *claims,
                              const char *path, size_t *count);

/* The value's JSON text as it stands in the Claims Set, quotes and escapes
 * included, any type; "" is the whole Claims Set. */
kjwt_status kjwt_claims_span(const struct kjwt_claims *claims,
                             const char *path, const char **json, size_t *len);

#ifdef __cplusplus
}
#endif

#endif
