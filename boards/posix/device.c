/*
 * What a process has for flash, random numbers and a number of its own: a file,
 * KJWT_FLASH or one that ends with the process; the system's; a fixed one.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "board.h"
#include "flash_file.h"

int main(void);

#define SECTOR 512u
#define UNIT   4u
#define SIZE   (32u * SECTOR)

static int open_file(void)
{
    const char *path = getenv("KJWT_FLASH");
    FILE *temporary = NULL;

    if (path != NULL)
        return open(path, O_RDWR | O_CREAT, 0600);
    temporary = tmpfile();
    return temporary != NULL ? fileno(temporary) : -1;
}

const struct port_flash *board_flash(uint32_t *address, uint32_t *size)
{
    static struct port_flash_file file = {-1, SIZE, UNIT, SECTOR};
    static const struct port_flash flash = {UNIT,
                                            SECTOR,
                                            port_flash_file_read,
                                            port_flash_file_write,
                                            port_flash_file_erase,
                                            &file};

    if (file.file < 0)
        file.file = open_file();
    if (file.file < 0 || !port_flash_file_grow(&file)) {
        perror("the file for the flash (KJWT_FLASH)");
        exit(2);
    }
    *address = 0;
    *size = SIZE;
    return &flash;
}

bool board_random(void *context, void *data, size_t len)
{
    (void)context;
    return getrandom(data, len, 0) == (ssize_t)len;
}

size_t board_id(uint8_t id[BOARD_ID_SIZE])
{
    static const uint8_t all[4] = {0xc0, 0xff, 0xee, 0x01};

    memcpy(id, all, sizeof all);
    return sizeof all;
}

/* C11 lets a program call main(); what it keeps, it sets at its beginning. */
_Noreturn void board_restart(void)
{
    exit(main());
}
