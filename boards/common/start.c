/*
 * From the reset code of an architecture to main(): memory as C expects it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "start.h"

#include "board.h"
#include "console.h"

/* boards/common/sections.ld */
extern uint32_t data_load[], data_start[], data_end[];
extern uint32_t bss_start[], bss_end[];
extern uint32_t stack_limit[];

int main(void);

void start(void)
{
    const uint32_t *from = data_load;

    for (uint32_t *to = data_start; to < data_end; to++)
        *to = *from++;
    for (uint32_t *to = bss_start; to < bss_end; to++)
        *to = 0;
    main();
    board_exit(0);
}

void fault(uint32_t cause, uint32_t pc)
{
    console_text("# fault, cause ");
    console_uint(cause);
    console_text(", pc ");
    console_hex(pc);
    board_put('\n');
    board_exit(2);
}

void *board_stack_limit(void)
{
    return stack_limit;
}
