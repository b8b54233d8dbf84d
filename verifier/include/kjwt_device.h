/*
 * kjwt_device: what a device without a network and without a clock needs beside
 * kjwt_verify(): a lower bound of the time, one-shot tokens, a challenge, and
 * memory that outlives a power cut.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * All of it is optional. kjwt.h does not know of it, each part is a file of its
 * own, and who does not call a part does not pay a byte for it.
 *
 *     struct kjwt_policy policy = device_policy;
 *     int64_t now = port_time_now();
 *
 *     kjwt_floor_policy(&floor, &policy, &now);
 *     status = kjwt_verify(&policy, work, sizeof work, token, token_len, now,
 *                          &claims);
 *     kjwt_admit_begin(&admission, status, &policy, now, &claims, work);
 *     kjwt_admit_floor(&admission, &floor);
 *     status = kjwt_admit_one_shot(&admission, &one_shot);
 *     if (status != KJWT_OK ||
 *         !kjwt_admitted(&admission, KJWT_RULE_FLOOR + KJWT_RULE_ONE_SHOT))
 *         return refuse(kjwt_status_name(status));
 *
 * Conventions are those of kjwt.h: no heap, no globals, all memory is the
 * caller's. The claims may be of any function that leaves struct kjwt_claims.
 *
 * What is kept is kept before the caller is told yes; what makes a token count
 * once is read again besides. After a power cut a token counts as taken or as not
 * taken, never as taken and still good: a token that was cut off between the two
 * is used up, and the bench mints another.
 *
 * Not covered: an attacker who writes the device's storage.
 */
#ifndef KJWT_DEVICE_H
#define KJWT_DEVICE_H

#include "kjwt.h"

#ifdef __cplusplus
extern "C" {
#endif

/* -------------------------------------------------------------- store --- */

/* The records that kjwt keeps. A store holds each of them by itself; there is
 * no order among them. */
enum {
    KJWT_RECORD_FLOOR = 1,      /* 16 bytes */
    KJWT_RECORD_NONCE,          /* 24 bytes */
    KJWT_RECORD_ONE_SHOT,       /* 24 bytes an issuer */
    KJWT_RECORD_JTI,            /* 8 bytes, and 24 an entry */
    KJWT_RECORD_KEYSET_VERSION, /* kjwt_keyset.h */
    KJWT_RECORD_KEYSET          /* kjwt_keyset.h */
};

/*
 * Memory that outlives a power cut: port/storage over flash, or a firmware's
 * own (NVS, a file system, an EEPROM).
 *
 *   load   copies the record's newest content to data and sets *len, at most
 *          size. KJWT_OK; KJWT_ERR_STORE_EMPTY: nothing was ever saved;
 *          KJWT_ERR_STORE_READ: something was and cannot be read, or is longer
 *          than size. The two must not be taken for each other: the first is a
 *          new device, the second refuses tokens
 *   save   replaces the content by len bytes of data. KJWT_OK only when they
 *          will be read after a power cut; KJWT_ERR_STORE_WRITE. After a power
 *          cut within save, load gives the old content or the new one, and the
 *          same each time
 *
 * Both take bytes of any alignment and keep no pointer to them. Any other status
 * counts as KJWT_ERR_STORE_READ from load and as KJWT_ERR_STORE_WRITE from save.
 */
struct kjwt_store {
    kjwt_status (*load)(void *context, uint32_t record, void *data, size_t size,
                        size_t *len);
    kjwt_status (*save)(void *context, uint32_t record, const void *data,
                        size_t len);
    void *context;
};

/* ---------------------------------------------------------- admission --- */

/*
 * Whether the device takes a token that kjwt_verify() found genuine: rules,
 * each of which is a call, in this order:
 *
 *   kjwt_admit_claim()     a claim of one's own names this device
 *   kjwt_admit_floor()     not expired by the time floor; raises it
 *   kjwt_admit_nonce()     carries the nonce that the device gave out
 *   kjwt_admit_one_shot()  its sequence is above the last one
 *   kjwt_admit_jti()       its `jti` was not seen before
 *
 * A rule that refuses makes all that follow refuse with its status. What a rule
 * changes it stores before it returns, so a token that a later rule refuses may
 * have used up its nonce or its sequence.
 */
struct kjwt_admission {
    const struct kjwt_policy *policy;
    const struct kjwt_claims *claims;
    void *work;
    int64_t known;      /* a time that has come for sure; 0: none is known */
    kjwt_status status; /* of the first rule that refused */
    uint32_t proof;     /* computed by the rules that ran */
    uint32_t expected;  /* of the proof, less the Claims Set's part */
};

/* One of them for each call of a rule; kjwt_admitted() wants their sum. */
#define KJWT_RULE_CLAIM    0x428a2f98u
#define KJWT_RULE_FLOOR    0x71374491u
#define KJWT_RULE_NONCE    0xb5c0fbcfu
#define KJWT_RULE_ONE_SHOT 0xe9b5dba5u
#define KJWT_RULE_JTI      0x3956c25bu

/*
 * Begins with the outcome of a verification.
 *
 *   status  what it returned
 *   policy  and now: what it was called with
 *   claims  what it left
 *   work    the work memory that it used, free again
 *
 * All pointers are kept, and the Claims Set stays as it is, until
 * kjwt_admitted(). Returns status, KJWT_ERR_ARGUMENT for NULL, or
 * KJWT_ERR_UNVERIFIED for claims that no verification left.
 */
kjwt_status kjwt_admit_begin(struct kjwt_admission *admission,
                             kjwt_status status,
                             const struct kjwt_policy *policy, int64_t now,
                             const struct kjwt_claims *claims, void *work);

/*
 * Act on a token only when both hold:
 *     status == KJWT_OK && kjwt_admitted(&admission, KJWT_RULE_... + ...)
 * where status is that of the last rule and the sum names every call that was
 * made. As kjwt_claims_verified(), which it includes, this is computed from
 * what ran, so that a rule that was jumped over or forgotten lets no token in.
 * Each rule decides twice before it stores, and from what it stored once more;
 * KJWT_ERR_UNVERIFIED where its proof is not what it should be.
 */
bool kjwt_admitted(const struct kjwt_admission *admission, uint32_t rules);

/* -------------------------------------------------------------- binding --- */

/*
 * The chip's identity as a text: prefix, which may be "", and id in lower-case
 * hexadecimal, NUL-terminated. KJWT_ERR_BUFFER_SIZE when it does not fit;
 * KJWT_ERR_ARGUMENT for NULL or no id.
 *
 * Bind tokens to it by policy.audience or policy.subject, which kjwt_verify()
 * holds against the whole `aud` or `sub`, or by kjwt_admit_claim().
 */
kjwt_status kjwt_device_id(char *text, size_t size, const char *prefix,
                           const uint8_t *id, size_t id_len);

/* The claim at `path` (as of the accessors in kjwt.h) is a string and equals
 * expected, all of it: else KJWT_ERR_DEVICE. KJWT_RULE_CLAIM. */
kjwt_status kjwt_admit_claim(struct kjwt_admission *admission, const char *path,
                             const char *expected);

/* ---------------------------------------------------------------- floor --- */

/* floor.now: what counts as the time. Both: the clock where it is known, that
 * is positive and not before the floor, else the floor. */
#define KJWT_NOW_CLOCK 1u /* a clock that is trusted */
#define KJWT_NOW_FLOOR 2u /* the floor suffices */

/*
 * A lower bound of the time, for a device whose clock is missing, or is lost
 * with its power. It begins with the build's date; genuine tokens raise it to
 * their `iat` or `nbf`, whichever is later, and nothing else does.
 *
 *   exp <= floor            expired
 *   nbf or iat > floor      no refusal, but evidence that it is later: raises
 *                           the floor, by step_s at most
 *
 * A token from further in the future than step_s raises the floor by one step,
 * and not again when it comes again, before the floor is within a step of it:
 * only evidence later than all such before counts. So a bench whose clock is
 * wrong does not make the device refuse everything, however often its token
 * comes, and a device that lay in a drawer for years catches up by a step for
 * each token of another second.
 *
 * A floor proves "not earlier", never "not later": an old token that has not
 * expired by it is accepted. For freshness use a nonce.
 */
struct kjwt_floor {
    const struct kjwt_store *store;
    int64_t built;         /* the first floor, above 0: KJWT_KEYS_DATE, or the
                              build's date */
    uint32_t step_s;       /* the most that one token raises it, above 0 */
    uint32_t write_step_s; /* stored when it has moved by so much; what a
                              restart may lose. At most step_s */
    uint32_t now;          /* KJWT_NOW_CLOCK, KJWT_NOW_FLOOR or both */

    int64_t time;   /* the floor; 0: not loaded. Read it, do not write it */
    int64_t stored; /* the newest that was stored */
    int64_t far;    /* the latest evidence that was cut to step_s */
};

/*
 * Reads the floor from the store, at start. KJWT_OK, also when nothing was
 * stored yet; KJWT_ERR_STORE_READ: nothing is accepted until this has
 * succeeded; KJWT_ERR_POLICY for impossible settings; KJWT_ERR_ARGUMENT for
 * NULL.
 */
kjwt_status kjwt_floor_load(struct kjwt_floor *floor);

/*
 * What to verify with: changes the caller's copy of the policy, and the clock's
 * time, by floor->now. A clock before the floor (leeway_s aside) counts as
 * unknown. With KJWT_NOW_FLOOR, verification alone does not check `exp` without
 * a clock: kjwt_admit_floor() does.
 */
void kjwt_floor_policy(const struct kjwt_floor *floor,
                       struct kjwt_policy *policy, int64_t *now);

/*
 * Holds the token against the floor and raises it, also for a token that a
 * later rule refuses: that it was issued is true all the same. KJWT_RULE_FLOOR.
 *
 * KJWT_ERR_EXPIRED (RFC 7519 4.1.4), also for an `exp` that is not after the
 * token's own `iat` and `nbf`; with policy.max_age_s KJWT_ERR_IAT_MISSING and
 * KJWT_ERR_TOO_OLD; KJWT_ERR_STORE_READ where kjwt_floor_load() has not
 * succeeded; KJWT_ERR_STORE_WRITE. Writes 16 bytes when the floor has moved by
 * write_step_s.
 */
kjwt_status kjwt_admit_floor(struct kjwt_admission *admission,
                             struct kjwt_floor *floor);

/* ------------------------------------------------------------ challenge --- */

#define KJWT_NONCE_BYTES 16
/* A nonce as a text: 40 hexadecimal digits and NUL. */
#define KJWT_NONCE_SIZE 41

/* As it is stored. */
struct kjwt_nonce {
    uint32_t open;   /* 1: given out and not taken yet */
    uint32_t number; /* of the nonces so far */
    uint8_t random[KJWT_NONCE_BYTES];
};

/*
 * Freshness without a clock: the device gives out a nonce, the bench puts it
 * into a claim, the device takes it once. One nonce is open at a time; a new
 * one closes the one before.
 *
 * Without a store the nonce lives in RAM, and a restart closes it: no writes,
 * but all rests on the random numbers, also after a restart. With one it
 * outlives a restart, and the number in it makes sure that no nonce comes twice
 * even if the random numbers do.
 */
struct kjwt_challenge {
    const struct kjwt_store *store; /* or NULL */
    /* Fills data with random bytes; whether it could. */
    bool (*random)(void *context, void *data, size_t len);
    void *random_context;
    const char *claim; /* a path; NULL: "nonce" */

    struct kjwt_nonce nonce; /* zero at first */
    bool closed; /* zero at first; whatever the store says, which may not have
                    learned of it */
};

/* Gives out a nonce. KJWT_ERR_RANDOM where the generator failed, gave the same
 * as before or one byte over and over; KJWT_ERR_STORE_READ, _WRITE;
 * KJWT_ERR_ARGUMENT. On failure text is empty and none is open, except that after
 * a restart the one before is, where the store failed. One write with a store. */
kjwt_status kjwt_challenge_issue(struct kjwt_challenge *challenge,
                                 char text[KJWT_NONCE_SIZE]);

/* Closes it: when it took too long. KJWT_OK; KJWT_ERR_STORE_READ, _WRITE: closed
 * until a restart. */
kjwt_status kjwt_challenge_close(struct kjwt_challenge *challenge);

/* The token carries the nonce that is open, which is closed by that: else
 * KJWT_ERR_NONCE, which leaves it open, or KJWT_ERR_NONCE_CLOSED; or
 * KJWT_ERR_STORE_READ, _WRITE. KJWT_RULE_NONCE. One write with a store. */
kjwt_status kjwt_admit_nonce(struct kjwt_admission *admission,
                             struct kjwt_challenge *challenge);

/* ------------------------------------------------------------- one-shot --- */

/* Of what names an issuer or a token: SHA-256, cut off. */
#define KJWT_DIGEST_BYTES 16

struct kjwt_sequence {
    uint8_t issuer[KJWT_DIGEST_BYTES]; /* of `iss` */
    int64_t last;
};

/*
 * Tokens that count once: each carries a sequence, an integer of 0 or more that
 * its issuer (`iss`; none is one, too) never uses twice, and the device takes
 * those that are above the last one it took of that issuer.
 */
struct kjwt_one_shot {
    const struct kjwt_store *store;
    const char *claim;               /* a path; NULL: "seq" */
    struct kjwt_sequence *sequences; /* memory for `issuers` of them, of any
                                        content; the work may serve */
    uint32_t issuers;                /* as many as the device can tell apart */
    uint32_t gap;                    /* a sequence at most this much above the
                                        last one; 0: any. The first of an issuer
                                        may be any */
};

/* KJWT_ERR_SEQUENCE_MISSING, KJWT_ERR_CLAIM_TYPE or _RANGE for no int64_t,
 * KJWT_ERR_SEQUENCE, KJWT_ERR_SEQUENCE_GAP, KJWT_ERR_SEQUENCE_ISSUERS;
 * KJWT_ERR_STORE_READ, _WRITE; KJWT_ERR_CRYPTO. KJWT_RULE_ONE_SHOT. One write
 * of 24 bytes an issuer. */
kjwt_status kjwt_admit_one_shot(struct kjwt_admission *admission,
                                const struct kjwt_one_shot *one_shot);

/* ------------------------------------------------------------- jti ring --- */

struct kjwt_jti {
    uint8_t id[KJWT_DIGEST_BYTES]; /* of `iss` and `jti` */
    int64_t exp;                   /* 0: a free entry */
};

/* Memory for a ring of that many entries, of the record's size. */
#define KJWT_JTI_RING(name, entries) uint64_t name[1 + 3 * (entries)]

/*
 * Tokens that count once, where an issuer has no sequence: a ring of those that
 * were taken and have not expired.
 *
 *   | horizon | entry 0 | entry 1 | ...
 *
 * An entry is freed only when its `exp` plus policy.leeway_s has passed by a
 * known time: the clock that the token was verified with, or the floor. Its
 * `exp` then becomes the horizon, and a token that expires at it or before is
 * refused whatever a clock says later: a clock that is set back, or a floor
 * that a restart lost, reopens nothing. A ring full of unexpired entries
 * refuses.
 */
struct kjwt_jti_ring {
    const struct kjwt_store *store;
    uint64_t *memory; /* KJWT_JTI_RING(), of any content; the work may serve */
    uint32_t entries; /* a later build may have more, never fewer */
};

/* KJWT_ERR_JTI_MISSING, KJWT_ERR_EXP_MISSING, KJWT_ERR_EXPIRED by the horizon,
 * KJWT_ERR_REPLAYED, KJWT_ERR_JTI_FULL; KJWT_ERR_STORE_READ, _WRITE;
 * KJWT_ERR_CRYPTO. KJWT_RULE_JTI. One write of the whole ring. */
kjwt_status kjwt_admit_jti(struct kjwt_admission *admission,
                           const struct kjwt_jti_ring *ring);

#ifdef __cplusplus
}
#endif

#endif
