/*
 * A board whose generator of random numbers this project does not run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "board.h"

bool board_random(void *context, void *data, size_t len)
{
    (void)context;
    (void)data;
    (void)len;
    return false;
}
