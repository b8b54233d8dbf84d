/*
 * The stored key set, for every record of at most LENGTH bytes, whatever it
 * holds, and everything that a store may say.
 * SPDX-License-Identifier: Apache-2.0
 *
 * use: a set is in use only if keys, revoked and kids lie within the record and
 * each kid ends there; otherwise no key is. open: the table of keyset_record.c.
 */
#include <keyset_record.c>

#include "proof.h"

#ifndef LENGTH
#define LENGTH 1
#endif

/* The record is the end of this, so that what lies behind it is no memory; all
 * records have whole words. */
static uint64_t words[(LENGTH + 7) / 8];
static uint8_t *record;
static size_t record_len;

static bool within(const void *part, size_t len)
{
    return __CPROVER_same_object(part, record) &&
           (const uint8_t *)part >= record && len <= record_len &&
           (const uint8_t *)part + len <= record + record_len;
}

/* Whether a key's kid lies in the record and ends there. */
static bool ends(const struct kjwt_key *key)
{
    const struct kjwt_keyset_key_head *const head =
        (const void *)((const uint8_t *)key->n - sizeof *head);

    return within(head, sizeof *head) && head->kid_size > 0 &&
           within(key->kid, head->kid_size) &&
           key->kid[head->kid_size - 1] == '\0';
}

static void is_consistent(const struct kjwt_keyset *keyset)
{
    const size_t i = any_length(KJWT_MAX_KEYS - 1);
    const struct kjwt_key *const key = &keyset->keys[i];

    if (keyset->status != KJWT_OK) {
        prove(keyset->key_count == 0 && keyset->revoked_count == 0 &&
                  keyset->version == 0,
              "nothing is in use");
        return;
    }
    prove(keyset->version > 0, "a version");
    prove(within(keyset->revoked, keyset->revoked_count * KJWT_THUMBPRINT_SIZE),
          "the revoked lie in the record");
    prove(keyset->key_count >= 1 && keyset->key_count <= KJWT_MAX_KEYS, "keys");
    assume(i < keyset->key_count);
    prove(within(key->n, key->bits / 8) && within(key->target, key->bits / 8),
          "numbers lie in the record");
    prove(ends(key), "a kid ends there");
}

void proof_use(void)
{
    struct kjwt_keyset keyset;

    __CPROVER_havoc_object(words);
    record_len = any_length(LENGTH);
    record = (uint8_t *)words + (LENGTH - record_len) / 8 * 8;
    __CPROVER_havoc_object(&keyset);
    keyset.memory = record;
    prove(kjwt_keyset_use(&keyset, record_len) == (keyset.status == KJWT_OK),
          "whether a set is in use");
    is_consistent(&keyset);
    if (keyset.status == KJWT_OK)
        end_of_proof();
}

static kjwt_status set_status;
static kjwt_status floor_status;
static struct kjwt_keyset_floor stored_floor;
static bool floor_is_right; /* of its size, and above 0 */

static kjwt_status load(void *context, uint32_t id, void *data, size_t size,
                        size_t *len)
{
    (void)context;
    prove(__CPROVER_w_ok(data, size), "room for a record");
    if (id == KJWT_RECORD_KEYSET) {
        __CPROVER_havoc_slice(data, size);
        record_len = any_length(size);
        *len = record_len;
        return set_status;
    }
    prove(id == KJWT_RECORD_KEYSET_VERSION && size == sizeof stored_floor,
          "the floor");
    memcpy(data, &stored_floor, sizeof stored_floor);
    *len = any_length(size);
    floor_is_right = floor_status == KJWT_OK && *len == sizeof stored_floor &&
                     stored_floor.version > 0;
    return floor_status;
}

static bool saved;
static struct kjwt_keyset_floor saved_floor;

static kjwt_status save(void *context, uint32_t id, const void *data,
                        size_t len)
{
    (void)context;
    prove(id == KJWT_RECORD_KEYSET_VERSION && len == sizeof saved_floor,
          "the floor alone is written");
    memcpy(&saved_floor, data, sizeof saved_floor);
    saved = true;
    return nondet_status();
}

/* In place of kjwt_keyset_use(): what proof_use shows. */
bool uses(struct kjwt_keyset *keyset, size_t len)
{
    const struct kjwt_keyset_head *head = keyset->memory;

    prove(keyset->memory == record && len == record_len, "the record");
    use_none(keyset, KJWT_ERR_STORE_READ);
    if (len < sizeof *head || head->version <= 0 || nondet_bool())
        return false;
    keyset->status = KJWT_OK;
    keyset->version = head->version;
    keyset->key_count = 1;
    return true;
}

void proof_open(void)
{
    const struct kjwt_store store = {nondet_bool() ? load : NULL,
                                     nondet_bool() ? save : NULL, NULL};
    const size_t size = any_length(LENGTH);
    struct kjwt_keyset keyset;
    struct kjwt_policy policy;
    kjwt_status status;

    record = (uint8_t *)words + (LENGTH - size) / 8 * 8;
    set_status = nondet_status();
    floor_status = nondet_status();
    __CPROVER_havoc_object(&stored_floor);
    assume(stored_floor.version < KJWT_KEYSET_FLOOR_UNKNOWN); /* as is saved */
    __CPROVER_havoc_object(&policy);
    status = kjwt_keyset_open(&keyset, nondet_bool() ? &store : NULL,
                              nondet_bool() ? record : NULL, size);
    if (status == KJWT_ERR_ARGUMENT || status == KJWT_ERR_WORK_ALIGNMENT)
        return;
    prove(status == keyset.status, "the set's status");
    prove(status != KJWT_ERR_STORE_EMPTY ||
              (set_status == KJWT_ERR_STORE_EMPTY &&
               floor_status == KJWT_ERR_STORE_EMPTY),
          "a new device: nothing was ever stored");
    prove(status != KJWT_OK || set_status == KJWT_OK, "a set that was read");
    prove(status != KJWT_OK || !floor_is_right ||
              keyset.version > stored_floor.version ||
              (keyset.version == stored_floor.version &&
               memcmp(((struct kjwt_keyset_head *)record)->digest,
                      stored_floor.digest, sizeof stored_floor.digest) == 0),
          "not older than the floor");
    prove(!saved || !floor_is_right ||
              saved_floor.version > stored_floor.version,
          "the floor does not go down");
    prove(kjwt_keyset_policy(&keyset, &policy) == KJWT_OK
              ? status == KJWT_ERR_STORE_EMPTY || policy.keys == keyset.keys
              : policy.keys == NULL && policy.key_count == 0,
          "the set's keys, or none");
    if (status == KJWT_OK)
        end_of_proof();
}

void proof_has(void)
{
    const size_t count = any_length(2);
    const size_t i = any_length(1);
    uint8_t thumbprints[2 * KJWT_THUMBPRINT_SIZE];
    uint8_t thumbprint[KJWT_THUMBPRINT_SIZE];

    assume(i < count);
    prove(kjwt_keyset_has(thumbprints, count, thumbprint) ||
              memcmp(thumbprints + i * KJWT_THUMBPRINT_SIZE, thumbprint,
                     KJWT_THUMBPRINT_SIZE) != 0,
          "whoever is in it");
    end_of_proof();
}
