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

/* What is painted before a call and read after it. */
struct painted {
    volatile uint32_t *stack_limit;
    volatile uint32_t *stack_pointer;
    uint32_t *work;
    uint32_t *end;
    uint32_t overhead;
};

/* Part of the caller, whose stack pointer it takes. */
__attribute__((always_inline)) static inline void
begin(struct painted *painted, uint32_t *work, size_t work_size)
{
    painted->stack_limit = board_stack_limit();
    painted->stack_pointer = board_stack_pointer();
    painted->work = work;
    painted->end = work + work_size / sizeof *work;
    board_count_start();
    painted->overhead = board_count_stop();
    paint(painted->stack_limit, painted->stack_pointer);
    paint(work, painted->end);
    board_count_start();
}

__attribute__((always_inline)) static inline void
end(const struct painted *painted, struct measurement *measured)
{
    volatile uint32_t *lowest = painted->stack_limit;
    const volatile uint32_t *last = painted->end;

    measured->instructions = board_count_stop() - painted->overhead;
    while (lowest < painted->stack_pointer && *lowest == PAINT)
        lowest++;
    while (last > painted->work && last[-1] == PAINT)
        last--;
    measured->stack = (uint32_t)(painted->stack_pointer - lowest) *
                      (uint32_t)sizeof *lowest;
    measured->work =
        (uint32_t)(last - painted->work) * (uint32_t)sizeof *last;
}

kjwt_status measure_verify(const struct kjwt_policy *policy, uint32_t *work,
                           size_t work_size, char *token, size_t token_len,
                           int64_t now, struct kjwt_claims *claims,
                           struct measurement *measured)
{
    /* volatile: link-time optimization would make kjwt_verify() a part of this
     * function, and its frame one of those that nobody paints. */
    kjwt_status (*volatile verify)(const struct kjwt_policy *, void *, size_t,
                                   char *, size_t, int64_t,
                                   struct kjwt_claims *) = kjwt_verify;
    struct painted painted;
    kjwt_status status;

    begin(&painted, work, work_size);
    status = verify(policy, work, work_size, token, token_len, now, claims);
    end(&painted, measured);
    return status;
}

kjwt_status measure_call(kjwt_status (*call)(void *argument), void *argument,
                         uint32_t *work, size_t work_size,
                         struct measurement *measured)
{
    kjwt_status (*volatile called)(void *) = call;
    struct painted painted;
    kjwt_status status;

    begin(&painted, work, work_size);
    status = called(argument);
    end(&painted, measured);
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
