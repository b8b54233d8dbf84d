/*
 * The command keyset of the verify shell.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "keyset.h"

#include "board.h"
#include "console.h"

struct kjwt_keyset keyset;

static KJWT_KEYSET_MEMORY(memory, KEYSET_KEYS, KEYSET_BITS, KEYSET_REVOKED);

void keyset_start(const struct kjwt_store *store)
{
    /* What went wrong is the set's status, which verifying asks for. */
    (void)kjwt_keyset_open(&keyset, store, memory, sizeof memory);
}

struct update {
    const struct kjwt_policy *roots;
    uint32_t *work;
    size_t work_size;
    char *token;
    size_t token_len;
    int64_t now;
};

static kjwt_status run_update(void *argument)
{
    const struct update *update = argument;

    return kjwt_keyset_update(&keyset, update->roots, update->work,
                              update->work_size, update->token,
                              update->token_len, update->now);
}

static void print_set(void)
{
    console_text("version ");
    console_int64(keyset.version);
    console_text(" keys ");
    console_uint((uint32_t)keyset.key_count);
    console_text(" revoked ");
    console_uint((uint32_t)keyset.revoked_count);
    board_put('\n');
}

static void print_status(const char *before, kjwt_status status)
{
    console_text(before);
    console_text(kjwt_status_name(status));
    board_put('\n');
}

static void show(void)
{
    if (keyset.status == KJWT_ERR_STORE_EMPTY) {
        console_text("keyset none\n");
    } else if (keyset.status != KJWT_OK) {
        print_status("keyset ", keyset.status);
    } else {
        console_text("keyset ");
        print_set();
    }
}

void keyset_command(char *token, size_t len, const struct kjwt_policy *roots,
                    uint32_t *work, size_t work_size, int64_t now,
                    struct measurement *measured)
{
    struct update update = {roots, work, work_size, token, len, now};
    kjwt_status status = KJWT_ERR_UNVERIFIED;

    if (len == 0) {
        show();
        return;
    }
    status = measure_call(run_update, &update, work, work_size, measured);
    if (status != KJWT_OK) {
        print_status("rejected ", status);
        return;
    }
    console_text("accepted ");
    print_set();
}
