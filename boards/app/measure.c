/*
 * Stack and work memory by painting, instructions by the board's counter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "measure.h"

#include "board.h"

/* A word that a verification leaves behind by chance once in 2^32. */
#define PAINT 0xa5c3e197u

/* volatile: the compiler must neither turn the loop into a call of memset(),
 * whose frame would lie in what is painted, nor drop it. */
static inline void paint(volatile uint32_t *from, const volatile uint32_t *to)
{
    while (from < to)
        *from++ = PAINT;
}

kjwt_status measure_verify(const struct kjwt_policy *policy, uint32_t *work,
                           size_t work_size, char *token, size_t token_len,
                           int64_t now, struct kjwt_claims *claims,
                           struct measurement *measured)
{
    volatile uint32_t *stack_limit = board_stack_limit();
    volatile uint32_t *stack_pointer = board_stack_pointer();
    volatile uint32_t *lowest = stack_limit;
    const volatile uint32_t *end = work + work_size / sizeof *work;
    /* volatile: link-time optimization would make kjwt_verify() a part of this
     * function, and its frame one of those that nobody paints. */
    kjwt_status (*volatile verify)(const struct kjwt_policy *, void *, size_t,
                                   char *, size_t, int64_t,
                                   struct kjwt_claims *) = kjwt_verify;
    kjwt_status status;
    uint32_t overhead;

    board_count_start();
    overhead = board_count_stop();

    paint(stack_limit, stack_pointer);
    paint(work, end);
    board_count_start();
    status = verify(policy, work, work_size, token, token_len, now, claims);
    measured->instructions = board_count_stop() - overhead;

    while (lowest < stack_pointer && *lowest == PAINT)
        lowest++;
    while (end > work && end[-1] == PAINT)
        end--;
    measured->stack =
        (uint32_t)(stack_pointer - lowest) * (uint32_t)sizeof *lowest;
    measured->work = (uint32_t)(end - work) * (uint32_t)sizeof *work;
    return status;
}

uint32_t measure_stack(void (*call)(void *), void *argument)
{
    volatile uint32_t *lowest = board_stack_limit();
    volatile uint32_t *stack_pointer = board_stack_pointer();
    void (*volatile called)(void *) = call;

    paint(lowest, stack_pointer);
    called(argument);
    while (lowest < stack_pointer && *lowest == PAINT)
        lowest++;
    return (uint32_t)(stack_pointer - lowest) * (uint32_t)sizeof *lowest;
}
