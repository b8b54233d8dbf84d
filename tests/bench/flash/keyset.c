/* Key sets of two keys; the store is somebody else's.
 * SPDX-License-Identifier: Apache-2.0 */
#include "plain.h"

#include "kjwt_keyset.h"

static KJWT_KEYSET_MEMORY(memory, 2, KJWT_KEYS_MAX_BITS, 4);
static struct kjwt_keyset keyset;

static kjwt_status load(void *context, uint32_t record, void *data, size_t size,
                        size_t *len)
{
    (void)context, (void)record, (void)data, (void)size, (void)len;
    return KJWT_ERR_STORE_EMPTY;
}

static kjwt_status save(void *context, uint32_t record, const void *data,
                        size_t len)
{
    (void)context, (void)record, (void)data, (void)len;
    return KJWT_OK;
}

int main(void)
{
    static const struct kjwt_store store = {load, save, NULL};
    static const struct kjwt_policy roots = {.keys = kjwt_keys,
                                             .key_count = KJWT_KEYS_COUNT};
    struct kjwt_policy now = policy;

    (void)kjwt_keyset_open(&keyset, &store, memory, sizeof memory);
    (void)kjwt_keyset_update(&keyset, &roots, work, sizeof work, token,
                             token_len, 1);
    return kjwt_keyset_policy(&keyset, &now) == KJWT_OK && plain(&now);
}
