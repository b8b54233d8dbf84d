/*
 * A heap for mbedTLS's PSA around the verify shell, and how much of it is used.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include <mbedtls/memory_buffer_alloc.h>

#include "board.h"
#include "console.h"

#define PAINT       0xa5
#define HEADER_SIZE 64

int shell_main(void);
_Noreturn void heap_exit(int status);

static _Alignas(8) unsigned char heap[16384];

/* What the shell calls instead of board_exit(): it ends the run. Blocks are
 * taken from the lowest address up, so the last byte that was written to tells
 * how large the heap must be, its own book-keeping included. */
_Noreturn void heap_exit(int status)
{
    uint32_t peak = sizeof heap;

    while (peak > 0 && heap[peak - 1] == PAINT)
        peak--;
    console_text("# heap ");
    console_uint(peak);
    board_put('\n');
    board_exit(status);
}

int main(void)
{
    /* It clears the whole heap; only its first block's header lies in it. */
    mbedtls_memory_buffer_alloc_init(heap, sizeof heap);
    memset(heap + HEADER_SIZE, PAINT, sizeof heap - HEADER_SIZE);
    return shell_main();
}
