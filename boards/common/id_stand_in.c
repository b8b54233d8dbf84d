/*
 * The number of a chip that has none, or none that this project reads.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "board.h"

size_t board_id(uint8_t id[BOARD_ID_SIZE])
{
    static const uint8_t all[8] = {0x5a, 0x17, 0, 0, 0, 0, 0, 1};

    memcpy(id, all, sizeof all);
    return sizeof all;
}
