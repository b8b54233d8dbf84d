/*
 * Which key set is in use: what the store has, held against the version floor.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   set           floor          in use
 *   empty         empty          none, the compiled-in keys verify
 *   version v     below v, empty v; a power cut came between the two
 *                 or unreadable
 *   version v     v              v
 *   version v     above v        nothing: an older copy has come up again
 *   empty         any            nothing: it was there, and is gone
 *   unreadable    any            nothing
 */
#include <string.h>

#include "keyset_record.h"

/* A key at pos; what is behind it, or NULL where it does not fit. */
static const uint8_t *use_key(struct kjwt_key *key, const uint8_t *pos,
                              const uint8_t *end)
{
    const struct kjwt_keyset_key_head *head = (const void *)pos;
    const size_t left = (size_t)(end - pos);
    size_t size;

    if (left < sizeof *head || head->kid_size == 0 || head->kid_size > left ||
        head->kid_size % 8 != 0 || head->bits > 4096 || head->bits % 1024 != 0)
        return NULL;
    size = sizeof *head + head->bits / 4 + head->kid_size;
    if (size > left || pos[size - 1] != 0)
        return NULL;
    key->bits = head->bits;
    key->n0inv[0] = head->n0inv[0];
    key->n0inv[1] = head->n0inv[1];
    key->n = (const void *)(pos + sizeof *head);
    key->target = key->n + head->bits / 32;
    key->kid = (const char *)(key->target + head->bits / 32);
    return pos + size;
}

static bool use_record(struct kjwt_keyset *keyset, size_t len)
{
    const struct kjwt_keyset_head *head = keyset->memory;
    const uint8_t *pos = keyset->memory;
    const uint8_t *end = pos + len;

    if (len < sizeof *head || head->format != KJWT_KEYSET_FORMAT ||
        head->size != len || head->version <= 0 || head->key_count == 0 ||
        head->key_count > KJWT_MAX_KEYS ||
        head->revoked_count > (len - sizeof *head) / KJWT_THUMBPRINT_SIZE)
        return false;
    keyset->version = head->version;
    keyset->revoked = pos + sizeof *head;
    keyset->revoked_count = head->revoked_count;
    pos = keyset->revoked + head->revoked_count * KJWT_THUMBPRINT_SIZE;
    for (size_t i = 0; i < head->key_count && pos != NULL; i++)
        pos = use_key(&keyset->keys[i], pos, end);
    keyset->key_count = head->key_count;
    return pos == end;
}

static void use_none(struct kjwt_keyset *keyset, kjwt_status status)
{
    keyset->status = status;
    keyset->version = 0;
    keyset->revoked = NULL;
    keyset->revoked_count = 0;
    keyset->key_count = 0;
}

bool kjwt_keyset_use(struct kjwt_keyset *keyset, size_t len)
{
    use_none(keyset, KJWT_ERR_STORE_READ);
    if (!use_record(keyset, len)) {
        use_none(keyset, KJWT_ERR_STORE_READ);
        return false;
    }
    keyset->status = KJWT_OK;
    return true;
}

kjwt_status kjwt_keyset_save_floor(struct kjwt_keyset *keyset)
{
    const struct kjwt_keyset_head *head = keyset->memory;
    struct kjwt_keyset_floor floor = {.version = head->version};

    memcpy(floor.digest, head->digest, sizeof floor.digest);
    keyset->floor = floor.version;
    memcpy(keyset->floor_digest, floor.digest, sizeof floor.digest);
    return keyset->store->save(keyset->store->context,
                               KJWT_RECORD_KEYSET_VERSION, &floor,
                               sizeof floor) == KJWT_OK
               ? KJWT_OK
               : KJWT_ERR_STORE_WRITE;
}

/* Sets keyset->floor; returns whether anything was ever stored. */
static bool load_floor(struct kjwt_keyset *keyset)
{
    struct kjwt_keyset_floor floor = {.version = 0};
    size_t len = 0;
    kjwt_status status = keyset->store->load(
        keyset->store->context, KJWT_RECORD_KEYSET_VERSION, &floor,
        sizeof floor, &len);

    keyset->floor = 0;
    if (status == KJWT_ERR_STORE_EMPTY)
        return false;
    keyset->floor = KJWT_KEYSET_FLOOR_UNKNOWN;
    if (status == KJWT_OK && len == sizeof floor && floor.version > 0) {
        keyset->floor = floor.version;
        memcpy(keyset->floor_digest, floor.digest, sizeof floor.digest);
    }
    return true;
}

/* A set that can be read, against the floor. */
static void check_floor(struct kjwt_keyset *keyset)
{
    const struct kjwt_keyset_head *head = keyset->memory;

    if (keyset->floor == KJWT_KEYSET_FLOOR_UNKNOWN ||
        keyset->floor < keyset->version) {
        /* What cannot be written now is written at the next start. */
        (void)kjwt_keyset_save_floor(keyset);
        return;
    }
    if (keyset->floor > keyset->version ||
        memcmp(head->digest, keyset->floor_digest, sizeof head->digest) != 0)
        use_none(keyset, KJWT_ERR_STORE_READ);
}

kjwt_status kjwt_keyset_open(struct kjwt_keyset *keyset,
                             const struct kjwt_store *store, void *memory,
                             size_t size)
{
    kjwt_status status = KJWT_ERR_ARGUMENT;
    size_t len = 0;
    bool stored;

    if (keyset == NULL)
        return KJWT_ERR_ARGUMENT;
    memset(keyset, 0, sizeof *keyset);
    keyset->status = KJWT_ERR_STORE_READ;
    if (store == NULL || store->load == NULL || store->save == NULL ||
        memory == NULL)
        return KJWT_ERR_ARGUMENT;
    if (((uintptr_t)memory & 7) != 0)
        return KJWT_ERR_WORK_ALIGNMENT;
    keyset->store = store;
    keyset->memory = memory;
    keyset->size = size;
    stored = load_floor(keyset);
    status =
        store->load(store->context, KJWT_RECORD_KEYSET, memory, size, &len);
    if (status == KJWT_OK && kjwt_keyset_use(keyset, len))
        check_floor(keyset);
    else
        use_none(keyset, status == KJWT_ERR_STORE_EMPTY && !stored
                             ? KJWT_ERR_STORE_EMPTY
                             : KJWT_ERR_STORE_READ);
    return keyset->status;
}

kjwt_status kjwt_keyset_policy(const struct kjwt_keyset *keyset,
                               struct kjwt_policy *policy)
{
    if (policy == NULL)
        return KJWT_ERR_ARGUMENT;
    if (keyset != NULL && keyset->status == KJWT_ERR_STORE_EMPTY)
        return KJWT_OK;
    policy->keys = NULL;
    policy->key_count = 0;
    if (keyset == NULL)
        return KJWT_ERR_ARGUMENT;
    if (keyset->status != KJWT_OK)
        return keyset->status;
    policy->keys = keyset->keys;
    policy->key_count = keyset->key_count;
    return KJWT_OK;
}

bool kjwt_keyset_has(const uint8_t *thumbprints, size_t count,
                     const uint8_t thumbprint[KJWT_THUMBPRINT_SIZE])
{
    for (; count > 0; count--, thumbprints += KJWT_THUMBPRINT_SIZE)
        if (memcmp(thumbprints, thumbprint, KJWT_THUMBPRINT_SIZE) == 0)
            return true;
    return false;
}
