/*
 * The verify shell as a process: the console on stdin and stdout.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "console.h"

/* What the shell may paint of the stack, beside main()'s own frames. */
#define STACK_BYTES 65536u

static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

static void fault(int signal_number)
{
    console_text("# fault, signal ");
    console_uint((uint32_t)signal_number);
    board_put('\n');
    _Exit(2);
}

void board_init(void)
{
    for (size_t i = 0; i < sizeof fault_signals / sizeof fault_signals[0]; i++)
        (void)signal(fault_signals[i], fault);
}

int board_get(void)
{
    int byte = getchar();

    return byte == EOF ? BOARD_END : byte;
}

/* A line at once, also where stdout is a pipe. */
void board_put(char byte)
{
    if (putchar(byte) == EOF || (byte == '\n' && fflush(stdout) == EOF))
        _Exit(2);
}

_Noreturn void board_exit(int status)
{
    exit(status);
}

/* What a call pushes: the return address and the frame pointer. */
__attribute__((noinline)) void *board_stack_pointer(void)
{
    return (char *)__builtin_frame_address(0) + 2 * sizeof(void *);
}

__attribute__((noinline)) void *board_stack_limit(void)
{
    return (char *)__builtin_frame_address(0) - STACK_BYTES;
}

void board_count_start(void)
{
}

uint32_t board_count_stop(void)
{
    return 0;
}
