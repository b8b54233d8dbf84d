/*
 * What a contender costs on this board, and whether it tells good from bad.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Output: lines "NAME VALUE", then the end. tests/bench/device/run reads them;
 * for the cycles it goes by the calls of board_count_start(): the first is for
 * nothing, the fourth for `again`.
 */
#include <string.h>

#include "board.h"
#include "console.h"
#include "contender.h"
#include "vectors.h"

#define PAINT 0xa5c3e197u

/* volatile: what link-time optimization must not know in advance. */
static const uint8_t *volatile message = vector_message;
static volatile size_t message_len = MESSAGE_LEN;
static uint8_t signature[SIGNATURE_BUFFER_SIZE] __attribute__((aligned(8)));
static uint8_t digest[DIGEST_SIZE];

static bool hash(void)
{
    return contender_hash(message, message_len, digest);
}

static bool rsa(void)
{
    return contender_rsa(signature, digest);
}

static bool verify(void)
{
    return hash() && rsa();
}

static void print(const char *name, uint32_t value)
{
    console_text(name);
    board_put(' ');
    console_uint(value);
    board_put('\n');
}

static uint32_t overhead, stack_peak;

static void calibrate(void)
{
    board_count_start();
    overhead = board_count_stop();
}

/* Runs it, prints its instructions and keeps the deepest stack. Through a
 * volatile pointer and out of line, or the operation's frame would be part of
 * this one, above what is painted. */
__attribute__((noinline)) static bool measure(const char *name,
                                              bool (*volatile operation)(void))
{
    volatile uint32_t *lowest = board_stack_limit();
    volatile uint32_t *stack_pointer = board_stack_pointer();
    uint32_t instructions;
    uint32_t stack;
    bool good;

    for (volatile uint32_t *word = lowest; word < stack_pointer; word++)
        *word = PAINT;
    board_count_start();
    good = operation();
    instructions = board_count_stop() - overhead;
    while (lowest < stack_pointer && *lowest == PAINT)
        lowest++;
    stack = (uint32_t)(stack_pointer - lowest) * (uint32_t)sizeof *lowest;
    if (stack > stack_peak)
        stack_peak = stack;
    print(name, instructions);
    return good;
}

/* What contender_init() has allocated lies before this; what comes behind it is
 * not looked at before it is written. */
#define ARENA_IN_USE 1024u

static void paint_arena(struct arena arena)
{
    for (uint32_t i = ARENA_IN_USE; i < arena.size; i++)
        arena.memory[i] = (uint8_t)PAINT;
}

static uint32_t arena_peak(struct arena arena)
{
    while (arena.size > 0 && arena.memory[arena.size - 1] == (uint8_t)PAINT)
        arena.size--;
    return arena.size;
}

static void load(const uint8_t *from)
{
    memcpy(signature, from, SIGNATURE_SIZE);
}

/* The verdicts, none of which may depend on the one before. */
static void judge(void)
{
    static const struct {
        const char *name;
        const uint8_t *message;
        const uint8_t *signature;
    } cases[] = {
        {"good", vector_message, vector_signature},
        {"flipped_signature", vector_message, vector_flipped_signature},
        {"other_message", vector_other_message, vector_signature},
        {"s_plus_n", vector_message, vector_signature_plus_n},
        {"good_again", vector_message, vector_signature},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        message = cases[i].message;
        load(cases[i].signature);
        print(cases[i].name, verify());
    }
    message = vector_message;
}

int main(void)
{
    bool good;

    board_init();
    calibrate();
    good = measure("init", contender_init);
    paint_arena(contender_arena());
    load(vector_signature);
    good &= measure("first", verify);
    load(vector_signature);
    good &= measure("again", verify);
    good &= measure("hash", hash);
    load(vector_signature);
    good &= measure("rsa", rsa);
    judge();
    print("measured_good", good);
    print("stack", stack_peak);
    print("heap", arena_peak(contender_arena()));
    print("arena", contender_arena().size);
    board_exit(0);
}
