/*
 * Signals that end a command.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "interrupt.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t requested;

static void on_signal(int number)
{
    (void)number;
    requested = 1;
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGTERM, SIG_DFL);
}

/* What was ignored stays so, as for a job that nohup started. Without
 * SA_RESTART a wait ends early. */
static void catch_one(int number)
{
    struct sigaction action;

    if (sigaction(number, NULL, &action) != 0 || action.sa_handler == SIG_IGN)
        return;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    (void)sigaction(number, &action, NULL);
}

void interrupt_catch(void)
{
    catch_one(SIGINT);
    catch_one(SIGTERM);
    /* A file size limit is a failed write with a message. */
    (void)signal(SIGXFSZ, SIG_IGN);
}

bool interrupt_requested(void)
{
    return requested != 0;
}
