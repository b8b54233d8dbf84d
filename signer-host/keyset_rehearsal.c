/*
 * kjwt_keyset_update() on a device that is no device.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "keyset_rehearsal.h"

#include <stdlib.h>
#include <string.h>

/* Of each thumbprint stands 46 bytes in a token. */
#define MAX_REVOKED (KJWT_MAX_TOKEN_LENGTH / 46)

struct keyset_rehearsal {
    struct kjwt_keyset keyset;
    struct kjwt_store store;
    struct kjwt_key root;
    KJWT_WORK(work, PUBLIC_KEY_MAX_BITS);
    KJWT_KEYSET_MEMORY(memory, KJWT_MAX_KEYS, PUBLIC_KEY_MAX_BITS, MAX_REVOKED);
};

/* Nothing is there at the beginning, and nobody restarts it. */
static kjwt_status load(void *context, uint32_t record, void *data, size_t size,
                        size_t *len)
{
    (void)context, (void)record, (void)data, (void)size;
    *len = 0;
    return KJWT_ERR_STORE_EMPTY;
}

static kjwt_status save(void *context, uint32_t record, const void *data,
                        size_t len)
{
    (void)context, (void)record, (void)data, (void)len;
    return KJWT_OK;
}

struct keyset_rehearsal *keyset_rehearsal_new(const struct public_key *root)
{
    struct keyset_rehearsal *device = calloc(1, sizeof *device);

    if (device == NULL)
        return NULL;
    device->store = (struct kjwt_store){load, save, NULL};
    device->root = public_key_view(root);
    (void)kjwt_keyset_open(&device->keyset, &device->store, device->memory,
                           sizeof device->memory);
    return device;
}

void keyset_rehearsal_free(struct keyset_rehearsal *device)
{
    free(device);
}

kjwt_status keyset_rehearsal_update(struct keyset_rehearsal *device,
                                    const char *token, size_t len,
                                    int64_t now)
{
    const struct kjwt_policy roots = {.keys = &device->root, .key_count = 1};
    char copy[KJWT_MAX_TOKEN_LENGTH];

    if (len > sizeof copy)
        return KJWT_ERR_LIMIT_TOKEN;
    memcpy(copy, token, len);
    return kjwt_keyset_update(&device->keyset, &roots, device->work,
                              sizeof device->work, copy, len, now);
}

const struct kjwt_keyset *
keyset_rehearsal_set(const struct keyset_rehearsal *device)
{
    return &device->keyset;
}
