/*
 * Makes of a flat image of the RP2040's flash what its boot ROM takes.
 *
 *   uf2 IMAGE.bin IMAGE.uf2
 *
 * IMAGE.bin begins at 0x10000000; the checksum of its first 252 bytes is put
 * behind them (RP2040 datasheet, 2.8.1.3.1), in place. IMAGE.uf2 is the same in
 * UF2's blocks of 512 bytes, of which 256 are the image's (2.8.4.2):
 *
 *   | magic magic flags address | 256 number count family | data | magic |
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLASH         0x10000000u
#define FLASH_SIZE    (2u * 1024u * 1024u)
#define CHECKED_SIZE  252u
#define DATA_SIZE     256u
#define BLOCK_SIZE    512u
#define FAMILY_GIVEN  0x2000u
#define RP2040_FAMILY 0xe48bff56u

static uint8_t image[FLASH_SIZE];

static void put_le32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

/* CRC-32 with the polynomial 0x04c11db7, most significant bit first, from
 * 0xffffffff, not inverted. */
static uint32_t checksum(const uint8_t *bytes, size_t len)
{
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < len; i++) {
        crc ^= (uint32_t)bytes[i] << 24;
        for (int bit = 0; bit < 8; bit++)
            crc = crc << 1 ^ (crc >> 31 != 0 ? 0x04c11db7u : 0);
    }
    return crc;
}

static void make_block(uint8_t block[BLOCK_SIZE], uint32_t number,
                       uint32_t count)
{
    const uint32_t head[] = {
        0x0a324655u, 0x9e5d5157u, FAMILY_GIVEN, FLASH + number * DATA_SIZE,
        DATA_SIZE,   number,      count,        RP2040_FAMILY};

    memset(block, 0, BLOCK_SIZE);
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        put_le32(block + 4 * i, head[i]);
    memcpy(block + sizeof head, image + number * DATA_SIZE, DATA_SIZE);
    put_le32(block + BLOCK_SIZE - 4, 0x0ab16f30u);
}

static bool write_image(const char *name, size_t len)
{
    FILE *file = fopen(name, "wb");

    if (file == NULL)
        return false;
    return (fwrite(image, 1, len, file) == len) & (fclose(file) == 0);
}

static bool write_blocks(const char *name, size_t len)
{
    const uint32_t count = (uint32_t)((len + DATA_SIZE - 1) / DATA_SIZE);
    FILE *file = fopen(name, "wb");
    bool done = file != NULL;
    uint8_t block[BLOCK_SIZE];

    for (uint32_t i = 0; done && i < count; i++) {
        make_block(block, i, count);
        done = fwrite(block, 1, sizeof block, file) == sizeof block;
    }
    return file != NULL && (fclose(file) == 0) & done;
}

static size_t read_image(const char *name)
{
    FILE *file = fopen(name, "rb");
    size_t len = file != NULL ? fread(image, 1, sizeof image, file) : 0;

    if (file == NULL || ferror(file) || len <= DATA_SIZE ||
        len == sizeof image) {
        fprintf(stderr, "uf2: %s: not read, or no image of the flash\n", name);
        exit(2);
    }
    (void)fclose(file);
    return len;
}

int main(int argc, char **argv)
{
    size_t len;

    if (argc != 3) {
        fprintf(stderr, "usage: uf2 IMAGE.bin IMAGE.uf2\n");
        return 2;
    }
    len = read_image(argv[1]);
    put_le32(image + CHECKED_SIZE, checksum(image, CHECKED_SIZE));
    if (!write_image(argv[1], len) || !write_blocks(argv[2], len)) {
        perror("uf2");
        return 2;
    }
    return 0;
}
